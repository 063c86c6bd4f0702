package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"vncsec/layout"
	"vncsec/vncserve"
	"vncsec/vncserve/display"
	"vncsec/vncserve/listen"
	"vncsec/vncserve/monitor"
	"vncsec/vncserve/reason"
	"vncsec/vncserve/security"
)

// serveOptions are the command line of vncsec serve.
type serveOptions struct {
	listen   []listen.Address
	x509     string
	verify   string
	password bool
	monitor  choice
	unsafe   bool

	sasl    saslOptions
	authz   authzOptions
	backend backendOptions
	console consoleOptions
	server  vncserve.Config
	drain   time.Duration
	logging logOptions
	// ready is told the addresses once viewers can connect; may be nil.
	ready func([]net.Addr)
	// untilHangup makes SIGHUP, which the loss of a terminal sends, the server's end
	// instead of an order to load the certificates anew.
	untilHangup bool
}

// newServeOptions holds the defaults of options that are not on the command line.
func newServeOptions() *serveOptions {
	return &serveOptions{
		monitor: choice{words: []string{"stdio"}},
		console: consoleOptions{share: choice{words: []string{"allow-exclusive", "force-shared", "ignore"}}},
	}
}

// serveCommand is vncsec serve.
func serveCommand(env Env) *cli.Command {
	o := newServeOptions()
	return &cli.Command{
		Name:      "serve",
		Usage:     "serve a VNC console that only those see who may",
		ArgsUsage: "[-- COMMAND [ARG]...]",
		Description: `The console is that of a COMMAND on a terminal (without one, your shell), or
with --backend that of another VNC server, such as a virtual machine's.

An ADDRESS is :N or HOST:N for display N (port 5900+N), HOST:PORT, or unix:PATH.
Viewers prove who they are by a client certificate (--x509verify), by a VNC
password (--password) or a user's log-in (--sasl), by certificate and one of
these, or by being able to open a UNIX socket. Anything weaker is refused.

The files of --x509 and --x509verify have QEMU's names: ca-cert.pem,
server-cert.pem, server-key.pem, and ca-crl.pem if there is one. SIGHUP loads
them anew, and the service file of --sasl; SIGTERM, and SIGHUP where there is
nothing to load, lets viewers leave and removes the socket.

With --sasl the users are those of Cyrus SASL, as its service file says (see
vncsec sasl). Without a good service file the server does not start. Without
TLS a mechanism must encrypt the session by itself, as Kerberos does.

With --record all that the console shows goes into a file, with marks of which
viewers come, type and leave. What is typed is not in it, as passwords are. When
the file cannot be written any more, as on a full disk, the server ends with an
error: nothing is done on the console that the recording does not have.

The files of --sasl-authz, --tls-authz and --view-only hold one name a line, or
are the JSON of QEMU's authz-list-file. They are read for every viewer. Names
are those of the log, exactly; what takes rights away also meets the same user
with or without a realm (alice, alice@REALM).`,
		UsageText: `# your shell, for viewers with a certificate of your CA
vncsec serve --listen :1 --x509verify /etc/pki/qemu

# the screen of a virtual machine
qemu-system-x86_64 -vnc unix:/run/vm.vnc ...
vncsec serve --listen :1 --x509verify /etc/pki/qemu --backend unix:/run/vm.vnc

# TLS and a password, which is set at the monitor's prompt
vncsec serve --listen :1 --x509 /etc/pki/qemu --password --monitor stdio -- top
(vncsec) change vnc password

# TLS, and users with passwords of their own; auditors only look
vncsec serve --listen :1 --x509 /etc/pki/qemu --sasl --plain --view-only auditors`,
		Flags: o.flags(),
		Action: func(c *cli.Context) error {
			o.console.command = c.Args().Slice()
			if err := o.check(); err != nil {
				return err
			}
			return env.serve(c.Context, o)
		},
	}
}

