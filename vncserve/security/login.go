package security

import (
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"vncsec/vncserve/rfb"
)

// Credentials are what the viewer's side logs in with.
type Credentials struct {
	// TLS verifies the server and may hold a client certificate. With it only
	// VeNCrypt is accepted, so that nobody in between can talk the viewer out of TLS;
	// without it only the types that have none are.
	TLS *tls.Config
	// Password answers VNC authentication; nil if there is none.
	Password []byte
}

// Agreed is what a log-in came out with.
type Agreed struct {
	Version rfb.Version
	// Offered lists the server's security types.
	Offered []rfb.SecurityType
	// Offered sub-types of VeNCrypt, if that was chosen.
	OfferedSubTypes []rfb.SubType
	Type            rfb.SecurityType
	// SubType is 0 unless Type is VeNCrypt.
	SubType rfb.SubType
}

// ServerRefusedError is a server's refusal, in its own words.
type ServerRefusedError struct{ Text string }

// Error quotes the server, whose words may hold anything.
func (e *ServerRefusedError) Error() string {
	if e.Text == "" {
		return "the server refused without a reason"
	}
	return fmt.Sprintf("the server refused: %q", e.Text)
}

// Errors of Login.
var (
	ErrNoCommonType     = errors.New("the server offers no security type that fits the credentials")
	ErrPasswordRequired = errors.New("the server asks for a VNC password and none is given")
)

// Login is the viewer's side of the handshake, from the first byte to SecurityResult.
// The connection's deadlines bound it, and closing its socket ends it.
func Login(c *rfb.Conn, with Credentials) (Agreed, error) {
	var a Agreed
	server, err := rfb.ReadVersion(c)
	if err != nil {
		return a, err
	}
	a.Version = server
	if err := rfb.WriteVersion(c, server); err != nil {
		return a, fmt.Errorf("sending the protocol version: %w", err)
	}
	if a.Offered, err = readOffer(c, server); err != nil {
		return a, err
	}
	if a.Type, err = with.choose(a.Offered); err != nil {
		return a, err
	}
	if server >= rfb.V37 {
		if _, err := c.Write([]byte{byte(a.Type)}); err != nil {
			return a, fmt.Errorf("choosing the security type: %w", err)
		}
	}
	if err := with.authenticate(c, &a); err != nil {
		return a, err
	}
	if a.Type == rfb.SecurityNone && a.Version < rfb.V38 {
		return a, nil
	}
	return a, readResult(c, a.Version)
}

// readOffer reads the server's security types. None at all is a refusal.
func readOffer(c *rfb.Conn, v rfb.Version) ([]rfb.SecurityType, error) {
	if v == rfb.V33 {
		dictated, err := rfb.ReadUint32(c)
		if err != nil {
			return nil, fmt.Errorf("reading the security type: %w", err)
		}
		if dictated == uint32(rfb.SecurityInvalid) {
			return nil, readRefusal(c)
		}
		if dictated > 0xff {
			return nil, fmt.Errorf("%w: it wants type %d", ErrNoCommonType, dictated)
		}
		return []rfb.SecurityType{rfb.SecurityType(dictated)}, nil
	}
	count, err := rfb.ReadUint8(c)
	if err != nil {
		return nil, fmt.Errorf("reading the security types: %w", err)
	}
	if count == 0 {
		return nil, readRefusal(c)
	}
	numbers := make([]byte, count)
	if _, err := io.ReadFull(c, numbers); err != nil {
		return nil, fmt.Errorf("reading the security types: %w", err)
	}
	types := make([]rfb.SecurityType, count)
	for i, n := range numbers {
		types[i] = rfb.SecurityType(n)
	}
	return types, nil
}

func readRefusal(c *rfb.Conn) error {
	text, err := rfb.ReadReason(c)
	if err != nil {
		return err
	}
	return &ServerRefusedError{Text: text}
}

func (with Credentials) choose(offered []rfb.SecurityType) (rfb.SecurityType, error) {
	usable := []rfb.SecurityType{rfb.SecurityNone, rfb.SecurityVNC}
	if with.TLS != nil {
		usable = []rfb.SecurityType{rfb.SecurityVeNCrypt}
	}
	for _, t := range usable {
		if slices.Contains(offered, t) {
			return t, nil
		}
	}
	return 0, fmt.Errorf("%w: it offers %v", ErrNoCommonType, offered)
}

