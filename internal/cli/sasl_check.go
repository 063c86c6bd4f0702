package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"vncsec/saslconf"
	"vncsec/saslconf/users"
)

// saslCheckCommand is vncsec sasl check.
func saslCheckCommand(env Env) *cli.Command {
	var (
		o          saslconf.Options
		tls, noTLS bool
		asJSON     bool
	)
	return &cli.Command{
		Name:  "check",
		Usage: "find what is wrong with the service file and all that it leads to",
		Description: `libsasl2 is silent about most mistakes, and QEMU lets everybody in after some of
them. Looked at are the service file, its keys and mechanisms, the users, the
Kerberos keytab and saslauthd, for the account that will run the server. Every
finding says what is wrong, where, and which command cures it.

Exit code: 0 good, 1 warnings only, 2 critical findings or no check at all.
Critical is what keeps vncsec serve from starting, or everybody out, and what
lets in who must not.`,
		UsageText: `vncsec sasl check --tls

# for the account that libvirt runs QEMU as
vncsec sasl check --user libvirt-qemu --no-tls --json`,
		Flags: append([]cli.Flag{
			saslFileFlag(&o.File),
			&cli.StringFlag{Name: "user", Usage: "`ACCOUNT` that will run the server", DefaultText: "you", Destination: &o.Account},
			&cli.StringFlag{Name: "hostname", Usage: "`NAME` of the server for Kerberos and as realm", DefaultText: "this host's", Destination: &o.Hostname},
			jsonFlag(&asJSON),
		}, transportFlags(&tls, &noTLS)...),
		Action: func(c *cli.Context) error {
			var err error
			if o.Transport, err = transport(tls, noTLS); err != nil {
				return err
			}
			o.Users = saslUsers
			return env.saslCheck(c.Context, o, asJSON)
		},
	}
}

// saslCheck prints the report on a service file; the exit code is its verdict.
func (env Env) saslCheck(ctx context.Context, o saslconf.Options, asJSON bool) error {
	report, err := saslconf.Check(ctx, o)
	if err != nil {
		return &exitError{code: exitCritical, err: err}
	}
	text := saslReportText(report)
	if asJSON {
		text = jsonText(report)
	}
	if err := env.print(text); err != nil {
		return &exitError{code: exitCritical, err: err}
	}
	switch {
	case report.Count(saslconf.Critical) > 0:
		return &exitError{code: exitCritical}
	case report.Count(saslconf.Warning) > 0:
		return &exitError{code: exitWarnings}
	}
	return nil
}

// saslUsers lists the users of a database through libsasl2.
func saslUsers(ctx context.Context, path string) ([]saslconf.User, error) {
	list, err := users.Database{Path: path}.List(ctx)
	if err != nil {
		return nil, err
	}
	known := make([]saslconf.User, len(list))
	for i, u := range list {
		known[i] = saslconf.User{Name: u.User, Realm: u.Realm, Plaintext: u.Plaintext}
		if u.Keys != nil {
			known[i].Keys = []string{u.Keys.Mechanism}
		}
	}
	return known, nil
}

// saslReportText writes a report for people.
func saslReportText(report *saslconf.Report) string {
	var b strings.Builder
	for _, finding := range report.Findings {
		fmt.Fprintf(&b, "%s: %s: %s [%s]\n", finding.Severity, printable(finding.Place()), printable(finding.Message), finding.Code)
		if finding.Cure != "" {
			fmt.Fprintf(&b, "    cure:    %s\n", printable(finding.Cure))
		}
	}
	if len(report.Findings) > 0 {
		b.WriteByte('\n')
	}
	if report.File != "" {
		b.WriteString(offeredText(report.Offered))
	}
	verdict := "good"
	if len(report.Findings) > 0 {
		verdict = fmt.Sprintf("%d critical, %s", report.Count(saslconf.Critical), count(report.Count(saslconf.Warning), "warning"))
	}
	file := report.File
	if file == "" {
		file = "no service file"
	}
	fmt.Fprintf(&b, "%s, for %s on %s: %s\n", printable(file), printable(report.Account), printable(report.Hostname), verdict)
	return b.String()
}
