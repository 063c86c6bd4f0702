package security

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"vncsec/vncserve/rfb"
)

// VeNCrypt is security type 19 with X.509 sub-types: TLS, and inside it the exchange of
// another type. QEMU offers one sub-type; viewers that know several offered ones take
// the first.
type VeNCrypt struct {
	TLS TLSSource
	// Subs are offered in this order.
	Subs []X509
}

// X509 is a sub-type and what happens inside TLS.
type X509 struct {
	Sub   rfb.SubType
	Inner Exchange
}

// X509None is VeNCrypt sub-type 260: TLS, and the client certificate, if the TLS
// configuration demands one, is all that a viewer must have.
func X509None(source TLSSource) VeNCrypt {
	return VeNCrypt{TLS: source, Subs: []X509{{rfb.SubTypeX509None, None{}}}}
}

// X509VNC is VeNCrypt sub-type 261: TLS, and VNC authentication inside it.
func X509VNC(source TLSSource, auth VNCAuth) VeNCrypt {
	return VeNCrypt{TLS: source, Subs: []X509{{rfb.SubTypeX509VNC, auth}}}
}

// X509SASL is VeNCrypt sub-type 263: TLS, and SASL inside it.
func X509SASL(source TLSSource, sasl *SASL) VeNCrypt {
	return VeNCrypt{TLS: source, Subs: []X509{{rfb.SubTypeX509SASL, sasl}}}
}

// X509SASLOrPlain offers sub-type 262 as well: a name and a password, for viewers
// without SASL.
func X509SASLOrPlain(source TLSSource, sasl *SASL) VeNCrypt {
	v := X509SASL(source, sasl)
	v.Subs = append(v.Subs, X509{rfb.SubTypeX509Plain, Plain{sasl}})
	return v
}

// Number is 19.
func (VeNCrypt) Number() rfb.SecurityType { return rfb.SecurityVeNCrypt }

// Name names the sub-types too, as QEMU's "info vnc" does with its one.
func (v VeNCrypt) Name() string {
	names := make([]string, len(v.Subs))
	for i, sub := range v.Subs {
		names[i] = sub.Sub.String()
	}
	return fmt.Sprintf("vencrypt (Sub: %s)", strings.Join(names, ", "))
}

// SendsResult is always true under VeNCrypt, also for None and 3.7.
func (VeNCrypt) SendsResult(rfb.Version) bool { return true }

// Authenticate negotiates VeNCrypt 0.2 and the sub-type, starts TLS and runs the
// inner exchange.
func (v VeNCrypt) Authenticate(ctx context.Context, c *rfb.Conn) (Identity, error) {
	inner, err := v.negotiate(c)
	if err != nil {
		return Identity{}, err
	}
	config := v.TLS()
	if config == nil {
		return Identity{}, ErrNoCredentials
	}
	if err := c.StartTLS(config); err != nil {
		return Identity{}, &TLSError{Err: err}
	}
	identity, err := inner.Authenticate(ctx, c)
	if err != nil {
		return Identity{}, err
	}
	identity.DistinguishedName = certificateName(c)
	return identity, nil
}

// TLSError is a TLS handshake that failed. The viewer has been sent an alert.
type TLSError struct{ Err error }

// Error gives the cause.
func (e *TLSError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *TLSError) Unwrap() error { return e.Err }

// negotiate agrees on the version and a sub-type, and gives what happens inside TLS.
func (v VeNCrypt) negotiate(c *rfb.Conn) (Exchange, error) {
	if err := v.offer(c); err != nil {
		return nil, err
	}
	chosen, err := rfb.ReadUint32(c)
	if err != nil {
		return nil, fmt.Errorf("reading the VeNCrypt sub-type: %w", err)
	}
	i := slices.IndexFunc(v.Subs, func(x X509) bool { return uint32(x.Sub) == chosen })
	if i < 0 {
		_, _ = c.Write([]byte{rfb.VeNCryptSubTypeBad})
		return nil, fmt.Errorf("%w: VeNCrypt sub-type %d; this server is %s", ErrNotOffered, chosen, v.Name())
	}
	if _, err := c.Write([]byte{rfb.VeNCryptSubTypeOK}); err != nil {
		return nil, fmt.Errorf("acknowledging the VeNCrypt sub-type: %w", err)
	}
	return v.Subs[i].Inner, nil
}

// offer agrees on VeNCrypt 0.2 and offers the sub-types.
func (v VeNCrypt) offer(c *rfb.Conn) error {
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
	msg := []byte{rfb.VeNCryptVersionOK, byte(len(v.Subs))}
	for _, sub := range v.Subs {
		msg = binary.BigEndian.AppendUint32(msg, uint32(sub.Sub))
	}
	if _, err := c.Write(msg); err != nil {
		return fmt.Errorf("offering the VeNCrypt sub-types: %w", err)
	}
	return nil
}

// Errors of the VeNCrypt negotiation; the viewer has its answer when they return.
var (
	ErrNotOffered      = errors.New("the viewer chose what was not offered")
	ErrVeNCryptVersion = errors.New("the viewer speaks another VeNCrypt version")
)

// certificateName names the viewer's certificate, empty if it has none.
func certificateName(c *rfb.Conn) string {
	state, ok := c.TLS()
	if !ok {
		return ""
	}
	return verifiedName(state)
}

// verifiedName names the peer's certificate. The TLS configuration asks for one only
// when it also verifies it.
func verifiedName(state tls.ConnectionState) string {
	if len(state.PeerCertificates) == 0 {
		return ""
	}
	return DistinguishedName(state.PeerCertificates[0].RawSubject)
}
