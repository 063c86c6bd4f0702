package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"vncsec/ca"
	"vncsec/layout"
	"vncsec/saslconf/login"
	"vncsec/vncserve/probe"
)

// probeCredentials are the options about whom to trust and how to log in.
type probeCredentials struct {
	ca, dir, cert, key string
	user, passwordFile string
	password, kerberos bool
	insecure           bool
}

func (o *probeCredentials) flags() []cli.Flag {
	return []cli.Flag{
		&cli.PathFlag{Name: "ca", Usage: "trust the authorities in `FILE`", DefaultText: "the system's", Destination: &o.ca},
		&cli.PathFlag{Name: "dir", Usage: "take ca-cert.pem, and if they are there ca-crl.pem, client-cert.pem and client-key.pem, from `DIR`", Destination: &o.dir},
		&cli.PathFlag{Name: "cert", Usage: "show the client certificate in `FILE`", Destination: &o.cert},
		&cli.PathFlag{Name: "key", Usage: "its key, in `FILE`", Destination: &o.key},
		&cli.StringFlag{Name: "user", Usage: "log in by name, as `USER`", Destination: &o.user},
		&cli.BoolFlag{Name: "password", Usage: "ask for the VNC password", Destination: &o.password},
		&cli.PathFlag{Name: "password-file", Usage: "read the password, the user's or VNC's, from `FILE`, which only its owner can read (- for standard input)", Destination: &o.passwordFile},
		&cli.BoolFlag{Name: "kerberos", Usage: "log in with your Kerberos ticket", Destination: &o.kerberos},
		&cli.BoolFlag{Name: "insecure", Usage: "let secrets go to any server, encrypted or not", Destination: &o.insecure},
	}
}

// check finds options that contradict each other.
func (o *probeCredentials) check() error {
	switch {
	case (o.cert == "") != (o.key == ""):
		return usagef("--cert and --key belong together")
	case o.dir != "" && (o.ca != "" || o.cert != ""):
		return usagef("--dir and --ca, --cert exclude each other")
	case o.password && (o.user != "" || o.passwordFile != ""):
		return usagef("--password asks for the VNC password: it excludes --user and --password-file")
	case o.kerberos && (o.user != "" || o.password || o.passwordFile != ""):
		return usagef("--kerberos logs in with the ticket that you have: it excludes --user and passwords")
	}
	return nil
}

// load reads what the options name.
func (o *probeCredentials) load(ctx context.Context, env Env, t *probe.Target) error {
	t.Login.Anyway, t.Login.User = o.insecure, o.user
	if err := o.loadTrust(t); err != nil {
		return err
	}
	if err := o.loadCertificate(t); err != nil {
		return err
	}
	var err error
	if t.Login.Password, err = o.secret(ctx, env); err != nil {
		return err
	}
	if o.user != "" || o.kerberos {
		t.Login.SASL = login.New(login.Options{Host: t.Name, User: o.user, Password: t.Login.Password})
	}
	return nil
}

func (o *probeCredentials) loadTrust(t *probe.Target) error {
	file, revoked := o.ca, ""
	if o.dir != "" {
		file, revoked = filepath.Join(o.dir, layout.CACertFile), filepath.Join(o.dir, layout.CACRLFile)
		if _, err := os.Lstat(revoked); errors.Is(err, fs.ErrNotExist) {
			revoked = ""
		}
	}
	if file == "" {
		t.Trust.Source = "the system's authorities"
		return nil
	}
	trust, err := layout.ReadTrust(file, revoked)
	t.Trust = probe.Trust{CA: trust, Source: file}
	return err
}

// loadCertificate reads the client certificate and its key. In a folder they may be
// missing.
func (o *probeCredentials) loadCertificate(t *probe.Target) error {
	cert, key := o.cert, o.key
	if o.dir != "" {
		cert, key = filepath.Join(o.dir, layout.ClientCertFile), filepath.Join(o.dir, layout.ClientKeyFile)
		if _, err := os.Lstat(cert); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
	}
	if cert == "" {
		return nil
	}
	pair, err := readPair(cert, key)
	if err != nil {
		return err
	}
	t.Login.Certificate = pair
	return nil
}

// readPair reads a certificate with its chain, and its key, which must be private.
func readPair(certFile, keyFile string) (*tls.Certificate, error) {
	data, err := ca.ReadFile(certFile)
	if err != nil {
		return nil, fmt.Errorf("client certificate: %w", err)
	}
	chain, err := ca.ParseCertificates(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", certFile, err)
	}
	f, err := os.Open(keyFile)
	if err != nil {
		return nil, fmt.Errorf("client key: %w", err)
	}
	defer f.Close()
	if err := checkPrivate("client key", f); err != nil {
		return nil, err
	}
	if data, err = ca.ReadFile(keyFile); err != nil {
		return nil, fmt.Errorf("client key: %w", err)
	}
	defer clear(data)
	key, err := ca.ParseKey(data, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", keyFile, err)
	}
	if err := ca.KeyFits(chain[0], key); err != nil {
		return nil, fmt.Errorf("%s and %s: %w", certFile, keyFile, err)
	}
	pair := &tls.Certificate{PrivateKey: key, Leaf: chain[0]}
	for _, cert := range chain {
		pair.Certificate = append(pair.Certificate, cert.Raw)
	}
	return pair, nil
}

// secret reads the password, or asks for it; nil if there is none.
func (o *probeCredentials) secret(ctx context.Context, env Env) ([]byte, error) {
	switch {
	case o.passwordFile != "":
		return env.readSecret("password file", o.passwordFile)
	case o.user == "" && !o.password:
		return nil, nil
	case !env.Prompter.Interactive():
		return nil, withHint(errors.New("a password is needed, and standard input is no terminal to ask for it on"), "--password-file FILE reads it from FILE")
	case o.user != "":
		return env.askPassword(ctx, "Password of "+printable(o.user))
	}
	return env.askPassword(ctx, "VNC password")
}
