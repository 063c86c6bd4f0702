package cli

import (
	"errors"

	"github.com/urfave/cli/v2"

	"vncsec/internal/lazyregexp"
)

// program is the name that messages, help and examples use.
const program = "vncsec"

// rootCommand builds the tree of commands for one run.
func rootCommand(env Env) *cli.Command {
	var version bool
	root := &cli.Command{
		Name:  program,
		Usage: "secure VNC consoles: certificates, where they belong, and a server that uses them",
		Description: `vncsec creates the certificates of VNC servers and viewers, puts them where
QEMU, gtk-vnc and TigerVNC look for them, checks them, and serves a console
that only verified viewers reach.

Options may stand before or after arguments; two dashes end the options.`,
		UsageText: `# a certificate authority, a server's and a viewer's certificate
vncsec ca init --cn "Example Org" --no-passphrase
vncsec issue server vnc.example.org
vncsec issue client alice

# put the server's files where QEMU looks for them, and check them
vncsec install server --from vnc.example.org
vncsec check server --hostname vnc.example.org`,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "version", Usage: "print the version", Destination: &version},
		},
		Subcommands: []*cli.Command{
			caCommand(env),
			issueCommand(env),
			templateCommand(env),
			installCommand(env),
			checkCommand(env),
			saslCommand(env),
			serveCommand(env),
			probeCommand(env),
			quickstartCommand(env),
			explainCommand(env),
			certtoolCommand(env),
			completionCommand(env),
			manCommand(env),
			versionCommand(env),
		},
		Action: func(*cli.Context) error {
			if version {
				return env.printVersion()
			}
			return usagef("missing command").hint("%s --help lists the commands", program)
		},
	}
	finish(root)
	return root
}

// finish gives every command of a tree what all of them have in common.
func finish(c *cli.Command) {
	c.HideHelp = true // helpText shows it, from execute
	c.OnUsageError = func(_ *cli.Context, err error, _ bool) error { return badValue(err) }
	for _, sub := range c.Subcommands {
		finish(sub)
	}
}

// flagError is how the flag package words a value that an option does not take.
var flagError = lazyregexp.New(`(?s)^(invalid (?:boolean )?value .*) for (?:flag )?-([a-z0-9-]+: .*)$`)

// badValue words the flag package's complaint the way all other messages are.
func badValue(err error) error {
	if uerr := (*usageError)(nil); errors.As(err, &uerr) {
		return uerr
	}
	return usagef("%s", flagError().ReplaceAllString(err.Error(), "$1 for option --$2"))
}
