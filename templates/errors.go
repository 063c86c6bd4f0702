package templates

import (
	"errors"
	"fmt"
	"strings"
)

// Error is one fault of a template.
type Error struct {
	File   string // the name given to Parse; empty for a value set by the program
	At     Position
	Code   Code
	Option string // the option at fault, empty if it is the file itself
	Reason string // what is wrong, with the value that was found
	Hint   string // what to write instead, empty if there is no good guess

	name string // of the entry, also where Option is empty
}

// Error gives file, line and column if there are any, the option, the reason and
// the hint.
func (e *Error) Error() string { return "templates: " + e.Text() }

// Text is the same without the name of this package.
func (e *Error) Text() string {
	var b strings.Builder
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

// fault is what a check finds of a value when it has more to say than a reason.
type fault struct {
	code         Code
	reason, hint string
}

func (f *fault) Error() string { return f.reason }

// faultOf gives every error of a check a code and a hint.
func faultOf(err error) *fault {
	var f *fault
	if errors.As(err, &f) {
		return f
	}
	return &fault{code: BadValue, reason: err.Error()}
}
