// Package security authenticates viewers by RFB security types: None (1), VNC
// authentication (2), SASL (20), and VeNCrypt (19) with its X.509 sub-types, which are
// TLS around one of the others or around a name and a password.
//
// The references are RFC 6143 section 7.2, rfbproto's VeNCrypt and SASL parts, and QEMU's
// behaviour where they are silent: exactly one type is offered.
package security

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"

	"vncsec/vncserve/reason"
	"vncsec/vncserve/rfb"
)

// Type is one way to authenticate a viewer.
type Type interface {
	// Number is what is offered in the list of security types.
	Number() rfb.SecurityType
	// Name is the type in QEMU's words, for logs and the monitor, such as
	// "vencrypt (Sub: x509-none)".
	Name() string
	// SendsResult tells whether SecurityResult follows for a viewer of version v.
	SendsResult(v rfb.Version) bool
	Exchange
}

// Exchange is what a type does once it is agreed on.
type Exchange interface {
	// Authenticate runs the exchange up to SecurityResult, which the caller sends.
	// A *RefusedError is a refusal that the viewer is told; any other error means
	// that there is nobody to tell, because the peer is gone or broke the protocol.
	Authenticate(ctx context.Context, c *rfb.Conn) (Identity, error)
}

// Identity is what a viewer proved.
type Identity struct {
	// DistinguishedName is the subject of the verified client certificate, in
	// QEMU's form; empty without one.
	DistinguishedName string
	// SASLUser is who logged in by SASL; empty without that.
	SASLUser string
	// SASLAliases are other names that may be the same user's, with or without a realm.
	// They may take rights away, and never give any.
	SASLAliases []string
}

// Name is the name of the person or machine: the user, without one the certificate's
// distinguished name, and empty without either.
func (i Identity) Name() string { return cmp.Or(i.SASLUser, i.DistinguishedName) }

// RefusedError refuses a viewer.
type RefusedError struct {
	Reason reason.Code
	// Told is the text for the viewer, which never tells which of several secrets was
	// wrong. If it is empty the connection ends without a word: the viewer expects
	// something else now.
	Told string
	// User is the name that the viewer gave, for the log; empty if there is none.
	User string
	// Err is the detail for the log; may be nil.
	Err error
}

// Error gives the code and the detail for the log.
func (e *RefusedError) Error() string {
	return (&reason.Error{Code: e.Reason, Err: e.Err}).Error()
}

// Unwrap gives the detail.
func (e *RefusedError) Unwrap() error { return e.Err }

// ReasonCode gives the code; see reason.Of.
func (e *RefusedError) ReasonCode() reason.Code { return e.Reason }

// AuthenticationFailed is what a viewer is told when its secret is not accepted,
// whatever the cause (QEMU's words).
const AuthenticationFailed = "Authentication failed"

// ErrNoCredentials is returned when TLS credentials are asked for and none are there.
var ErrNoCredentials = errors.New("security: no TLS credentials")

// TLSSource gives the TLS configuration for the next handshake, so that
// credentials can be exchanged while the server runs.
type TLSSource func() *tls.Config

// None is security type 1: everybody is let in (RFC 6143 section 7.2.1).
type None struct{}

// Number is 1.
func (None) Number() rfb.SecurityType { return rfb.SecurityNone }

// Name is "none".
func (None) Name() string { return "none" }

// SendsResult is false before 3.8 (RFC 6143 section 7.1.3).
func (None) SendsResult(v rfb.Version) bool { return v >= rfb.V38 }

// Authenticate lets the viewer in.
func (None) Authenticate(context.Context, *rfb.Conn) (Identity, error) {
	return Identity{}, nil
}
