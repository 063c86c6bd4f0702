package security

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"vncsec/vncserve/listen"
	"vncsec/vncserve/reason"
	"vncsec/vncserve/rfb"
)

// tooManyGuesses is what a viewer is told while its address has too many penalties.
const tooManyGuesses = "too many wrong passwords from this address: try again later"

var errTooManyGuesses = errors.New("the penalties of earlier guesses from this address are not over")

// DefaultPenalty is how long the answer to a wrong password takes. An address has at
// most four guesses in that time.
const DefaultPenalty = time.Second

// VNCAuth is security type 2: a challenge, answered with DES under the password
// (RFC 6143 section 7.2.2).
type VNCAuth struct {
	Password *Password
	// Patience is how long a person may take to type the password; 0 leaves the
	// connection's deadline as it is.
	Patience time.Duration
	// Penalty delays the answer to a wrong password; see DefaultPenalty.
	Penalty time.Duration
}

// Number is 2.
func (VNCAuth) Number() rfb.SecurityType { return rfb.SecurityVNC }

// Name is "vnc".
func (VNCAuth) Name() string { return "vnc" }

// SendsResult is always true.
func (VNCAuth) SendsResult(rfb.Version) bool { return true }

// Authenticate challenges the viewer. Without a password set it does so as well, and
// then refuses: an outsider does not learn which of the two it was.
func (a VNCAuth) Authenticate(ctx context.Context, c *rfb.Conn) (Identity, error) {
	var challenge, response [challengeLen]byte
	if _, err := rand.Read(challenge[:]); err != nil {
		return Identity{}, fmt.Errorf("making a challenge: %w", err)
	}
	if _, err := c.Write(challenge[:]); err != nil {
		return Identity{}, fmt.Errorf("sending the challenge: %w", err)
	}
	if a.Patience > 0 {
		if err := c.SetDeadline(time.Now().Add(a.Patience)); err != nil {
			return Identity{}, fmt.Errorf("setting the deadline: %w", err)
		}
	}
	if _, err := io.ReadFull(c, response[:]); err != nil {
		return Identity{}, fmt.Errorf("reading the response to the challenge: %w", err)
	}
	good, err := a.Password.accepts(challenge, response)
	if err != nil {
		return Identity{}, err
	}
	if !a.Password.guesses.settle(listen.Origin(c.RemoteAddr()), a.Penalty, good) {
		return Identity{}, &RefusedError{Reason: reason.TooManyGuesses, Told: tooManyGuesses, Err: errTooManyGuesses}
	}
	if good {
		return Identity{}, nil
	}
	pause(ctx, a.Penalty)
	return Identity{}, &RefusedError{Reason: a.refusal(), Told: AuthenticationFailed}
}

func (a VNCAuth) refusal() reason.Code {
	if !a.Password.IsSet() {
		return reason.PasswordUnset
	}
	return reason.PasswordWrong
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
