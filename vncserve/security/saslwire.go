package security

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"vncsec/vncserve/reason"
	"vncsec/vncserve/rfb"
)

// The bounds of what a viewer may send, as in QEMU.
const (
	maxMechanismName = 100
	maxSASLData      = 1 << 20
)

// modestSASLData is more than the messages of all mechanisms have: a Kerberos ticket with
// the groups of a Windows domain stays below 64 KiB.
const modestSASLData = 64 << 10

// errLargeData says that too many viewers send more than modestSASLData at the same time.
var errLargeData = &reason.Error{Code: reason.SASLEngineBusy, Err: errors.New("too many viewers send very large SASL data")}

// largeSASLData bounds the viewers that send more than modestSASLData at the same time, and
// so the memory that viewers without a name can take.
type largeSASLData chan struct{}

func newLargeSASLData() largeSASLData { return make(largeSASLData, 16) }

// offerMechanisms sends the list that the viewer chooses from.
func offerMechanisms(c *rfb.Conn, mechanisms []string) error {
	names := strings.Join(mechanisms, ",")
	msg := binary.BigEndian.AppendUint32(nil, uint32(len(names)))
	if _, err := c.Write(append(msg, names...)); err != nil {
		return fmt.Errorf("sending the SASL mechanisms: %w", err)
	}
	return nil
}

// readMechanism reads the viewer's choice, which must be one of the list as it stands there.
func readMechanism(c *rfb.Conn, offered []string) (string, error) {
	n, err := rfb.ReadUint32(c)
	if err != nil {
		return "", fmt.Errorf("reading the SASL mechanism: %w", err)
	}
	if n < 1 || n > maxMechanismName {
		return "", protocolError("a mechanism's name of %d bytes", n)
	}
	name := make([]byte, n)
	if _, err := io.ReadFull(c, name); err != nil {
		return "", fmt.Errorf("reading the SASL mechanism: %w", err)
	}
	if !slices.Contains(offered, string(name)) {
		return "", &reason.Error{
			Code: reason.SASLMechNotOffered,
			Err:  fmt.Errorf("the viewer chose %q, offered was %s", name, strings.Join(offered, ",")),
		}
	}
	return string(name), nil
}

// readData reads one message of a mechanism; release gives its memory back. Absent data is
// nil. What is there ends with a NUL that does not belong to it, so that empty data has
// length 1. Whether that byte is a NUL is not looked at, as in QEMU 7.2: after a Kerberos
// ticket gtk-vnc sends what its memory holds there.
func (large largeSASLData) readData(c *rfb.Conn) (data []byte, release func(), err error) {
	release = func() {}
	n, err := rfb.ReadUint32(c)
	if err != nil {
		return nil, release, fmt.Errorf("reading SASL data: %w", err)
	}
	if n == 0 {
		return nil, release, nil
	}
	if n > maxSASLData {
		return nil, release, protocolError("SASL data of %d bytes", n)
	}
	if n > modestSASLData {
		select {
		case large <- struct{}{}:
			release = func() { <-large }
		default:
			return nil, release, errLargeData
		}
	}
	data = make([]byte, n)
	if _, err := io.ReadFull(c, data); err != nil {
		return nil, release, fmt.Errorf("reading SASL data: %w", err)
	}
	return data[: n-1 : n-1], release, nil
}

// sendStep sends the server's part of a step, in the same form, and whether it was the last.
func sendStep(c *rfb.Conn, step SASLStep) error {
	msg := appendSASLData(nil, step.Data)
	complete := byte(0)
	if step.Done {
		complete = 1
	}
	if _, err := c.Write(append(msg, complete)); err != nil {
		return fmt.Errorf("sending SASL data: %w", err)
	}
	return nil
}

// protocolError is what a viewer did that none may do.
func protocolError(format string, args ...any) error {
	return &reason.Error{Code: reason.SASLProtocol, Err: fmt.Errorf("the viewer sent "+format, args...)}
}
