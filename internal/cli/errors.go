package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"vncsec/vncserve/reason"
)

// usageError is a mistake in the command line itself.
type usageError struct {
	message string
	hints   []string
}

// usagef makes a usageError. Names and values in it stand as they were typed.
func usagef(format string, args ...any) *usageError {
	return &usageError{message: fmt.Sprintf(format, args...)}
}

// hint adds advice for the person at the terminal.
func (e *usageError) hint(format string, args ...any) *usageError {
	e.hints = append(e.hints, fmt.Sprintf(format, args...))
	return e
}

func (e *usageError) Error() string { return e.message }

// hintedError is a failure of which the command itself knows the way out.
type hintedError struct {
	err   error
	hints []string
}

// withHint adds advice for the person at the terminal to an error.
func withHint(err error, format string, args ...any) error {
	return &hintedError{err: err, hints: []string{fmt.Sprintf(format, args...)}}
}

func (e *hintedError) Error() string { return e.err.Error() }
func (e *hintedError) Unwrap() error { return e.err }

// exitError ends a command with an exit code of its own. Without an error inside
// the command has said all it has to say.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return fmt.Sprintf("exit code %d: %v", e.code, e.err) }
func (e *exitError) Unwrap() error { return e.err }

// report tells the error of a command, with what to do about it, and returns the
// exit code it stands for.
func report(w io.Writer, err error) int {
	code := ExitFailure
	var (
		exit  *exitError
		usage *usageError
	)
	switch {
	case errors.As(err, &exit):
		code, err = exit.code, exit.err
	case errors.As(err, &usage):
		code = ExitUsage
	}
	switch {
	case err == nil && exit == nil:
		return ExitOK
	case err == nil:
		return code
	case errors.Is(err, context.Canceled):
		tell(w, "error", "interrupted")
		return ExitInterrupted
	}
	for line := range strings.SplitSeq(errorText(err), "\n") { // a template may have many faults
		tell(w, "error", line)
	}
	for _, hint := range hints(err) {
		tell(w, "hint", hint)
	}
	return code
}

// errorText is what an error says, with its code, if it has one, in square brackets at the
// end: the form of all findings.
func errorText(err error) string {
	text := err.Error()
	code, ok := reason.Of(err)
	if !ok || strings.Contains(text, inBrackets(code)) {
		return text
	}
	if text == string(code) {
		e, _ := reason.Explain(code)
		return e.Meaning + " " + inBrackets(code)
	}
	return strings.Replace(text, string(code)+": ", "", 1) + " " + inBrackets(code)
}

func inBrackets(code reason.Code) string { return "[" + string(code) + "]" }

// tell writes one message under the program's name. Messages quote file names
// and other people's data, so control characters never reach the terminal.
func tell(w io.Writer, kind, message string) {
	fmt.Fprintf(w, "%s: %s: %s\n", program, kind, printable(message))
}

// printable replaces what could steer a terminal or break a message's lines.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, text)
}