func (o *serveOptions) flags() []cli.Flag {
	flags := []cli.Flag{
		&cli.GenericFlag{Name: "listen", Aliases: []string{"l"}, Usage: "`ADDRESS` to listen on (repeatable; default: 127.0.0.1:5900)", Value: &addressList{list: &o.listen}},
		&cli.PathFlag{Name: "x509", Usage: "serve inside TLS, with the server certificate in `DIR`", Destination: &o.x509},
		&cli.PathFlag{Name: "x509verify", Usage: "the same, and demand a client certificate of the CA in `DIR`", Destination: &o.verify},
		&cli.BoolFlag{Name: "password", Usage: "demand a VNC password; nobody gets in until the monitor sets one", Destination: &o.password},
	}
	flags = append(flags, o.sasl.flags()...)
	flags = append(flags, o.authz.flags()...)
	flags = append(flags,
		&cli.GenericFlag{Name: "monitor", Usage: "read commands from `WHERE`: stdio", Value: &o.monitor},
		&cli.BoolFlag{Name: "unsafe-listen", Usage: "listen even where the authentication is too weak for the address", Destination: &o.unsafe})
	flags = append(flags, o.backend.flags()...)
	flags = append(flags, o.console.flags()...)
	flags = append(flags,
		&cli.DurationFlag{Name: "handshake-timeout", Usage: "`TIME` from connecting to the end of TLS", Destination: &o.server.HandshakeTimeout, Value: vncserve.DefaultHandshakeTimeout},
		&cli.DurationFlag{Name: "login-timeout", Usage: "`TIME` for a person to type a password", Destination: &o.server.LoginTimeout, Value: vncserve.DefaultLoginTimeout},
		&cli.GenericFlag{Name: "max-viewers", Usage: fmt.Sprintf("refuse more than `N` viewers (default: %d)", vncserve.DefaultMaxViewers), Value: &wholeNumber{value: &o.server.MaxViewers, min: 1, max: 1 << 20}},
		&cli.DurationFlag{Name: "drain", Usage: "`TIME` that viewers may stay after SIGTERM", Destination: &o.drain, Value: 5 * time.Second})
	return append(flags, o.logging.flags()...)
}

// check finds options that contradict each other.
func (o *serveOptions) check() error {
	switch {
	case o.x509 != "" && o.verify != "":
		return usagef("--x509 and --x509verify exclude each other").hint("--x509verify demands client certificates, --x509 does not")
	case o.backend.address != (listen.Address{}) && len(o.console.command) > 0:
		return usagef("--backend and a command exclude each other")
	case o.backend.address != (listen.Address{}) && o.console.given():
		return usagef("--font, --font-size, --osc52, --record, --respawn, --scrollback, --share, --size and --title belong to a command's console, not to --backend")
	case o.backend.passwordFile != "" && o.backend.address == (listen.Address{}):
		return usagef("--backend-password-file needs --backend ADDRESS")
	case o.server.HandshakeTimeout <= 0 || o.server.LoginTimeout <= 0 || o.drain < 0:
		return usagef("a time must be above zero")
	}
	if err := o.checkLogIn(); err != nil {
		return err
	}
	if len(o.listen) == 0 {
		o.listen = []listen.Address{{Host: "127.0.0.1", Port: listen.BasePort}}
	}
	return nil
}

// checkLogIn finds contradictions in how viewers prove who they are.
func (o *serveOptions) checkLogIn() error {
	switch {
	case o.password && o.sasl.on:
		return usagef("--password and --sasl exclude each other").hint("viewers are offered one of the two; QEMU would silently leave out SASL")
	case !o.sasl.on && o.sasl.given():
		return usagef("--sasl-conf, --sasl-hostname, --plain and --sasl-authz belong to --sasl")
	case o.sasl.plain && !o.tls():
		return usagef("--plain needs --x509 or --x509verify").hint("it sends the password as it is, which only TLS can hide")
	case o.authz.certificates != "" && o.verify == "":
		return usagef("--tls-authz needs --x509verify").hint("without it viewers show no certificate")
	case o.authz.byName() && o.verify == "" && !o.sasl.on:
		return usagef("--view-only FILE needs --sasl or --x509verify: without them viewers have no name, and the list holds nobody back").
			hint("--view-only " + everybody + " is for all viewers")
	}
	return nil
}

// tls tells whether viewers connect inside TLS.
func (o *serveOptions) tls() bool { return o.x509 != "" || o.verify != "" }

// policy is what the options make of authentication.
func (o *serveOptions) policy() vncserve.Policy {
	return vncserve.Policy{
		TLS:        o.tls(),
		VerifyPeer: o.verify != "",
		Password:   o.password,
		SASL:       o.sasl.on,
		Layers:     o.sasl.layers,
		FIPS:       vncserve.FIPSMode(),
		Unsafe:     o.unsafe,
	}
}

// collectLess makes the garbage collector run when the heap is five times what is in
// use rather than twice, unless GOGC says otherwise. A log-in leaves 100 KB behind and
// keeps little, so with the small heap of a server a tenth of a log-in's CPU would go
// into collecting.
func collectLess() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
}

