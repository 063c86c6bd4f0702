// Package console is a display that shows a command on a text terminal: the command
// runs on a pseudo-terminal, an emulator turns its output into a screen of cells, and
// these are drawn on a framebuffer that all viewers share. What viewers type goes to
// the command.
//
// What is in view, the screen or a place in its history, and what is selected are the
// console's, as all viewers see one picture. The text that a viewer selects goes into
// its clipboard, and its clipboard to the command when it pastes; programs can do
// neither.
package console
