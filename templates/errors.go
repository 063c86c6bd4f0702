package templates

import (
	"fmt"
	"strings"
)

// Error is one fault of a template.
type Error struct {
	File   string // the name given to Parse; empty for a value set by the program
	At     Position
	Option string // the option at fault, empty if it is the file itself
	Reason string // what is wrong, with the value that was found
	Hint   string // what to write instead, empty if there is no good guess
}

// Error gives file, line and column if there are any, the option, the reason and
// the hint.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("templates: ")
	if e.File != "" {
		b.WriteString(e.File + ":")
		if e.At != (Position{}) {
			fmt.Fprintf(&b, "%d:%d:", e.At.Line, e.At.Column)
		}
		b.WriteByte(' ')
	}
	if e.Option != "" {
		b.WriteString(e.Option + ": ")
	}
	b.WriteString(e.Reason)
	if e.Hint != "" {
		b.WriteString(" (" + e.Hint + ")")
	}
	return b.String()
}

// Errors are all faults of one template, in the order of their places.
type Errors []*Error

// Error is one line for each fault.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, err := range e {
		lines[i] = err.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the single faults to errors.As.
func (e Errors) Unwrap() []error {
	all := make([]error, len(e))
	for i, err := range e {
		all[i] = err
	}
	return all
}
