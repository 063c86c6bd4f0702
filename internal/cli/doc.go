// Package cli is the command line of vncsec: it turns options into calls of the
// domain packages, asks the person at the terminal for what is missing, and
// turns errors into messages, hints and exit codes. It decides nothing about
// certificates or VNC itself.
//
// Every command is a constructor that takes the Env of the run and returns a
// *cli.Command of urfave/cli, in a file of its own. From that tree come the
// help texts, the man page, the shell completion and the rules for options and
// arguments:
//
//   - Options may stand before or after arguments; see arrange.
//   - ArgsUsage is the rule for the arguments; see argumentRule.
//   - UsageText holds the examples.
//   - `DIR` and `FILE` as an option's placeholder complete folders and files.
//
// Standard output carries only what was asked for. Everything else (questions,
// progress, errors) goes to standard error.
package cli
