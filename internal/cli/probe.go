package cli

import (
	"context"
	"crypto/tls"
	"image/png"
	"strings"

	"github.com/urfave/cli/v2"

	"vncsec/vncserve/listen"
	"vncsec/vncserve/probe"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// exitUnknown is the exit code of vncsec probe for a server that could not be looked at.
// The others are those of vncsec check, and all four are those of monitoring plugins.
const exitUnknown = 3

// probeOptions are the command line of vncsec probe.
type probeOptions struct {
	target      probe.Target
	credentials probeCredentials
	minTLS      choice
	screenshot  string
	asJSON      bool
}

// probeCommand is vncsec probe.
func probeCommand(env Env) *cli.Command {
	o := &probeOptions{minTLS: choice{words: []string{"1.2", "1.3"}}}
	return &cli.Command{
		Name:      "probe",
		Usage:     "look at a VNC server: what it offers, how safe it is, what it shows",
		ArgsUsage: "ADDRESS",
		Description: `Any VNC server will do. Without credentials the report has all that is visible
before the log-in: security types, TLS, certificates, SASL mechanisms. Where the
server asks for nothing, or the credentials fit, it logs in and reports the desktop
and the encodings that it really used. No password is ever guessed, and none goes to
a server that has not proved who it is, or over a network without encryption, unless
--insecure is given.

An ADDRESS is HOST:N for display N (port 5900+N), HOST:PORT, HOST::PORT, or
unix:PATH. IPv6 addresses stand in brackets; without HOST it is this machine. The
server's certificate must be for HOST, or for the NAME of --hostname, and of the
authority in --ca or --dir; without these the system's authorities count.

The first line is for monitoring systems, whose exit codes these are: 0 good, 1
warnings, 2 critical findings (or a wrong command line), 3 unknown: there was no
server to look at, or a file that was named cannot be read or written. What only
this machine reaches, UNIX sockets and loopback addresses, needs no encryption.
vncsec explain CODE tells what a finding means.

--json prints the whole report: findings (severity, code, message, cure),
security_types, sub_types, tls with its chain, sasl, login, desktop. Names and
codes stay the same, others may come.`,
		UsageText: `vncsec probe vnc.example.org:1 --dir /etc/pki/qemu

# for a monitoring system: two weeks before a certificate ends, and if somebody
# changed the settings
vncsec probe vnc.example.org:1 --ca ca-cert.pem --min-days 14 --refuse none,vnc

# does the console work, and what does it show?
vncsec probe unix:/run/vm.vnc --login-required --screenshot vm.png
vncsec probe vnc.example.org:6 --ca ca-cert.pem --user alice --password-file alice.password`,
		Flags: o.flags(),
		Action: func(c *cli.Context) error {
			if err := o.check(c.Args().First()); err != nil {
				return err
			}
			if o.screenshot == "-" && isTerminal(env.Stdout) {
				return usagef("standard output is a terminal, which would obey what the picture holds").hint("--screenshot FILE, or redirect standard output")
			}
			return env.probe(c.Context, o)
		},
	}
}

func (o *probeOptions) flags() []cli.Flag {
	flags := []cli.Flag{
		&cli.StringFlag{Name: "hostname", Usage: "`NAME` that the server's certificate must be for", DefaultText: "the address's", Destination: &o.target.Name},
	}
	flags = append(flags, o.credentials.flags()...)
	expect := &o.target.Expect
	return append(flags,
		&cli.GenericFlag{Name: "min-days", Usage: "critical if a certificate is valid for less than `N` days, or there is none", Value: &wholeNumber{value: &expect.MinDays, min: 1, max: 36500}},
		&cli.GenericFlag{Name: "min-tls", Usage: "critical if the server agrees to a TLS below `VERSION`: 1.2, 1.3", Value: &o.minTLS},
		&cli.GenericFlag{Name: "require", Usage: "critical if the security `TYPE` (or sub-type) is not offered (repeatable)", Value: &methodList{&expect.Require}},
		&cli.GenericFlag{Name: "refuse", Usage: "critical if the security `TYPE` (or sub-type) is offered (repeatable)", Value: &methodList{&expect.Refuse}},
		&cli.BoolFlag{Name: "login-required", Usage: "critical if nobody can log in with what is given", Destination: &expect.Login},
		&cli.GenericFlag{Name: "encodings", Usage: "`LIST` of encodings to offer, the best first (such as zrle,raw; default: all)", Value: &encodingList{&o.target.Encodings}},
		&cli.PathFlag{Name: "screenshot", Usage: "write what the desktop shows into `FILE`, as PNG (- for standard output)", Destination: &o.screenshot},
		&cli.DurationFlag{Name: "timeout", Usage: "`TIME` for everything together", Destination: &o.target.Timeout, Value: probe.DefaultTimeout},
		jsonFlag(&o.asJSON))
}

// check completes the options.
func (o *probeOptions) check(address string) error {
	var err error
	if o.target.Address, err = listen.Parse(address); err != nil {
		return usagef("%v", err)
	}
	a := &o.target.Address
	switch {
	case a.Path == "" && a.Port == 0:
		return usagef("address %q: port 0 is nobody's", address)
	case o.target.Timeout <= 0:
		return usagef("a time must be above zero")
	case o.screenshot == "-" && o.credentials.passwordFile == "-":
		return usagef("--screenshot - and --password-file - do not go together").hint("name a file for one of them")
	}
	if a.Path == "" && a.Host == "" {
		a.Host = "localhost"
	}
	if err := hostNames(&a.Host, &o.target.Name); err != nil {
		return err
	}
	if o.target.Name == "" {
		o.target.Name, _, _ = strings.Cut(a.Host, "%") // no certificate has the zone of an IPv6 address
	}
	o.target.Settle = o.screenshot != ""
	o.target.Expect.Login = o.target.Expect.Login || o.screenshot != ""
	if o.minTLS.value != "" {
		o.target.Expect.MinTLS = map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}[o.minTLS.value]
	}
	return o.credentials.check()
}

