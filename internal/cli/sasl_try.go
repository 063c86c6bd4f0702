package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"vncsec/saslconf"
	"vncsec/saslconf/worker"
	"vncsec/vncserve/reason"
	"vncsec/vncserve/security"
)

// saslTry is what vncsec sasl test was asked for.
type saslTry struct {
	user         string
	file         string
	mechanism    string
	realm        string
	hostname     string
	passwordFile string
	tls, noTLS   bool
	plain        bool
	asJSON       bool
}

// saslTestCommand is vncsec sasl test.
func saslTestCommand(env Env) *cli.Command {
	var o saslTry
	return &cli.Command{
		Name:      "test",
		Usage:     "log in here, without a viewer, and say which link breaks",
		ArgsUsage: "[USER]",
		Description: `Both sides of a real log-in run here: the server's with the service file, the
viewer's with the password, or with the Kerberos ticket of who runs the command,
for which no USER is given. Everything but the network is as it will be, if the
account is the one that runs the server. It is as inside TLS, unless --no-tls is
given.

Exit code: 0 the log-in succeeded, 1 it did not, or could not be tried. The code
of the reason is in square brackets; vncsec explain tells more.`,
		UsageText: `vncsec sasl test alice

# Kerberos, on a server without TLS
vncsec sasl test --mech gssapi --no-tls`,
		Flags: append([]cli.Flag{
			saslFileFlag(&o.file),
			&cli.StringFlag{Name: "mech", Usage: "log in with `MECHANISM`", DefaultText: "the best that is offered", Destination: &o.mechanism},
			&cli.BoolFlag{Name: "plain", Usage: "log in as viewers without SASL do, such as TigerVNC", Destination: &o.plain},
			&cli.StringFlag{Name: "realm", Usage: "log in as USER of that `REALM`", DefaultText: "the server's", Destination: &o.realm},
			&cli.StringFlag{Name: "hostname", Usage: "`NAME` of the server for Kerberos and as realm", DefaultText: "this host's", Destination: &o.hostname},
			passwordFileFlag(&o.passwordFile),
			jsonFlag(&o.asJSON),
		}, transportFlags(&o.tls, &o.noTLS)...),
		Action: func(c *cli.Context) error {
			o.user = c.Args().First()
			return aboutFile(env.saslTry(c.Context, &o), o.file)
		},
	}
}

// saslTryResult is what a trial came out with.
type saslTryResult struct {
	File      string   `json:"file"`
	Transport string   `json:"transport"`
	Offered   []string `json:"offered"`
	Mechanism string   `json:"mechanism,omitempty"`
	User      string   `json:"user,omitempty"` // as the server knows the user
	SSF       int      `json:"ssf"`            // bits of the security layer
	OK        bool     `json:"ok"`

	// Link is what broke: "service file", "libsasl2", "viewer" or "server".
	Link  string      `json:"link,omitempty"`
	Code  reason.Code `json:"code,omitempty"`
	Error string      `json:"error,omitempty"`
	Cure  []string    `json:"cure,omitempty"`
}

// saslTry logs in and reports.
func (env Env) saslTry(ctx context.Context, o *saslTry) error {
	on, err := transport(o.tls, o.noTLS)
	if err != nil {
		return err
	}
	o.mechanism = strings.ToUpper(o.mechanism)
	if o.plain && (o.mechanism != "" || on == saslconf.TCP) {
		return usagef("--plain is for a log-in inside TLS without SASL: it excludes --mech and --no-tls")
	}
	password, err := env.trialPassword(ctx, o)
	if err != nil {
		return err
	}
	defer clear(password)
	r := &saslTryResult{Transport: string(cmp.Or(on, saslconf.TLS)), Offered: []string{}}
	if err := r.run(ctx, o, password); err != nil {
		r.fail(aboutFile(err, o.file))
	}
	return env.reportTrial(r, o.asJSON)
}

// trialPassword gets the password, unless it is Kerberos that needs none.
func (env Env) trialPassword(ctx context.Context, o *saslTry) ([]byte, error) {
	known, _ := saslconf.LookupMechanism(o.mechanism)
	switch {
	case o.user != "" && !known.Kerberos:
		return env.knownPassword(ctx, o.passwordFile, o.user)
	case o.user == "" && o.passwordFile != "":
		return nil, usagef("whose password it is, is not said").hint("vncsec sasl test USER --password-file FILE")
	case o.user == "" && !known.Kerberos:
		return nil, usagef("who shall log in is not said").
			hint("vncsec sasl test USER").
			hint("vncsec sasl test --mech gssapi logs in with your Kerberos ticket")
	}
	return nil, nil
}

