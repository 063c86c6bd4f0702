package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/AlecAivazis/survey/v2"
	"github.com/urfave/cli/v2"

	"vncsec/issue/certtool"
)

// certtoolName is the command that is certtool, and the name under which the whole
// program is.
const certtoolName = "certtool"

// certtoolCommand is vncsec certtool as help, completion and the manual show it. Run
// never gets to its action with arguments: they are certtool's own.
func certtoolCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:  certtoolName,
		Usage: "do what GnuTLS's certtool does, with its options and templates",
		Description: `vncsec certtool takes the command lines of GnuTLS's certtool 3.7.9: what
stands after it is read by certtool's rules, and its exit code is 0 or 1. A link
named certtool that points to vncsec behaves the same.

Private keys are only ever written to files that nobody else can read, nothing
half-written is left after an error, and the traps of templates are warned of.
"vncsec certtool --help" lists the options.`,
		UsageText: `# the recipe of most manuals
vncsec certtool --generate-privkey --outfile ca-key.pem
vncsec certtool --generate-self-signed --load-privkey ca-key.pem \
    --template ca.info --outfile ca-cert.pem

# be certtool for programs that call it
ln -s "$(command -v vncsec)" /usr/local/bin/certtool`,
		Action: func(c *cli.Context) error {
			if code := Certtool(c.Context, program+" "+certtoolName, nil, env); code != ExitOK {
				return &exitError{code: code}
			}
			return nil
		},
	}
}

// AsCerttool tells whether the words of a command line, the program's name included,
// are certtool's: of a link named certtool, or of vncsec certtool. It returns what
// messages call the program, and its arguments.
func AsCerttool(words []string) (name string, args []string, ok bool) {
	switch {
	case len(words) > 0 && words[0][strings.LastIndexByte(words[0], '/')+1:] == certtoolName:
		return certtoolName, words[1:], true
	case len(words) > 1 && words[1] == certtoolName:
		return program + " " + certtoolName, words[2:], true
	}
	return "", nil, false
}

// Certtool executes one command line of certtool and returns certtool's exit code, or
// ExitInterrupted if a question was interrupted. Signals are only looked at while there
// is a question: it gives the terminal back its state. At other times they end the
// process, as they end certtool, and nothing has to be waited for or undone.
func Certtool(ctx context.Context, name string, args []string, env Env) int {
	prompter := &certtoolPrompter{ttyPrompter: newTerminal(env.Stdin, env.Stderr).(*ttyPrompter)}
	code := certtool.Run(ctx, args, certtool.Env{
		Program: name,
		Version: func() string {
			release, _ := version()
			return release
		},
		Stdin:    env.Stdin,
		Stdout:   env.Stdout,
		Stderr:   env.Stderr,
		Now:      env.Now,
		Getenv:   os.Getenv,
		Prompter: prompter,
	})
	if prompter.interrupted {
		return ExitInterrupted
	}
	return code
}

// certtoolPrompter asks certtool's questions on the terminal.
type certtoolPrompter struct {
	*ttyPrompter
	interrupted bool // by a signal or Ctrl-C, at a question
}

// watched asks a question that signals interrupt.
func watched[T any](ctx context.Context, p *certtoolPrompter, ask func(context.Context) (T, error)) (T, error) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	answer, err := ask(ctx)
	if errors.Is(err, context.Canceled) {
		p.interrupted = true
	}
	return answer, err
}

// Line implements certtool.Prompter. What stands above the question's last line is
// printed as it is.
func (p *certtoolPrompter) Line(ctx context.Context, question string) (string, error) {
	if i := strings.LastIndexByte(question, '\n') + 1; i > 0 {
		fmt.Fprint(p.out, question[:i])
		question = question[i:]
	}
	return watched(ctx, p, func(ctx context.Context) (string, error) {
		return attended(ctx, p.ttyPrompter, func() (answer string, err error) {
			err = survey.AskOne(&survey.Input{Message: strings.TrimSpace(question)}, &answer, p.stdio())
			return answer, err
		})
	})
}

// Secret implements certtool.Prompter: as certtool, it asks the terminal that controls
// the process, wherever standard input comes from.
func (p *certtoolPrompter) Secret(ctx context.Context, question string) ([]byte, error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return nil, certtool.ErrNoTerminal
	}
	defer tty.Close()
	terminal := &ttyPrompter{in: tty, out: tty}
	secret, err := watched(ctx, p, func(ctx context.Context) ([]byte, error) {
		return terminal.Secret(ctx, strings.TrimSuffix(strings.TrimSpace(question), ":"))
	})
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	return secret, err
}
