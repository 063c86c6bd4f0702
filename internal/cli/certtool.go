package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

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
			if code := Certtool(c.Context, nil, env); code != ExitOK {
				return &exitError{code: code}
			}
			return nil
		},
	}
}

// CalledAsCerttool tells whether the program was started under certtool's name.
func CalledAsCerttool(program string) bool {
	return program[strings.LastIndexByte(program, '/')+1:] == certtoolName
}

// Certtool executes one command line of certtool, without the program's name, and
// returns certtool's exit code. When ctx ends, it ends with ExitInterrupted.
func Certtool(ctx context.Context, args []string, env Env) int {
	return runCerttool(ctx, args, env, certtoolName)
}

// runCerttool calls the program by a name in its messages.
func runCerttool(ctx context.Context, args []string, env Env, name string) int {
	release, _ := version()
	codes := make(chan int, 1)
	go func() {
		codes <- certtool.Run(ctx, args, certtool.Env{
			Program:  name,
			Version:  release,
			Stdin:    env.Stdin,
			Stdout:   env.Stdout,
			Stderr:   env.Stderr,
			Now:      env.Now,
			Getenv:   os.Getenv,
			Prompter: certtoolPrompter{newTerminal(env.Stdin, env.Stderr).(*ttyPrompter)},
		})
	}()
	select {
	case code := <-codes:
		return code
	case <-ctx.Done():
	}
	// A question gives the terminal back its state; a long calculation and a read from
	// a pipe do not end.
	const patience = time.Second
	select {
	case <-codes:
	case <-time.After(patience):
	}
	return ExitInterrupted
}

// certtoolPrompter asks certtool's questions on the terminal.
type certtoolPrompter struct{ *ttyPrompter }

// Line implements certtool.Prompter. What stands above the question's last line is
// printed as it is.
func (p certtoolPrompter) Line(ctx context.Context, question string) (string, error) {
	if i := strings.LastIndexByte(question, '\n') + 1; i > 0 {
		fmt.Fprint(p.out, question[:i])
		question = question[i:]
	}
	return attended(ctx, p.ttyPrompter, func() (answer string, err error) {
		err = survey.AskOne(&survey.Input{Message: strings.TrimSpace(question)}, &answer, p.stdio())
		return answer, err
	})
}

// Secret implements certtool.Prompter: as certtool, it asks the terminal that controls
// the process, wherever standard input comes from.
func (p certtoolPrompter) Secret(ctx context.Context, question string) ([]byte, error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return nil, certtool.ErrNoTerminal
	}
	defer tty.Close()
	terminal := &ttyPrompter{in: tty, out: tty}
	secret, err := terminal.Secret(ctx, strings.TrimSuffix(strings.TrimSpace(question), ":"))
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	return secret, err
}
