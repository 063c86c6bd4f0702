package saslconf

import (
	"fmt"
	"slices"
	"strings"

	"vncsec/vncserve/reason"
)

// Severity tells how bad a finding is.
type Severity string

// The severities. Critical means that a server that fails closed does not start,
// that nobody can log in, or that somebody can who must not. Warning means that
// some will have trouble, or that it could be safer.
const (
	Warning  Severity = "warning"
	Critical Severity = "critical"
)

// Finding is one thing that is wrong.
type Finding struct {
	Severity Severity    `json:"severity"`
	Code     reason.Code `json:"code"`
	File     string      `json:"file"`           // the file, folder or socket that is meant
	Line     int         `json:"line,omitempty"` // in a service file, from 1; 0: all of it
	Message  string      `json:"message"`        // what was found and what was expected
	Cure     string      `json:"cure"`           // a command line
}

// Place names the file, and the line if there is one, as compilers do.
func (f Finding) Place() string {
	if f.Line > 0 {
		return fmt.Sprintf("%s:%d", f.File, f.Line)
	}
	return f.File
}

// RefusedError tells that a service file must not be used. Its findings are all
// critical.
type RefusedError struct{ Findings []Finding }

// Error names every finding with its code, one a line.
func (e *RefusedError) Error() string {
	lines := make([]string, len(e.Findings))
	for i, f := range e.Findings {
		lines[i] = fmt.Sprintf("%s: %s [%s]", f.Place(), f.Message, f.Code)
	}
	return strings.Join(lines, "\n")
}

// ReasonCode gives the code of the first finding.
func (e *RefusedError) ReasonCode() reason.Code { return e.Findings[0].Code }

// critical keeps the critical findings.
func critical(findings []Finding) []Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f Finding) bool { return f.Severity != Critical })
}
