package security

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"vncsec/vncserve/reason"
	"vncsec/vncserve/rfb"
)

// maxPlain bounds the name and the password of Plain, in bytes each. TigerVNC sends up
// to 1023.
const maxPlain = 1024

// Plain is what VeNCrypt's Plain sub-types do inside TLS (rfbproto, VeNCrypt): the viewer
// sends a name and a password. They are checked against the users of SASL.
type Plain struct{ SASL *SASL }

// Authenticate reads name and password and has the engine check them.
func (p Plain) Authenticate(ctx context.Context, c *rfb.Conn) (Identity, error) {
	if transportOf(c) == TransportOpen {
		return Identity{}, errors.New("security: Plain needs TLS")
	}
	if err := p.SASL.wait(c); err != nil {
		return Identity{}, err
	}
	user, password, err := readPlain(c)
	defer clear(password)
	if err != nil {
		return Identity{}, err
	}
	asked := time.Now()
	err = p.SASL.checkPassword(ctx, c, &user, password)
	if err := p.SASL.verdict(ctx, c, user, asked, err); err != nil {
		return Identity{}, err
	}
	return p.SASL.authorize(user)
}

// readPlain reads the lengths of both, then both.
func readPlain(c *rfb.Conn) (user string, password []byte, err error) {
	var lengths [2]uint32
	for i := range lengths {
		if lengths[i], err = rfb.ReadUint32(c); err != nil {
			return "", nil, fmt.Errorf("reading the length of name and password: %w", err)
		}
		if lengths[i] > maxPlain {
			return "", nil, protocolError("a name or password of %d bytes", lengths[i])
		}
	}
	both := make([]byte, lengths[0]+lengths[1])
	if _, err := io.ReadFull(c, both); err != nil {
		return "", both, fmt.Errorf("reading name and password: %w", err)
	}
	return string(both[:lengths[0]]), both[lengths[0]:], nil
}

// checkPassword checks a password and puts the name into the form that the engine has
// for it.
func (s *SASL) checkPassword(ctx context.Context, c *rfb.Conn, user *string, password []byte) error {
	if *user == "" || bytes.IndexByte([]byte(*user), 0) >= 0 || bytes.IndexByte(password, 0) >= 0 {
		return &reason.Error{Code: reason.SASLProtocol, Err: errors.New("no name, or a NUL in name or password")}
	}
	exchange, _, err := s.open(ctx, s.params(c))
	if err != nil {
		return err
	}
	defer func() { _ = exchange.Close() }()
	ctx, cancel := context.WithTimeout(ctx, s.config.StepTimeout)
	defer cancel()
	if err := exchange.CheckPassword(ctx, *user, string(password)); err != nil {
		return err
	}
	*user = exchange.User()
	return nil
}
