package certtool

import (
	"context"
	"errors"
)

// Prompter asks the person at the terminal.
type Prompter interface {
	// Interactive tells whether lines can be asked; otherwise standard input has them.
	Interactive() bool
	// Line asks for a line of text; the answer has no line end. The error is io.EOF if
	// the person ended the input.
	Line(ctx context.Context, question string) (string, error)
	// Secret asks for something that must not be seen, on the terminal even where
	// standard input is none. The error is ErrNoTerminal without one: standard input is
	// read then.
	Secret(ctx context.Context, question string) ([]byte, error)
}

// ErrNoTerminal says that there is no terminal to ask on.
var ErrNoTerminal = errors.New("there is no terminal to ask on")
