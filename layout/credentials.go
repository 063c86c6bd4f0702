package layout

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"vncsec/ca"
)

// LoadOptions say how a server uses its certificates.
type LoadOptions struct {
	// VerifyPeer demands a certificate of every viewer (x509verify). Without it
	// none is asked for, as browsers stumble over the question.
	VerifyPeer bool

	// Logger receives the warnings of Check; nil drops them.
	Logger *slog.Logger

	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

func (o LoadOptions) now() time.Time {
	if o.Now == nil {
		return time.Now()
	}
	return o.Now()
}

func (o LoadOptions) logger() *slog.Logger {
	if o.Logger == nil {
		return slog.New(slog.DiscardHandler)
	}
	return o.Logger
}

// Credentials are the certificates of a server, which can be loaded anew while it
// runs. Connections keep those that they began with.
type Credentials struct {
	dir     string
	opts    LoadOptions
	current atomic.Pointer[tls.Config]
}

// LoadServer reads the server's files in a folder, under QEMU's names, and returns
// a configuration for TLS 1.2 and 1.3 that shows each viewer the identity that
// fits best. Anything that Check calls critical is a *RefusedError.
func LoadServer(dir string, opts LoadOptions) (*tls.Config, error) {
	c, err := OpenServer(dir, opts)
	if err != nil {
		return nil, err
	}
	return c.Config(), nil
}

// OpenServer is LoadServer for those who want to reload.
func OpenServer(dir string, opts LoadOptions) (*Credentials, error) {
	abs, err := absolute(dir)
	if err != nil {
		return nil, err
	}
	c := &Credentials{dir: abs, opts: opts}
	if err := c.Reload(); err != nil {
		return nil, err
	}
	return c, nil
}

// Reload reads the folder again. On an error the old credentials stay in use.
func (c *Credentials) Reload() error {
	content, err := c.read()
	if err != nil {
		return err
	}
	defer content.forgetKeys()
	config, err := c.build(content)
	if err != nil {
		return fmt.Errorf("layout: load %s: %w", c.dir, err)
	}
	c.current.Store(config)
	return nil
}

// Config returns a configuration that uses, for each new connection, what was
// loaded last.
func (c *Credentials) Config() *tls.Config {
	config := c.current.Load().Clone()
	config.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { return c.current.Load(), nil }
	return config
}

// Current returns what was loaded last, for servers that ask anew for each
// connection.
func (c *Credentials) Current() *tls.Config { return c.current.Load() }

// read takes in the folder and refuses it where it is faulty.
func (c *Credentials) read() (*folder, error) {
	return readChecked(c.dir, CheckOptions{Role: Server, Now: c.opts.now()}, c.opts.logger())
}

func readChecked(dir string, opts CheckOptions, logger *slog.Logger) (*folder, error) {
	content, err := readFolder(context.Background(), dir, opts.Role.fileNames())
	if err != nil {
		return nil, err
	}
	findings := checkAll(content, opts)
	if err := refuseIf(fmt.Sprintf("the files in %s cannot be used", dir), findings, isCritical); err != nil {
		return nil, err
	}
	for _, f := range findings {
		logger.Warn(f.Message, "code", string(f.Code), "file", f.File, "cure", f.Cure, "affects", f.Affects)
	}
	return content, nil
}

func (c *Credentials) build(content *folder) (*tls.Config, error) {
	identities, err := loadIdentities(content, Server)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{
		MinVersion:     tls.VersionTLS12, // libvncclient knows nothing newer
		GetCertificate: identities.forViewer,
		// A resumed session would skip the look at the revocation list.
		SessionTicketsDisabled: true,
		Time:                   c.opts.Now,
	}
	if !c.opts.VerifyPeer {
		return config, nil
	}
	authorities, err := ca.ParseCertificates(content.get(CACertFile).data)
	if err != nil {
		return nil, err
	}
	trust, err := loadTrust(content, authorities)
	if err != nil {
		return nil, err
	}
	trust.Now = c.opts.Now
	demandClient(config, trust)
	return config, nil
}

// demandClient asks for a certificate and leaves its verification to package ca,
// whose errors have codes.
//
// Other than QEMU it does not tell the viewer our authorities. A viewer on GnuTLS
// 3.7.9 (gtk-vnc) looks for a certificate that fits them only among the types of the
// signature algorithms asked for, does not count an RSA key as fit for RSA-PSS, and
// crypto/tls asks for no other RSA signature in TLS 1.3: it would then keep its RSA
// certificate to itself. Without a list it sends the one it has.
func demandClient(config *tls.Config, trust ca.Trust) {
	config.ClientAuth = tls.RequireAnyClientCert
	config.VerifyConnection = func(state tls.ConnectionState) error {
		return ca.VerifyClient(state.PeerCertificates, trust)
	}
}

// loadTrust reads the authorities and, if it is there, the revocation list.
func loadTrust(content *folder, authorities []*x509.Certificate) (ca.Trust, error) {
	var crls []*x509.RevocationList
	if f := content.get(CACRLFile); f.present() {
		lists, err := ca.ParseCRLs(f.data)
		if err != nil {
			return ca.Trust{}, fmt.Errorf("%s: %w", f.path, err)
		}
		crls = lists
	}
	return trustOf(authorities, crls), nil
}

// LoadClient reads the viewer's files in a folder: the authorities, and the
// certificate if there is one. The server must prove to be serverName, which is
// not empty, by the rules of ca.VerifyServer.
func LoadClient(dir, serverName string) (*tls.Config, error) {
	abs, err := absolute(dir)
	if err != nil {
		return nil, err
	}
	if serverName == "" {
		return nil, fmt.Errorf("layout: load %s: no server name to verify", abs)
	}
	content, err := readChecked(abs, CheckOptions{Role: Client}, LoadOptions{}.logger())
	if err != nil {
		return nil, err
	}
	defer content.forgetKeys()
	identities, err := loadIdentities(content, Client)
	if err != nil {
		return nil, fmt.Errorf("layout: load %s: %w", abs, err)
	}
	authorities, err := ca.ParseCertificates(content.get(CACertFile).data)
	if err != nil {
		return nil, fmt.Errorf("layout: load %s: %w", abs, err)
	}
	trust := trustOf(authorities, nil)
	return &tls.Config{
		MinVersion:   tls.VersionTLS12,
		Certificates: identities,
		ServerName:   serverName,
		// VerifyConnection verifies instead, by the one definition that package
		// ca has, and with errors that have codes.
		InsecureSkipVerify: true,
		VerifyConnection: func(state tls.ConnectionState) error {
			return ca.VerifyServer(state.PeerCertificates, serverName, trust)
		},
	}, nil
}
