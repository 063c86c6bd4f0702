package cli

import (
	"strings"

	"github.com/urfave/cli/v2"

	"vncsec/saslconf"
)

// saslCommand is vncsec sasl.
func saslCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:  "sasl",
		Usage: "let people log in by name and password, Kerberos or PAM",
		Description: `SASL is how QEMU and vncsec serve let people log in by name. One service file,
` + saslconf.DefaultPath + `, says how; both read it through libsasl2.`,
		UsageText: `# names and passwords, inside TLS
vncsec sasl init --mech scram-sha-256
vncsec sasl check --tls`,
		Subcommands: []*cli.Command{
			saslInitCommand(env),
			saslShowCommand(env),
			saslSetCommand(env),
			saslCheckCommand(env),
			saslUserCommand(env),
			saslTestCommand(env),
		},
	}
}

// saslFileFlag is the option that names a service file.
func saslFileFlag(path *string) cli.Flag {
	return &cli.PathFlag{Name: "file", Usage: "service `FILE`", DefaultText: "where libsasl2 finds it", Destination: path}
}

// transportFlags are the options that say how viewers will connect.
func transportFlags(tls, noTLS *bool) []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "tls", Usage: "for a server with TLS", Destination: tls},
		&cli.BoolFlag{Name: "no-tls", Usage: "for a server without TLS that listens on TCP", Destination: noTLS},
	}
}

// transport turns the options into a transport, empty if none was given.
func transport(tls, noTLS bool) (saslconf.Transport, error) {
	switch {
	case tls && noTLS:
		return "", usagef("--tls and --no-tls exclude each other")
	case tls:
		return saslconf.TLS, nil
	case noTLS:
		return saslconf.TCP, nil
	}
	return "", nil
}

// offeredText lists which mechanisms viewers get, for people.
func offeredText(offered map[saslconf.Transport][]string) string {
	line := func(on saslconf.Transport) string {
		if len(offered[on]) == 0 {
			return "none"
		}
		return printable(strings.Join(offered[on], ", "))
	}
	return "mechanisms inside TLS:         " + line(saslconf.TLS) +
		"\nmechanisms without TLS:        " + line(saslconf.TCP) +
		"\nmechanisms on a UNIX socket:   " + line(saslconf.UNIX) + "\n"
}
