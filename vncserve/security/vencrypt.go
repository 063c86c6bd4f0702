package security

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"vncsec/vncserve/rfb"
)

// VeNCrypt is security type 19 with one X.509 sub-type: TLS, and inside it the
// exchange of a plain type.
type VeNCrypt struct {
	Sub   rfb.SubType
	TLS   TLSSource
	Inner Type
}

// X509None is VeNCrypt sub-type 260: TLS, and the client certificate, if the TLS
// configuration demands one, is all that a viewer must have.
func X509None(source TLSSource) VeNCrypt {
	return VeNCrypt{Sub: rfb.SubTypeX509None, TLS: source, Inner: None{}}
}

// X509VNC is VeNCrypt sub-type 261: TLS, and VNC authentication inside it.
func X509VNC(source TLSSource, auth VNCAuth) VeNCrypt {
	return VeNCrypt{Sub: rfb.SubTypeX509VNC, TLS: source, Inner: auth}
}

// Number is 19.
func (VeNCrypt) Number() rfb.SecurityType { return rfb.SecurityVeNCrypt }

// Name names the sub-type too, as QEMU's "info vnc" does.
func (v VeNCrypt) Name() string { return fmt.Sprintf("vencrypt (Sub: %s)", v.Sub) }

// SendsResult is always true under VeNCrypt, also for None and 3.7.
func (VeNCrypt) SendsResult(rfb.Version) bool { return true }

// Authenticate negotiates VeNCrypt 0.2 and the sub-type, starts TLS and runs the
// inner exchange.
func (v VeNCrypt) Authenticate(ctx context.Context, c *rfb.Conn) (Identity, error) {
	if err := v.negotiate(c); err != nil {
		return Identity{}, err
	}
	config := v.TLS()
	if config == nil {
		return Identity{}, ErrNoCredentials
	}
	if err := c.StartTLS(config); err != nil {
		return Identity{}, &TLSError{Err: err}
	}
	if _, err := v.Inner.Authenticate(ctx, c); err != nil {
		return Identity{}, err
	}
	return certificateIdentity(c), nil
}

// TLSError is a TLS handshake that failed. The viewer has been sent an alert.
type TLSError struct{ Err error }

// Error gives the cause.
func (e *TLSError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *TLSError) Unwrap() error { return e.Err }

func (v VeNCrypt) negotiate(c *rfb.Conn) error {
	if err := negotiateVersion(c, v.Sub); err != nil {
		return err
	}
	chosen, err := rfb.ReadUint32(c)
	if err != nil {
		return fmt.Errorf("reading the VeNCrypt sub-type: %w", err)
	}
	if rfb.SubType(chosen) != v.Sub {
		_, _ = c.Write([]byte{rfb.VeNCryptSubTypeBad})
		return fmt.Errorf("%w: VeNCrypt sub-type %d, offered was %d (%s)", ErrNotOffered, chosen, uint32(v.Sub), v.Sub)
	}
	if _, err := c.Write([]byte{rfb.VeNCryptSubTypeOK}); err != nil {
		return fmt.Errorf("acknowledging the VeNCrypt sub-type: %w", err)
	}
	return nil
}

// negotiateVersion agrees on VeNCrypt 0.2 and offers the sub-type.
func negotiateVersion(c *rfb.Conn, offer rfb.SubType) error {
	if _, err := c.Write([]byte{rfb.VeNCryptMajor, rfb.VeNCryptMinor}); err != nil {
		return fmt.Errorf("sending the VeNCrypt version: %w", err)
	}
	var version [2]byte
	if _, err := io.ReadFull(c, version[:]); err != nil {
		return fmt.Errorf("reading the VeNCrypt version: %w", err)
	}
	if version != [2]byte{rfb.VeNCryptMajor, rfb.VeNCryptMinor} {
		_, _ = c.Write([]byte{rfb.VeNCryptVersionBad})
		return fmt.Errorf("%w: %d.%d, spoken here is 0.2", ErrVeNCryptVersion, version[0], version[1])
	}
	msg := binary.BigEndian.AppendUint32([]byte{rfb.VeNCryptVersionOK, 1}, uint32(offer))
	if _, err := c.Write(msg); err != nil {
		return fmt.Errorf("offering the VeNCrypt sub-type: %w", err)
	}
	return nil
}

// Errors of the VeNCrypt negotiation; the viewer has its answer when they return.
var (
	ErrNotOffered      = errors.New("the viewer chose what was not offered")
	ErrVeNCryptVersion = errors.New("the viewer speaks another VeNCrypt version")
)

func certificateIdentity(c *rfb.Conn) Identity {
	state, ok := c.TLS()
	if !ok {
		return Identity{}
	}
	return Identity{DistinguishedName: verifiedName(state)}
}

// verifiedName names the peer's certificate. The TLS configuration asks for one only
// when it also verifies it.
func verifiedName(state tls.ConnectionState) string {
	if len(state.PeerCertificates) == 0 {
		return ""
	}
	return DistinguishedName(state.PeerCertificates[0].RawSubject)
}