// serve runs the server until the context is done or the admin quits.
func (env Env) serve(ctx context.Context, o *serveOptions) error {
	collectLess()
	ctx, quit := context.WithCancelCause(ctx)
	defer quit(nil)
	if (o.untilHangup || !o.tls() && !o.sasl.on) && !signal.Ignored(syscall.SIGHUP) {
		var stop context.CancelFunc
		ctx, stop = signal.NotifyContext(ctx, syscall.SIGHUP)
		defer stop()
	}
	logger := o.logging.logger(env.Stderr)
	password := &security.Password{}
	var err error
	if o.server.ViewOnly, err = o.authz.lookers(logger); err != nil {
		return err
	}
	types, err := o.security(ctx, logger, password)
	if err != nil {
		return err
	}
	// Before the display: a server that may not or cannot listen runs no command.
	listeners, err := vncserve.Listen(ctx, o.listen, o.policy())
	if err != nil {
		return err
	}
	defer listeners.Close()
	source, closeSource, err := o.source(ctx, env, logger, quit)
	if err != nil {
		return err
	}
	defer closeSource()
	o.server.Security, o.server.Display, o.server.Logger = types, source, logger
	server, err := vncserve.New(o.server)
	if err != nil {
		return err
	}
	run := vncserve.RunOptions{Listeners: listeners, Policy: o.policy(), Drain: o.drain, Ready: o.ready}
	if o.monitor.value == "" {
		if o.password {
			logger.Warn("no password can be set without --monitor stdio: every viewer is refused")
		}
		return cmp.Or(server.Run(ctx, run), displayFailure(ctx))
	}
	target := vncserve.MonitorTarget{Server: server}
	if o.password {
		target.Password = password
	}
	console := newMonitorConsole(env.Stdin, env.Stdout)
	defer console.restore()
	// The viewers' time to leave is not one without a usable terminal.
	defer context.AfterFunc(ctx, console.restore)()
	run.Ready = func([]net.Addr) { go runMonitor(ctx, console, target, logger, quit) }
	return cmp.Or(server.Run(ctx, run), displayFailure(ctx))
}

// runMonitor takes commands until the input ends, which leaves the server running,
// or the admin quits.
func runMonitor(ctx context.Context, console monitor.Console, target monitor.Target, logger *slog.Logger, quit context.CancelCauseFunc) {
	err := monitor.Run(ctx, console, target)
	switch {
	case errors.Is(err, monitor.ErrQuit):
		quit(err)
	case err != nil && ctx.Err() == nil:
		logger.Error("the monitor has ended", "error", err)
	}
}

// security makes the security type, and loads what it needs.
func (o *serveOptions) security(ctx context.Context, logger *slog.Logger, password *security.Password) (security.Type, error) {
	var certificates security.TLSSource
	var reloads []reload
	if o.tls() {
		credentials, err := layout.OpenServer(o.x509+o.verify, layout.LoadOptions{VerifyPeer: o.verify != "", Logger: logger})
		if err != nil {
			return nil, err
		}
		reloads = append(reloads, reload{"certificates", credentials.Reload})
		if certificates, err = o.authz.certificatesOf(credentials.Current, logger); err != nil {
			return nil, err
		}
	}
	var sasl *security.SASL
	if o.sasl.on {
		service, err := o.openSASL(ctx, logger)
		if err != nil {
			return nil, err
		}
		reloads = append(reloads, reload{"SASL service file", func() error { return service.reload(ctx) }})
		sasl = service.sasl
	}
	if len(reloads) > 0 && !o.untilHangup {
		reloadOnHangup(ctx, reloads, logger)
	}
	return o.securityType(certificates, sasl, password), nil
}

// securityType puts the type together; what it does not have is nil.
func (o *serveOptions) securityType(certificates security.TLSSource, sasl *security.SASL, password *security.Password) security.Type {
	auth := security.VNCAuth{Password: password, Patience: o.server.LoginTimeout, Penalty: security.DefaultPenalty}
	switch inTLS := certificates != nil; {
	case inTLS && o.password:
		return security.X509VNC(certificates, auth)
	case inTLS && o.sasl.plain:
		return security.X509SASLOrPlain(certificates, sasl)
	case inTLS && o.sasl.on:
		return security.X509SASL(certificates, sasl)
	case inTLS:
		return security.X509None(certificates)
	case o.password:
		return auth
	case o.sasl.on:
		return sasl
	}
	return security.None{}
}

// reload is something that is loaded anew while the server runs.
type reload struct {
	what string
	load func() error
}

// reloadOnHangup loads everything anew at SIGHUP. Of what fails the old stays in use.
func reloadOnHangup(ctx context.Context, all []reload, logger *slog.Logger) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	go func() {
		defer signal.Stop(hangup)
		for {
			select {
			case <-ctx.Done():
				return
			case <-hangup:
			}
			for _, r := range all {
				if err := r.load(); err != nil {
					logger.Error(r.what+" not reloaded, the old ones stay in use", attributesOf(err)...)
					continue
				}
				logger.Info(r.what + " reloaded")
			}
		}
	}()
}

// attributesOf are an error's in the log, with its code if it has one.
func attributesOf(err error) []any {
	attributes := []any{"error", err}
	if code, ok := reason.Of(err); ok {
		attributes = append([]any{"reason", code}, attributes...)
	}
	return attributes
}

// source makes the display.
func (o *serveOptions) source(ctx context.Context, env Env, logger *slog.Logger, quit context.CancelCauseFunc) (display.Source, func(), error) {
	if o.backend.address != (listen.Address{}) {
		backend, err := o.backend.source(env, logger)
		return backend, func() {}, err
	}
	return o.console.source(ctx, logger, quit)
}
