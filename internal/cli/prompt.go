package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/AlecAivazis/survey/v2"
	"github.com/AlecAivazis/survey/v2/terminal"
	"golang.org/x/term"
)

// Prompter asks the person at the terminal. Commands ask only for what their
// options leave open, and only when Interactive says that somebody is there;
// otherwise they name the options that would have answered.
type Prompter interface {
	// Interactive tells whether there is anybody to ask.
	Interactive() bool
	// Input asks for a line of text until check accepts it.
	Input(ctx context.Context, question string, check func(answer string) error) (string, error)
	// Confirm asks a yes-or-no question; preset is the answer of a bare return.
	Confirm(ctx context.Context, question string, preset bool) (bool, error)
	// Secret asks for something that must not be seen: there is no echo.
	Secret(ctx context.Context, question string) ([]byte, error)
}

// ttyPrompter asks on a terminal. Questions go to standard error, so that
// standard output may be redirected.
type ttyPrompter struct{ in, out *os.File }

// newTerminal returns a Prompter for the terminal that both files are, or one
// that finds nobody to ask.
func newTerminal(stdin io.Reader, stderr io.Writer) Prompter {
	in, _ := stdin.(*os.File)
	out, _ := stderr.(*os.File)
	if !isTerminal(stdin) || !isTerminal(stderr) {
		return &ttyPrompter{}
	}
	return &ttyPrompter{in: in, out: out}
}

// isTerminal tells whether one of the standard files is a terminal.
func isTerminal(stdFile any) bool {
	f, ok := stdFile.(*os.File)
	return ok && f != nil && term.IsTerminal(int(f.Fd()))
}

// Interactive implements Prompter.
func (p *ttyPrompter) Interactive() bool { return p.in != nil }

// Input implements Prompter.
func (p *ttyPrompter) Input(ctx context.Context, question string, check func(string) error) (string, error) {
	return attended(ctx, p, func() (answer string, err error) {
		err = survey.AskOne(&survey.Input{Message: question}, &answer, p.stdio(),
			survey.WithValidator(func(answer any) error { return check(answer.(string)) }))
		return answer, err
	})
}

// Confirm implements Prompter.
func (p *ttyPrompter) Confirm(ctx context.Context, question string, preset bool) (bool, error) {
	return attended(ctx, p, func() (answer bool, err error) {
		err = survey.AskOne(&survey.Confirm{Message: question, Default: preset}, &answer, p.stdio())
		return answer, err
	})
}

// Secret implements Prompter.
func (p *ttyPrompter) Secret(ctx context.Context, question string) ([]byte, error) {
	return attended(ctx, p, func() ([]byte, error) {
		// Before the question, or the first keys of a fast typist would be seen.
		show, err := hideTyping(int(p.in.Fd()))
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(p.out, "%s: ", question)
		secret, err := term.ReadPassword(int(p.in.Fd()))
		fmt.Fprintln(p.out)
		return secret, errors.Join(err, show())
	})
}

// stdio makes survey talk on standard error; its own default is standard output.
func (p *ttyPrompter) stdio() survey.AskOpt { return survey.WithStdio(p.in, p.out, p.out) }

// attended waits for an answer, or for the end of ctx: reading from a terminal
// cannot be given up, so an interrupted question is left behind and the terminal
// is put back into the state it had.
func attended[T any](ctx context.Context, p *ttyPrompter, ask func() (T, error)) (T, error) {
	var none T
	state, err := term.GetState(int(p.in.Fd()))
	if err != nil {
		return none, fmt.Errorf("terminal: %w", err)
	}
	type reply struct {
		answer T
		err    error
	}
	replies := make(chan reply, 1)
	go func() {
		answer, err := ask()
		replies <- reply{answer, err}
	}()
	select {
	case r := <-replies:
		if errors.Is(r.err, terminal.InterruptErr) { // Ctrl-C, which survey reads as a key
			return none, context.Canceled
		}
		return r.answer, r.err
	case <-ctx.Done():
		fmt.Fprintln(p.out)
		if err := term.Restore(int(p.in.Fd()), state); err != nil {
			return none, errors.Join(ctx.Err(), err)
		}
		return none, ctx.Err()
	}
}