// probe looks at the server and reports; the exit code is the verdict.
func (env Env) probe(ctx context.Context, o *probeOptions) error {
	if err := o.credentials.load(ctx, env, &o.target); err != nil {
		return &exitError{code: exitUnknown, err: err}
	}
	defer clear(o.target.Login.Password)
	o.target.Now = env.Now
	report := probe.Inspect(ctx, o.target)
	if err := ctx.Err(); err != nil {
		return err
	}
	text := probeText(report)
	if o.asJSON {
		text = jsonText(report)
	}
	return probeVerdict(report, env.tellProbe(report, text, o.screenshot))
}

// tellProbe prints the report, and writes the screenshot if one was asked for and taken.
func (env Env) tellProbe(report *probe.Report, text, screenshot string) error {
	if screenshot == "-" {
		env.Stdout, env.Stderr = env.Stderr, env.Stdout
	}
	if err := env.print(text); err != nil || report.Picture == nil {
		return err
	}
	switch screenshot {
	case "":
		return nil
	case "-":
		return png.Encode(env.Stderr, report.Picture)
	}
	return probe.WritePNG(screenshot, report.Picture)
}

// probeVerdict is the exit code. A report that could not be told leaves the server's state
// unknown, unless it is critical.
func probeVerdict(report *probe.Report, told error) error {
	switch {
	case report.Count(probe.Critical) > 0:
		return &exitError{code: exitCritical, err: told}
	case told != nil, report.Count(probe.Unknown) > 0:
		return &exitError{code: exitUnknown, err: told}
	case report.Count(probe.Warning) > 0:
		return &exitError{code: exitWarnings}
	}
	return nil
}

// methodList is an option value that may be given several times: security types.
type methodList struct{ list *[]security.Method }

// Set takes one more type, or several separated by commas.
func (m *methodList) Set(value string) error {
	for name := range strings.SplitSeq(value, ",") {
		method, err := probe.ParseMethod(strings.TrimSpace(name))
		if err != nil {
			return err
		}
		*m.list = append(*m.list, method)
	}
	return nil
}

// String is silent: there is no default.
func (m *methodList) String() string { return "" }

// encodingList is an option value: encodings, the best first.
type encodingList struct{ list *[]rfb.Encoding }

// Set takes the names, separated by commas.
func (e *encodingList) Set(value string) error {
	var list []rfb.Encoding
	for name := range strings.SplitSeq(value, ",") {
		encoding, err := probe.ParseEncoding(strings.TrimSpace(name))
		if err != nil {
			return err
		}
		list = append(list, encoding)
	}
	*e.list = probe.Offering(list...)
	return nil
}

// String is silent: the default is in the option's usage.
func (e *encodingList) String() string { return "" }
