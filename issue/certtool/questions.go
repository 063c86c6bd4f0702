package certtool

import "context"

// Prompter asks the person at the terminal.
type Prompter interface {
	// Line asks for a line of text; the answer has no line end. io.EOF: the person
	// ended the input.
	Line(ctx context.Context, question string) (string, error)
	// Secret asks for something that must not be seen.
	Secret(ctx context.Context, question string) ([]byte, error)
}
