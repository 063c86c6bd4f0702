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
	// Password answers VNC authentication and, with a User, Plain; nil if there is none.
	Password []byte
	// User is who logs in by Plain, which is used inside TLS only; empty if nobody does.
	User string
	// SASL logs in by SASL; nil if that is not wanted.
	SASL NewSASLClient
	// Only, unless it is zero, is the one method that may be used.
	Only Method
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
	// Mechanism is SASL's, empty without it.
	Mechanism string
}

// Method is the way that was agreed on.
func (a Agreed) Method() Method { return Method{a.Type, a.SubType} }

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

// Login is the viewer's side of the handshake, from the first byte to SecurityResult, and
// starts the security layer of SASL if there is one. The connection's deadlines bound it,
// and closing its socket ends it.
func Login(c *rfb.Conn, with Credentials) (Agreed, error) {
	var a Agreed
	offer, err := ReadOffer(c)
	a.Version, a.Offered = offer.Version, offer.Types
	if err != nil {
		return a, err
	}
	if a.Type, err = with.choose(a.Offered); err != nil {
		return a, err
	}
	if err := ChooseType(c, offer, a.Type); err != nil {
		return a, err
	}
	if a.Type == rfb.SecurityVeNCrypt {
		if err := with.secure(c, &a); err != nil {
			return a, err
		}
	}
	if err := with.authenticate(c, &a); err != nil {
		return a, err
	}
	if a.Type == rfb.SecurityNone && a.Version < rfb.V38 {
		return a, nil
	}
	if err := readResult(c, a.Version); err != nil {
		return a, err
	}
	c.StartLayer()
	return a, nil
}

// choose takes the strongest type that there are credentials for.
func (with Credentials) choose(offered []rfb.SecurityType) (rfb.SecurityType, error) {
	for _, t := range with.types() {
		if slices.Contains(offered, t) {
			return t, nil
		}
	}
	return 0, fmt.Errorf("%w: it offers %v", ErrNoCommonType, offered)
}

func (with Credentials) types() []rfb.SecurityType {
	switch {
	case with.Only != Method{}:
		return []rfb.SecurityType{with.Only.Type}
	case with.TLS != nil:
		return []rfb.SecurityType{rfb.SecurityVeNCrypt}
	case with.SASL != nil:
		return []rfb.SecurityType{rfb.SecuritySASL, rfb.SecurityNone, rfb.SecurityVNC}
	}
	return []rfb.SecurityType{rfb.SecurityNone, rfb.SecurityVNC}
}

// chooseSub is choose for the sub-types of VeNCrypt.
func (with Credentials) chooseSub(offered []rfb.SubType) (rfb.SubType, error) {
	for _, t := range with.subTypes() {
		if slices.Contains(offered, t) {
			return t, nil
		}
	}
	return 0, fmt.Errorf("%w: its VeNCrypt sub-types are %v", ErrNoCommonType, offered)
}

func (with Credentials) subTypes() []rfb.SubType {
	if with.Only != (Method{}) {
		return []rfb.SubType{with.Only.SubType}
	}
	var usable []rfb.SubType
	if with.SASL != nil {
		usable = append(usable, rfb.SubTypeX509SASL)
	}
	if with.User != "" && with.Password != nil {
		usable = append(usable, rfb.SubTypeX509Plain)
	}
	return append(usable, rfb.SubTypeX509None, rfb.SubTypeX509VNC)
}

// ErrNoTLS says that a method needs a TLS configuration that is not there.
var ErrNoTLS = errors.New("security: VeNCrypt needs a TLS configuration")

// secure chooses a sub-type of VeNCrypt and starts TLS.
func (with Credentials) secure(c *rfb.Conn, a *Agreed) error {
	if with.TLS == nil {
		return ErrNoTLS
	}
	var err error
	if a.OfferedSubTypes, err = ReadSubTypes(c); err != nil {
		return err
	}
	if a.SubType, err = with.chooseSub(a.OfferedSubTypes); err != nil {
		return err
	}
	if err := ChooseSubType(c, a.SubType); err != nil {
		return err
	}
	if err := c.StartTLSClient(with.TLS); err != nil {
		return &TLSError{Err: err}
	}
	return nil
}

// authenticate runs what the method has between its choice, or TLS, and SecurityResult.
func (with Credentials) authenticate(c *rfb.Conn, a *Agreed) error {
	switch a.Method() {
	case Method{Type: rfb.SecurityVNC}, Method{rfb.SecurityVeNCrypt, rfb.SubTypeX509VNC}:
		return with.answerVNC(c)
	case Method{rfb.SecurityVeNCrypt, rfb.SubTypeX509Plain}:
		return with.sendPlain(c)
	case Method{Type: rfb.SecuritySASL}, Method{rfb.SecurityVeNCrypt, rfb.SubTypeX509SASL}:
		var err error
		a.Mechanism, err = with.converse(c)
		return err
	case Method{Type: rfb.SecurityNone}, Method{rfb.SecurityVeNCrypt, rfb.SubTypeX509None}:
		return nil
	}
	return fmt.Errorf("%w: %s is not spoken here", ErrNoCommonType, a.Method())
}

func (with Credentials) answerVNC(c *rfb.Conn) error {
	if with.Password == nil {
		return ErrPasswordRequired
	}
	challenge, err := ReadChallenge(c)
	if err != nil {
		return err
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

// ReadChallenge reads the challenge of VNC authentication.
func ReadChallenge(c *rfb.Conn) (challenge [challengeLen]byte, err error) {
	if _, err := io.ReadFull(c, challenge[:]); err != nil {
		return challenge, fmt.Errorf("reading the challenge: %w", err)
	}
	return challenge, nil
}

// sendPlain sends name and password, which TLS must hide.
func (with Credentials) sendPlain(c *rfb.Conn) error {
	if transportOf(c) != TransportTLS {
		return ErrNoTLS
	}
	if len(with.User) > maxPlain || len(with.Password) > maxPlain {
		return fmt.Errorf("security: Plain takes names and passwords of at most %d bytes", maxPlain)
	}
	msg := binary.BigEndian.AppendUint32(nil, uint32(len(with.User)))
	msg = binary.BigEndian.AppendUint32(msg, uint32(len(with.Password)))
	msg = append(append(msg, with.User...), with.Password...)
	defer clear(msg)
	if _, err := c.Write(msg); err != nil {
		return fmt.Errorf("sending name and password: %w", err)
	}
	return nil
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

func readRefusal(c *rfb.Conn) error {
	text, err := rfb.ReadReason(c)
	if err != nil {
		return err
	}
	return &ServerRefusedError{Text: text}
}