// run makes one link after the other: service file, libsasl2, both sides of the log-in.
func (r *saslTryResult) run(ctx context.Context, o *saslTry, password []byte) error {
	r.Link = "service file"
	config, err := saslconf.Require(ctx, saslconf.Options{File: o.file, Hostname: o.hostname, Transport: saslconf.Transport(r.Transport)})
	if err != nil {
		return err
	}
	r.File = config.Path
	r.Link = "libsasl2"
	engine, err := worker.New(ctx, worker.Options{Config: config, Host: o.hostname})
	if err != nil {
		return err
	}
	defer engine.Close()

	r.Link = "server"
	listed, _ := config.Mechanisms()
	trial := worker.Trial{Params: trialParams(engine, listed, r.Transport), Mechanism: o.mechanism, User: o.user, Password: password, Realm: o.realm}
	if o.realm != "" && o.user != "" && !strings.Contains(o.user, "@") {
		trial.User += "@" + o.realm
	}
	if o.plain {
		return r.checkPassword(ctx, engine, trial)
	}
	outcome, err := engine.Try(ctx, trial)
	r.Offered = append(r.Offered, outcome.Offered...)
	r.Mechanism, r.User, r.SSF = outcome.Mechanism, outcome.User, outcome.SSF
	if viewer := (*worker.ViewerError)(nil); errors.As(err, &viewer) {
		r.Link = "viewer"
	}
	return err
}

// tlsBits is the strength of the ciphers that TLS 1.3 prefers.
const tlsBits = 256

// trialParams demand what vncsec serve does.
func trialParams(engine *worker.Engine, listed []string, transport string) security.SASLParams {
	sasl := security.NewSASL(security.SASLConfig{Engine: engine}, listed)
	if transport == string(saslconf.TCP) {
		return sasl.Demands(security.TransportOpen)
	}
	p := sasl.Demands(security.TransportTLS)
	p.ExternalSSF = tlsBits
	return p
}

// checkPassword logs in by name and password, without an exchange.
func (r *saslTryResult) checkPassword(ctx context.Context, engine *worker.Engine, t worker.Trial) error {
	exchange, err := engine.NewExchange(ctx, t.Params)
	if err != nil {
		return err
	}
	defer exchange.Close()
	r.Offered = append(r.Offered, exchange.Mechanisms()...)
	if err := exchange.CheckPassword(ctx, t.User, string(t.Password)); err != nil {
		return err
	}
	r.Mechanism, r.User = "name and password", exchange.User()
	return nil
}

// fail notes why a trial failed.
func (r *saslTryResult) fail(err error) {
	code, ok := reason.Of(err)
	if !ok {
		code = reason.SASLFailed
		err = &reason.Error{Code: code, Err: err}
	}
	r.Code, r.Error = code, errorText(err)
	r.Cure = slices.DeleteFunc(hints(err), func(cure string) bool { return strings.Contains(cure, "sasl test") })
}

// reportTrial tells how a trial went; its exit code is ExitOK or ExitFailure.
func (env Env) reportTrial(r *saslTryResult, asJSON bool) error {
	if r.OK = r.Code == ""; r.OK {
		r.Link = ""
	}
	text := r.text()
	if asJSON {
		text = jsonText(r)
	}
	if err := env.print(text); err != nil {
		return err
	}
	if r.OK {
		return nil
	}
	if !asJSON {
		for line := range strings.SplitSeq(r.Error, "\n") {
			tell(env.Stderr, "error", r.Link+": "+line)
		}
		for _, cure := range r.Cure {
			tell(env.Stderr, "hint", cure)
		}
	}
	return &exitError{code: ExitFailure}
}

// text tells what a trial came out with.
func (r *saslTryResult) text() string {
	var b strings.Builder
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%-13s %s\n", name+":", printable(value))
		}
	}
	row("service file", r.File)
	row("transport", r.Transport)
	row("offered", strings.Join(r.Offered, ", "))
	row("mechanism", r.Mechanism)
	row("logged in as", r.User)
	if r.SSF > 0 {
		row("encryption", fmt.Sprintf("%d bits, tried both ways", r.SSF))
	}
	return b.String()
}
