package e2e_test

import (
	"crypto/tls"
	wire "encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"vncsec/internal/peertest"
	"vncsec/vncserve/rfb"
)

// saslViewer is a viewer that says what it is told to say, in SASL's part of RFB.
type saslViewer struct {
	*rfb.Conn
	// Offered is the server's list of mechanisms.
	Offered []string
}

// dialSASL goes as far as the list of mechanisms: with TLS, whoever the server is, where it
// offers VeNCrypt, and without it where it offers SASL. It comes from an address of this
// host, if one is given.
func dialSASL(address string, from ...net.IP) (_ *saslViewer, err error) {
	var dialer net.Dialer
	network := "tcp"
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		network, address = "unix", path
	} else if len(from) > 0 {
		dialer.LocalAddr = &net.TCPAddr{IP: from[0]}
	}
	socket, err := dialer.Dial(network, address)
	if err != nil {
		return nil, err
	}
	v := &saslViewer{Conn: rfb.NewConn(socket)}
	defer func() {
		if err != nil {
			_ = v.Close()
		}
	}()
	if err := v.SetDeadline(time.Now().Add(peertest.Patience)); err != nil {
		return nil, err
	}
	if _, err := rfb.ReadVersion(v); err != nil {
		return nil, err
	}
	if err := rfb.WriteVersion(v, rfb.V38); err != nil {
		return nil, err
	}
	var offer [2]byte // how many types, and the one
	if _, err := io.ReadFull(v, offer[:]); err != nil {
		return nil, err
	}
	if err := v.choose(rfb.SecurityType(offer[1])); err != nil {
		return nil, err
	}
	names, err := v.read()
	if err != nil {
		return nil, err
	}
	v.Offered = strings.Split(string(names), ",")
	return v, nil
}

// choose takes the offered type, which must lead to SASL.
func (v *saslViewer) choose(offered rfb.SecurityType) error {
	switch offered {
	case rfb.SecuritySASL:
		_, err := io.WriteString(v, "\x14")
		return err
	case rfb.SecurityVeNCrypt:
		if _, err := io.WriteString(v, "\x13\x00\x02\x00\x00\x01\x07"); err != nil {
			return err
		}
		if _, err := io.ReadFull(v, make([]byte, 2+1+1+4+1)); err != nil {
			return err
		}
		return v.StartTLSClient(insecureTLS())
	}
	return fmt.Errorf("the server offers %v", offered)
}

// read reads what begins with its length.
func (v *saslViewer) read() ([]byte, error) {
	n, err := rfb.ReadUint32(v)
	if err != nil {
		return nil, err
	}
	if n > 1<<20 {
		return nil, fmt.Errorf("the server announces %d bytes", n)
	}
	data := make([]byte, n)
	_, err = io.ReadFull(v, data)
	return data, err
}

// errRefused says that the server has ended the log-in.
var errRefused = errors.New("refused")

// choice is a mechanism's name on the wire.
func choice(mechanism string) []byte {
	return append(wire.BigEndian.AppendUint32(nil, uint32(len(mechanism))), mechanism...)
}

// send sends a message of a mechanism; nil is none.
func (v *saslViewer) send(message []byte) error {
	frame := make([]byte, 4)
	if message != nil {
		frame = append(append(wire.BigEndian.AppendUint32(nil, uint32(len(message)+1)), message...), 0)
	}
	_, err := v.Write(frame)
	return err
}

// ask chooses a mechanism in which the server speaks first.
func (v *saslViewer) ask(mechanism string) (challenge string, err error) {
	if _, err := v.Write(choice(mechanism)); err != nil {
		return "", err
	}
	if err := v.send(nil); err != nil {
		return "", err
	}
	data, err := v.read()
	if err != nil {
		return "", err
	}
	complete, err := rfb.ReadUint8(v)
	if err != nil || complete != 0 {
		return "", fmt.Errorf("complete %d, %w", complete, err)
	}
	return string(data), nil
}

// start chooses a mechanism that needs one message, sends that, and reads the result.
func (v *saslViewer) start(mechanism, message string) error {
	if _, err := v.Write(choice(mechanism)); err != nil {
		return err
	}
	if err := v.send([]byte(message)); err != nil {
		return err
	}
	if _, err := v.read(); err != nil {
		return fmt.Errorf("%w: %w", errRefused, err)
	}
	var end [1 + 4]byte
	if _, err := io.ReadFull(v, end[:]); err != nil {
		return fmt.Errorf("%w: %w", errRefused, err)
	}
	if end != [5]byte{1, 0, 0, 0, rfb.ResultOK} {
		return errRefused
	}
	return nil
}

// logInPlain logs in with mechanism PLAIN.
func logInPlain(t *testing.T, address, user, password string) error {
	t.Helper()
	v, err := dialSASL(address)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	return v.start("PLAIN", "\x00"+user+"\x00"+password)
}

// insecureTLS trusts every server.
func insecureTLS() *tls.Config { return &tls.Config{InsecureSkipVerify: true} }
