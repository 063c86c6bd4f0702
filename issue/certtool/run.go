package certtool

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"vncsec/templates"
)

// Env is all that a run takes from the process around it.
type Env struct {
	Program string // what messages call the program; empty: certtool

	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer

	Now    func() time.Time         // nil: time.Now
	Getenv func(name string) string // nil: no variable is set
	// Prompter asks the person at the terminal; nil: there is none, and answers are
	// read from Stdin line by line.
	Prompter Prompter
}

// tool is one run of certtool.
type tool struct {
	env  Env
	opts options
	in   *input
	out  output

	template *templates.Template // of --template, nil without one: questions are asked
	warnings bool                // some warning was printed
}

// errReported ends a run with status 1 when all has been said.
var errReported = errors.New("certtool: reported")

// Run executes one command line, without the program's name, and returns
// certtool's exit code: 0, or 1 after any error.
func Run(ctx context.Context, args []string, env Env) int {
	t := &tool{env: env.withDefaults()}
	err := t.run(ctx, args)
	switch {
	case err == nil:
		return 0
	case !errors.Is(err, errReported):
		t.logf("%s\n", err)
	}
	return 1
}

func (env Env) withDefaults() Env {
	if env.Program == "" {
		env.Program = "certtool"
	}
	if env.Now == nil {
		env.Now = time.Now
	}
	if env.Getenv == nil {
		env.Getenv = func(string) string { return "" }
	}
	return env
}

// run executes one command line up to its error.
func (t *tool) run(ctx context.Context, args []string) error {
	if err := t.opts.parse(args); err != nil {
		return err
	}
	action, err := t.opts.action()
	if err != nil {
		return err
	}
	if err := t.loadTemplate(); err != nil {
		return err
	}
	return action.run(t, ctx)
}

// logf writes a message to standard error.
func (t *tool) logf(format string, args ...any) {
	fmt.Fprintf(t.env.Stderr, format, args...)
}
