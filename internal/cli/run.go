package cli

import (
	"context"
	"io"
	"time"

	"github.com/urfave/cli/v2"

	"vncsec/saslconf/worker"
)

// Exit codes of vncsec. They are part of its interface: scripts rely on them. The codes of
// vncsec probe are those of check, and exitUnknown.
const (
	ExitOK          = 0   // done; check: nothing to complain about
	ExitFailure     = 1   // the command failed; check: warnings only
	ExitUsage       = 2   // wrong options or arguments; check: critical findings
	ExitInterrupted = 130 // ended by SIGINT or SIGTERM before it was done
)

// Env is all that a run of vncsec takes from the process around it.
type Env struct {
	Stdin  io.Reader // a terminal there and at Stderr allows questions
	Stdout io.Writer // data that was asked for, nothing else
	Stderr io.Writer // messages, logs and questions

	// Prompter asks for what the options leave open; nil asks on the terminal
	// behind Stdin and Stderr, if there is one.
	Prompter Prompter
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Run executes one command line, without the program's name, and returns the
// exit code. When ctx ends the command is given up, or shuts down in order if it
// is a server.
func Run(ctx context.Context, args []string, env Env) int {
	if len(args) > 0 && args[0] == certtoolName { // its words are not vncsec's
		return Certtool(ctx, program+" "+certtoolName, args[1:], env)
	}
	if env.Prompter == nil {
		env.Prompter = newTerminal(env.Stdin, env.Stderr)
	}
	if env.Now == nil {
		env.Now = time.Now
	}
	return report(env.Stderr, execute(ctx, args, env))
}

// execute runs one command line up to its error.
func execute(ctx context.Context, args []string, env Env) error {
	if len(args) > 0 && args[0] == worker.Command {
		return worker.Main()
	}
	root := rootCommand(env)
	if len(args) > 0 && args[0] == completeWord {
		return env.print(completions(root, args[1:]))
	}
	call, err := arrange(root, args)
	if err != nil {
		return err
	}
	if call.help {
		return env.print(helpText(call.path))
	}
	return newApp(root, env).RunContext(ctx, call.words())
}

// newApp makes urfave/cli run the tree of commands without its own ways of
// printing help and ending the process.
func newApp(root *cli.Command, env Env) *cli.App {
	return &cli.App{
		Name:                      root.Name,
		Flags:                     root.Flags,
		Commands:                  root.Subcommands,
		Action:                    root.Action,
		OnUsageError:              root.OnUsageError,
		Reader:                    env.Stdin,
		Writer:                    env.Stdout,
		ErrWriter:                 env.Stderr,
		HideHelp:                  true,
		HideVersion:               true,
		DisableSliceFlagSeparator: true,
		ExitErrHandler:            func(*cli.Context, error) {},
	}
}

// print writes a finished text to standard output.
func (env Env) print(text string) error {
	_, err := io.WriteString(env.Stdout, text)
	return err
}
