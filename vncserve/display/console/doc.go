// Package console is a display that shows a command on a text terminal: the command
// runs on a pseudo-terminal, an emulator turns its output into a screen of cells, and
// these are drawn on a framebuffer that all viewers share. What viewers type goes to
// the command.
package console
