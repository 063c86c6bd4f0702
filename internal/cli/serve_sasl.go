package cli

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"vncsec/saslconf"
	"vncsec/saslconf/worker"
	"vncsec/vncserve/security"
)

// saslOptions say how viewers log in by SASL.
type saslOptions struct {
	on       bool
	conf     string
	hostname string
	plain    bool
	users    string
	// layers are the mechanisms that encrypt, for viewers on TCP without TLS. They are
	// known once the service file is.
	layers []string
}

func (o *saslOptions) flags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "sasl", Usage: "demand a log-in by SASL, with the mechanisms of its service file", Destination: &o.on},
		&cli.PathFlag{Name: "sasl-conf", Usage: "the service file is `FILE`, or qemu.conf in that folder (default: where libsasl2 finds it)", Destination: &o.conf},
		&cli.StringFlag{Name: "sasl-hostname", Usage: "`NAME` of this server for Kerberos and as the users' realm (default: this host's)", Destination: &o.hostname},
		&cli.BoolFlag{Name: "plain", Usage: "take name and password from viewers without SASL too, such as TigerVNC; inside TLS only", Destination: &o.plain},
		&cli.PathFlag{Name: "sasl-authz", Usage: "let only the users in `FILE` in", Destination: &o.users},
	}
}

// given tells whether an option was that makes no sense without --sasl.
func (o *saslOptions) given() bool {
	return o.conf != "" || o.hostname != "" || o.plain || o.users != ""
}

// file is the service file, empty for the one that libsasl2 finds.
func (o *saslOptions) file() string {
	if info, err := os.Stat(o.conf); err == nil && info.IsDir() {
		return filepath.Join(o.conf, saslconf.FileName)
	}
	return o.conf
}

// saslService is SASL in a running server.
type saslService struct {
	require saslconf.Options
	engine  *worker.Engine
	sasl    *security.SASL
}

// openSASL checks the service file and starts the engine. Whatever is wrong with them keeps
// the server from starting.
func (o *serveOptions) openSASL(ctx context.Context, logger *slog.Logger) (*saslService, error) {
	users, err := openNames(o.sasl.users, logger)
	if err != nil {
		return nil, err
	}
	s := &saslService{require: saslconf.Options{File: o.sasl.file(), Hostname: o.sasl.hostname, Transport: o.saslTransport()}}
	config, err := saslconf.Require(ctx, s.require)
	if err != nil {
		return nil, err
	}
	if err := s.start(ctx, o, config, users, logger); err != nil {
		return nil, aboutFile(err, config.Path)
	}
	return s, nil
}

// start starts the engine and makes sure that viewers can log in.
func (s *saslService) start(ctx context.Context, o *serveOptions, config *saslconf.Config, users security.Names, logger *slog.Logger) (err error) {
	s.engine, err = worker.New(ctx, worker.Options{Config: config, Host: o.sasl.hostname, Logger: logger})
	if err != nil {
		return fmt.Errorf("starting SASL: %w", err)
	}
	context.AfterFunc(ctx, func() { _ = s.engine.Close() })
	mechanisms, _ := config.Mechanisms()
	s.sasl = security.NewSASL(security.SASLConfig{
		Engine: s.engine, Users: users, Patience: o.server.LoginTimeout, Penalty: security.DefaultPenalty,
	}, mechanisms)
	s.sasl.SetRealms(s.realms(config))
	return o.offer(ctx, s.sasl, logger)
}

// saslTransport is the one that leaves the fewest mechanisms.
func (o *serveOptions) saslTransport() saslconf.Transport {
	if o.tls() {
		return saslconf.TLS
	}
	for _, address := range o.listen {
		if address.Path == "" {
			return saslconf.TCP
		}
	}
	return saslconf.UNIX
}

// offer makes sure that there is a mechanism for each way in which viewers come.
func (o *serveOptions) offer(ctx context.Context, sasl *security.SASL, logger *slog.Logger) error {
	transports := map[security.Transport]bool{security.TransportTLS: o.tls()}
	for _, address := range o.listen {
		if address.Path != "" {
			transports[security.TransportLocal] = !o.tls()
		} else {
			transports[security.TransportOpen] = !o.tls()
		}
	}
	for transport, used := range transports {
		if !used {
			continue
		}
		offered, err := sasl.Offer(ctx, transport)
		if err != nil {
			return fmt.Errorf("SASL on %s: %w", transport, err)
		}
		if transport == security.TransportOpen {
			o.sasl.layers = offered
		}
		logger.Info("SASL mechanisms", "transport", transport.String(), "offered", offered)
	}
	return nil
}

// reload takes the service file as it is now, all of it or nothing.
func (s *saslService) reload(ctx context.Context) error {
	config, err := saslconf.Require(ctx, s.require)
	if err != nil {
		return err
	}
	if err := s.engine.Reload(ctx, config); err != nil {
		return err
	}
	mechanisms, _ := config.Mechanisms()
	s.sasl.Allow(mechanisms)
	s.sasl.SetRealms(s.realms(config))
	return nil
}

// realms are those of users who are named without one: the server's own name for passwords,
// and Kerberos' realms for tickets.
func (s *saslService) realms(config *saslconf.Config) []string {
	return append(config.KerberosRealms(os.LookupEnv), s.engine.Host())
}
