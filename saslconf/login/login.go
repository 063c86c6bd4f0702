// Package login is the viewer's side of SASL, with libsasl2: what a server's users have in
// their viewers. It runs inside this process, unlike package worker, and so is for
// programs that log in once and end. A call may wait for a Kerberos server
// for half a minute, and nothing interrupts it.
package login

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"vncsec/saslconf"
	"vncsec/saslconf/cyrus"
	"vncsec/vncserve/reason"
	"vncsec/vncserve/security"
)

// Options say who logs in, and where.
type Options struct {
	// Host is the server's name, for its Kerberos principal vnc/HOST.
	Host string
	// User and Password log in by name; without a user the Kerberos ticket does.
	User     string
	Password []byte
}

// New prepares for log-ins. Passwords are shown to nobody but a server inside TLS or on a
// UNIX socket.
func New(o Options) security.NewSASLClient {
	return func(p security.SASLParams) (security.SASLClient, error) { return o.begin(p) }
}

func (o Options) begin(p security.SASLParams) (security.SASLClient, error) {
	library, err := cyrus.Load()
	if err != nil {
		return nil, &reason.Error{Code: reason.SASLLibraryMissing, Err: err}
	}
	plugins, err := library.NewClient()
	if err != nil {
		return nil, err
	}
	conn, err := plugins.NewConn(cyrus.ConnOptions{
		Service: security.SASLService,
		Host:    o.Host,
		Local:   p.Local,
		Remote:  p.Remote,
		Security: cyrus.Security{
			ExternalSSF: p.ExternalSSF,
			MinSSF:      p.MinSSF,
			MaxSSF:      p.MaxSSF,
			MaxBuffer:   p.MaxBuffer,
			NoPlaintext: p.NoPlaintext,
		},
	}, cyrus.Login{User: o.User, Password: o.Password})
	if err != nil {
		plugins.Close()
		return nil, err
	}
	return &client{ClientConn: conn, plugins: plugins, kerberos: o.User == ""}, nil
}

// client is one log-in. It is for one goroutine.
type client struct {
	*cyrus.ClientConn
	plugins  *cyrus.Client
	kerberos bool
	closed   bool
}

// Start takes the best of the mechanisms that the user has something for: libsasl2 itself
// would stop at Kerberos without a ticket.
func (c *client) Start(mechanisms []string) (string, security.SASLStep, error) {
	usable := slices.DeleteFunc(slices.Clone(mechanisms), func(name string) bool {
		known, ok := saslconf.LookupMechanism(name)
		return !ok || known.Kerberos != c.kerberos || known.Anonymous || known.Name == "EXTERNAL"
	})
	if len(usable) == 0 {
		return "", security.SASLStep{}, &reason.Error{
			Code: reason.SASLMechUnavailable,
			Err:  fmt.Errorf("none of the mechanisms that the server offers can be used: %q", mechanisms),
		}
	}
	mechanism, step, err := c.ClientConn.Start(strings.Join(usable, " "))
	if failed := (*cyrus.Error)(nil); errors.As(err, &failed) && failed.Code == cyrus.NoMechanism {
		err = &reason.Error{Code: reason.SASLMechUnavailable, Err: err}
	}
	return mechanism, security.SASLStep(step), err
}

// Step goes on with the server's answer.
func (c *client) Step(data []byte) (security.SASLStep, error) {
	step, err := c.ClientConn.Step(data)
	return security.SASLStep(step), err
}

// Close frees what the log-in has.
func (c *client) Close() error {
	if !c.closed {
		c.closed = true
		c.ClientConn.Close()
		c.plugins.Close()
	}
	return nil
}
