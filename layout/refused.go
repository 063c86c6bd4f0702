package layout

import (
	"fmt"
	"strings"
)

// RefusedError says that files were not installed or loaded, and why. All findings
// have their cure with them.
type RefusedError struct {
	What     string // what was not done
	Findings []Finding
}

// Error gives the first reason and counts the others.
func (e *RefusedError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "layout: %s", e.What)
	if len(e.Findings) == 0 {
		return b.String()
	}
	first := e.Findings[0]
	fmt.Fprintf(&b, ": %s (%s)", first.Message, first.Code)
	if more := len(e.Findings) - 1; more > 0 {
		fmt.Fprintf(&b, " and %d more", more)
	}
	return b.String()
}

// refuseIf returns a RefusedError with those findings that the test selects.
func refuseIf(what string, findings []Finding, refused func(Finding) bool) error {
	e := &RefusedError{What: what}
	for _, f := range findings {
		if refused(f) {
			e.Findings = append(e.Findings, f)
		}
	}
	if len(e.Findings) == 0 {
		return nil
	}
	return e
}

func isCritical(f Finding) bool { return f.Severity == Critical }
