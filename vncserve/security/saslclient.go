package security

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"vncsec/vncserve/rfb"
)

// SASLClient is the viewer's side of one log-in by SASL, and of its security layer.
type SASLClient interface {
	rfb.Layer
	// Start takes the best of the server's mechanisms and gives its first message. Data
	// may be nil, absent, which differs from empty.
	Start(mechanisms []string) (mechanism string, first SASLStep, err error)
	// Step goes on with the server's answer.
	Step(data []byte) (SASLStep, error)
	// SSF is the strength of the security layer that was agreed on; 0 means that there is
	// none.
	SSF() int
}

// NewSASLClient begins a log-in on a connection that the parameters describe.
type NewSASLClient func(SASLParams) (SASLClient, error)

// maxMechanisms bounds the server's list of mechanisms, in bytes.
const maxMechanisms = 4 << 10

// maxSASLSteps bounds the messages of a mechanism. Those that exist have at most four.
const maxSASLSteps = 16

// ReadMechanisms reads the list that a server offers once SASL is chosen. QEMU 7.2 offers
// an empty one where no mechanism is strong enough.
func ReadMechanisms(c *rfb.Conn) ([]string, error) {
	n, err := rfb.ReadUint32(c)
	if err != nil {
		return nil, fmt.Errorf("reading the SASL mechanisms: %w", err)
	}
	if n > maxMechanisms {
		return nil, fmt.Errorf("the server announces a list of SASL mechanisms of %d bytes, more than %d", n, maxMechanisms)
	}
	list := make([]byte, n)
	if _, err := io.ReadFull(c, list); err != nil {
		return nil, fmt.Errorf("reading the SASL mechanisms: %w", err)
	}
	return strings.FieldsFunc(string(list), func(r rune) bool { return r == ',' || r == ' ' }), nil
}

// Errors of a viewer's log-in by SASL.
var (
	ErrNoMechanism   = errors.New("the server offers no SASL mechanism")
	ErrServerUnknown = errors.New("the server let us in without the proof that it knows the password")
	ErrNotEncrypted  = errors.New("the SASL mechanism does not encrypt, and there is no TLS")
)

// converse runs the viewer's side of SASL up to SecurityResult.
func (with Credentials) converse(c *rfb.Conn) (mechanism string, err error) {
	if with.SASL == nil {
		return "", fmt.Errorf("%w: it wants SASL", ErrNoCommonType)
	}
	mechanisms, err := ReadMechanisms(c)
	if err != nil {
		return "", err
	}
	if len(mechanisms) == 0 {
		return "", ErrNoMechanism
	}
	params := viewerParams(c)
	client, err := with.SASL(params)
	if err != nil {
		return "", err
	}
	mechanism, err = exchangeAs(c, client, mechanisms)
	switch {
	case err != nil:
	case client.SSF() < params.MinSSF:
		err = ErrNotEncrypted
	case client.SSF() > 0:
		return mechanism, c.SetLayer(client)
	}
	return mechanism, errors.Join(err, client.Close())
}

// viewerParams are a viewer's: as strict as the server's side is.
func viewerParams(c *rfb.Conn) SASLParams {
	p := demands(transportOf(c))
	p.Local, p.Remote = saslAddress(c.LocalAddr()), saslAddress(c.RemoteAddr())
	if state, ok := c.TLS(); ok {
		p.ExternalSSF = cipherBits(state.CipherSuite)
	}
	return p
}

// exchangeAs passes messages on until both sides are done.
func exchangeAs(c *rfb.Conn, client SASLClient, mechanisms []string) (mechanism string, err error) {
	mechanism, step, err := client.Start(mechanisms)
	if err != nil {
		return "", err
	}
	message := binary.BigEndian.AppendUint32(nil, uint32(len(mechanism)))
	message = append(message, mechanism...)
	for range maxSASLSteps {
		if _, err := c.Write(appendSASLData(message, step.Data)); err != nil {
			return mechanism, fmt.Errorf("sending SASL data: %w", err)
		}
		message = nil
		data, complete, err := readStep(c)
		if err != nil {
			return mechanism, err
		}
		if !step.Done || data != nil {
			if step, err = client.Step(data); err != nil {
				return mechanism, err
			}
		}
		if complete && !step.Done {
			return mechanism, ErrServerUnknown
		}
		if complete {
			return mechanism, nil
		}
	}
	return mechanism, errors.New("the SASL exchange comes to no end")
}

// appendSASLData appends a message in the form that both sides use: nothing is length 0,
// and what is there ends with a NUL.
func appendSASLData(msg, data []byte) []byte {
	if data == nil {
		return binary.BigEndian.AppendUint32(msg, 0)
	}
	msg = binary.BigEndian.AppendUint32(msg, uint32(len(data)+1))
	return append(append(msg, data...), 0)
}

// readStep reads the server's part of a step, and whether it was its last.
func readStep(c *rfb.Conn) (data []byte, complete bool, err error) {
	n, err := rfb.ReadUint32(c)
	if err != nil {
		return nil, false, fmt.Errorf("reading SASL data: %w", err)
	}
	if n > maxSASLData {
		return nil, false, fmt.Errorf("the server announces SASL data of %d bytes", n)
	}
	if n > 0 {
		data = make([]byte, n)
		if _, err := io.ReadFull(c, data); err != nil {
			return nil, false, fmt.Errorf("reading SASL data: %w", err)
		}
		data = data[: n-1 : n-1]
	}
	last, err := rfb.ReadUint8(c)
	if err != nil {
		return nil, false, fmt.Errorf("reading SASL data: %w", err)
	}
	return data, last != 0, nil
}