func (with Credentials) authenticate(c *rfb.Conn, a *Agreed) error {
	switch a.Type {
	case rfb.SecurityVNC:
		return with.answerVNC(c)
	case rfb.SecurityVeNCrypt:
		return with.venCrypt(c, a)
	}
	return nil
}

func (with Credentials) answerVNC(c *rfb.Conn) error {
	if with.Password == nil {
		return ErrPasswordRequired
	}
	var challenge [challengeLen]byte
	if _, err := io.ReadFull(c, challenge[:]); err != nil {
		return fmt.Errorf("reading the challenge: %w", err)
	}
	response, err := AnswerChallenge(with.Password, challenge)
	if err != nil {
		return err
	}
	if _, err := c.Write(response[:]); err != nil {
		return fmt.Errorf("sending the response: %w", err)
	}
	return nil
}

// venCrypt chooses a sub-type, starts TLS and runs what is inside.
func (with Credentials) venCrypt(c *rfb.Conn, a *Agreed) error {
	var err error
	if a.OfferedSubTypes, err = readSubTypes(c); err != nil {
		return err
	}
	usable := []rfb.SubType{rfb.SubTypeX509None, rfb.SubTypeX509VNC}
	i := slices.IndexFunc(usable, func(t rfb.SubType) bool { return slices.Contains(a.OfferedSubTypes, t) })
	if i < 0 {
		return fmt.Errorf("%w: its VeNCrypt sub-types are %v", ErrNoCommonType, a.OfferedSubTypes)
	}
	a.SubType = usable[i]
	if _, err := c.Write(binary.BigEndian.AppendUint32(nil, uint32(a.SubType))); err != nil {
		return fmt.Errorf("choosing the VeNCrypt sub-type: %w", err)
	}
	ack, err := rfb.ReadUint8(c)
	if err != nil {
		return fmt.Errorf("reading the acknowledgement of the sub-type: %w", err)
	}
	if ack != rfb.VeNCryptSubTypeOK {
		return &ServerRefusedError{Text: "VeNCrypt sub-type not accepted"}
	}
	if err := c.StartTLSClient(with.TLS); err != nil {
		return &TLSError{Err: err}
	}
	if a.SubType == rfb.SubTypeX509VNC {
		return with.answerVNC(c)
	}
	return nil
}

// readSubTypes agrees on VeNCrypt 0.2 and reads the sub-types.
func readSubTypes(c *rfb.Conn) ([]rfb.SubType, error) {
	var version [2]byte
	if _, err := io.ReadFull(c, version[:]); err != nil {
		return nil, fmt.Errorf("reading the VeNCrypt version: %w", err)
	}
	if version[0] == 0 && version[1] < rfb.VeNCryptMinor {
		return nil, fmt.Errorf("%w: the server speaks %d.%d", ErrVeNCryptVersion, version[0], version[1])
	}
	if _, err := c.Write([]byte{rfb.VeNCryptMajor, rfb.VeNCryptMinor}); err != nil {
		return nil, fmt.Errorf("sending the VeNCrypt version: %w", err)
	}
	var head [2]byte
	if _, err := io.ReadFull(c, head[:1]); err != nil {
		return nil, fmt.Errorf("reading the answer to the VeNCrypt version: %w", err)
	}
	if head[0] != rfb.VeNCryptVersionOK {
		return nil, fmt.Errorf("%w: the server does not take 0.2", ErrVeNCryptVersion)
	}
	if _, err := io.ReadFull(c, head[1:]); err != nil {
		return nil, fmt.Errorf("reading the VeNCrypt sub-types: %w", err)
	}
	list := make([]rfb.SubType, head[1])
	for i := range list {
		n, err := rfb.ReadUint32(c)
		if err != nil {
			return nil, fmt.Errorf("reading the VeNCrypt sub-types: %w", err)
		}
		list[i] = rfb.SubType(n)
	}
	return list, nil
}

// readResult reads SecurityResult. A server that just closes, as QEMU does for a
// certificate it does not like, has refused too.
func readResult(c *rfb.Conn, v rfb.Version) error {
	result, err := rfb.ReadUint32(c)
	if err != nil {
		return fmt.Errorf("reading the security result: %w", err)
	}
	if result == rfb.ResultOK {
		return nil
	}
	if v < rfb.V38 {
		return &ServerRefusedError{}
	}
	return readRefusal(c)
}
