// Package reason holds the stable codes that say why a viewer is refused or a server does
// not start: one word for logs, monitoring and exit messages, with what it means, what
// usually causes it and what helps.
//
// A code never changes its meaning.
package reason

import (
	"errors"

	"vncsec/internal/explain"
)

// Code is the stable word for a cause, such as "sasl-user-unknown".
type Code string

// Error is a failure whose cause has a code.
type Error struct {
	Code Code
	// Err says what happened; may be nil.
	Err error
}

// Error gives the code, once, and what happened.
func (e *Error) Error() string {
	if e.Err == nil {
		return string(e.Code)
	}
	if inner, ok := Of(e.Err); ok && inner == e.Code {
		return e.Err.Error()
	}
	return string(e.Code) + ": " + e.Err.Error()
}

// Unwrap gives what happened.
func (e *Error) Unwrap() error { return e.Err }

// ReasonCode gives the code. Errors of other types that have one implement it too.
func (e *Error) ReasonCode() Code { return e.Code }

// Of finds the code of an error, false if it has none.
func Of(err error) (Code, bool) {
	var coded interface {
		error
		ReasonCode() Code
	}
	if errors.As(err, &coded) {
		return coded.ReasonCode(), true
	}
	return "", false
}

// Explanation is what there is to know about a code.
type Explanation = explain.Entry[Code]

// Explain looks a code up.
func Explain(code Code) (Explanation, bool) {
	for _, e := range table {
		if e.Code == code {
			return e, true
		}
	}
	return Explanation{}, false
}

// All lists every code, in the order of the phases of a log-in.
func All() []Explanation { return append([]Explanation(nil), table...) }
