// Package terminal emulates a character terminal of the xterm family: what a program
// writes becomes a screen of cells. It implements ECMA-48 and the DEC VT220 and
// xterm sequences that the terminfo entry xterm-256color promises, with 256 and true
// colours, wide characters, combining marks, the DEC line-drawing set, scroll
// regions, the alternate screen and a history of lines that scrolled off; of newer
// ones, modifyOtherKeys, synchronized output, a clipboard that can be set, and colours
// that can be set and asked for. Left and right margins, double-size lines and graphics
// are left out, and everything that would let output read the user's clipboard: what
// shows a hostile file would do it. Answers hold numbers alone, never text that a
// program wrote, so that no output can have a command typed.
//
// There are emulators to be had, and they were tried first. Those in Go either die of
// ordinary output (ESC 8 without ESC 7), loop for hours on a large parameter, gather
// an endless OSC, or lack sequences that terminfo names (REP, the bright colours,
// insert mode). A console that administrators rely on can have none of that: here
// every parameter is bounded by the screen, every string by a constant, and a fuzz
// test stands guard.
//
// References: ECMA-48; DEC's VT510 manual; xterm's ctlseqs; Paul Williams' parser for
// DEC's ANSI-compatible terminals (vt100.net).
package terminal
