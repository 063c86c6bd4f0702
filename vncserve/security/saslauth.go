package security

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"vncsec/vncserve/listen"
	"vncsec/vncserve/reason"
	"vncsec/vncserve/rfb"
)

// SASLConfig is what SASL authentication is made of.
type SASLConfig struct {
	// Engine runs the mechanisms. Required.
	Engine SASLEngine
	// Users are those who may open the display; nil means everybody who can log in.
	Users Names
	// Patience is how long a person may take to type a password; 0 leaves the
	// connection's deadline as it is.
	Patience time.Duration
	// StepTimeout bounds each call of the engine; see DefaultStepTimeout.
	StepTimeout time.Duration
	// Penalty delays the answer to a wrong password; see DefaultPenalty.
	Penalty time.Duration
}

// DefaultStepTimeout is how long one step of a mechanism may take: a PAM module or an
// LDAP server may wait for others.
const DefaultStepTimeout = 30 * time.Second

// SASL is security type 20 (rfbproto, SASL), with QEMU's rules:
//
//   - without TLS a mechanism must encrypt the session, and shows no password;
//   - inside TLS, and on UNIX sockets, any mechanism will do;
//
// and two more: nobody logs in anonymously, and on UNIX sockets a mechanism may encrypt.
type SASL struct {
	config  SASLConfig
	allowed atomic.Pointer[[]string]
	realms  atomic.Pointer[[]string]
	guesses guesses
	large   largeSASLData
}

// NewSASL makes the type. The mechanisms are the allowed ones, of those that the engine
// has; nil allows all that are safe where they are used.
func NewSASL(config SASLConfig, mechanisms []string) *SASL {
	if config.StepTimeout <= 0 {
		config.StepTimeout = DefaultStepTimeout
	}
	s := &SASL{config: config, large: newLargeSASLData()}
	s.Allow(mechanisms)
	s.SetRealms(nil)
	return s
}

// SetRealms names the realms that users may be of who are named without one. It can be
// called at any time.
func (s *SASL) SetRealms(realms []string) { s.realms.Store(&realms) }

// Allow exchanges the allowed mechanisms for others, for log-ins that begin from now on.
func (s *SASL) Allow(mechanisms []string) { s.allowed.Store(&mechanisms) }

// Number is 20.
func (*SASL) Number() rfb.SecurityType { return rfb.SecuritySASL }

// Name is "sasl".
func (*SASL) Name() string { return "sasl" }

// SendsResult is always true.
func (*SASL) SendsResult(rfb.Version) bool { return true }

// Transport is what carries a log-in.
type Transport int

// The transports that differ in what SASL must do.
const (
	TransportTLS   Transport = iota // what a mechanism shows, only the server sees
	TransportLocal                  // a UNIX socket
	TransportOpen                   // TCP without TLS: everybody on the way reads
)

// String names the transport.
func (t Transport) String() string {
	switch t {
	case TransportTLS:
		return "TLS"
	case TransportLocal:
		return "a UNIX socket"
	}
	return "TCP without TLS"
}

// transportOf tells what carries a connection.
func transportOf(c *rfb.Conn) Transport {
	if _, ok := c.TLS(); ok {
		return TransportTLS
	}
	if _, ok := c.RemoteAddr().(*net.UnixAddr); ok {
		return TransportLocal
	}
	return TransportOpen
}

// maxLayerSSF is no bound at all (QEMU's number).
const maxLayerSSF = 100000

// Demands are the parameters of an exchange on a transport, but for the two addresses and
// the strength of TLS.
func (s *SASL) Demands(transport Transport) SASLParams {
	p := demands(transport)
	p.Mechanisms = *s.allowed.Load()
	return p
}

// demands are QEMU's rules for a transport.
func demands(transport Transport) SASLParams {
	p := SASLParams{MaxBuffer: MaxSASLBuffer}
	switch transport {
	case TransportLocal:
		p.MaxSSF = maxLayerSSF // gtk-vnc insists on a layer wherever there is no TLS
	case TransportOpen:
		p.MinSSF, p.MaxSSF, p.NoPlaintext = MinLayerSSF, maxLayerSSF, true
	}
	return p
}

// params are those of an exchange on a connection.
func (s *SASL) params(c *rfb.Conn) SASLParams {
	p := s.Demands(transportOf(c))
	p.Local, p.Remote = saslAddress(c.LocalAddr()), saslAddress(c.RemoteAddr())
	if state, ok := c.TLS(); ok {
		p.ExternalSSF = cipherBits(state.CipherSuite)
	}
	return p
}

// saslAddress gives an address in libsasl2's form, empty for a UNIX socket.
func saslAddress(a net.Addr) string {
	addr, ok := a.(*net.TCPAddr)
	if !ok {
		return ""
	}
	ip := addr.AddrPort().Addr().Unmap().WithZone("")
	return ip.String() + ";" + strconv.Itoa(addr.Port)
}

// cipherBits is the key size of a cipher suite's cipher.
func cipherBits(suite uint16) int {
	name := tls.CipherSuiteName(suite)
	switch {
	case strings.Contains(name, "AES_256"), strings.Contains(name, "CHACHA20"):
		return 256
	case strings.Contains(name, "AES_128"):
		return 128
	}
	return 112 // triple DES, which is the only other one
}

// Offer lists what viewers could choose from on a transport, to be looked at before
// there is a viewer. Nothing to choose from is an error.
func (s *SASL) Offer(ctx context.Context, transport Transport) ([]string, error) {
	p := s.Demands(transport)
	switch transport {
	case TransportTLS:
		p.ExternalSSF = 128
		fallthrough
	case TransportOpen:
		p.Local, p.Remote = "127.0.0.1;5900", "127.0.0.1;50000"
	}
	exchange, offered, err := s.open(ctx, p)
	if err != nil {
		return nil, err
	}
	return offered, exchange.Close()
}

// open begins an exchange and finds out what the viewer may choose from.
func (s *SASL) open(ctx context.Context, p SASLParams) (_ SASLExchange, offered []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.config.StepTimeout)
	defer cancel()
	exchange, err := s.config.Engine.NewExchange(ctx, p)
	if err != nil {
		return nil, nil, coded(err)
	}
	offered = slices.DeleteFunc(slices.Clone(exchange.Mechanisms()), func(name string) bool { return unsafeMechanism(name, p) })
	if len(offered) == 0 {
		_ = exchange.Close()
		return nil, nil, &reason.Error{Code: reason.SASLMechUnavailable, Err: fmt.Errorf("no SASL mechanism can be used here, of %q", exchange.Mechanisms())}
	}
	return exchange, offered, nil
}

// unsafeMechanism finds those that no service file can allow. The engine has left them
// out already: this is a second lock on the door that QEMU leaves open.
func unsafeMechanism(name string, p SASLParams) bool {
	switch strings.ToUpper(name) {
	case "ANONYMOUS", "EXTERNAL":
		return true
	case "PLAIN", "LOGIN":
		return p.NoPlaintext
	}
	return false
}

// coded gives every error of the engine a code.
func coded(err error) error {
	if _, ok := reason.Of(err); ok {
		return err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return &reason.Error{Code: reason.SASLTimeout, Err: err}
	}
	return &reason.Error{Code: reason.SASLFailed, Err: err}
}

// Authenticate lets the viewer choose a mechanism and passes its messages to the engine.
func (s *SASL) Authenticate(ctx context.Context, c *rfb.Conn) (Identity, error) {
	exchange, offered, err := s.open(ctx, s.params(c))
	if err != nil {
		return Identity{}, err
	}
	identity, err := s.converse(ctx, c, exchange, offered)
	if err == nil && exchange.SSF() > 0 {
		err = c.SetLayer(exchange)
	}
	if err != nil || exchange.SSF() == 0 {
		_ = exchange.Close() // nothing of it is needed any more
	}
	return identity, err
}

// converse runs the exchange. When it returns a RefusedError the viewer waits for
// SecurityResult.
func (s *SASL) converse(ctx context.Context, c *rfb.Conn, exchange SASLExchange, offered []string) (Identity, error) {
	if err := offerMechanisms(c, offered); err != nil {
		return Identity{}, err
	}
	if err := s.wait(c); err != nil {
		return Identity{}, err
	}
	mechanism, err := readMechanism(c, offered)
	if err != nil {
		return Identity{}, err
	}
	advance := func(ctx context.Context, data []byte) (SASLStep, error) { return exchange.Start(ctx, mechanism, data) }
	for {
		step, err := s.answer(ctx, c, advance)
		if err != nil {
			return Identity{}, err
		}
		if step.failed != nil {
			err := s.verdict(ctx, c, exchange.User(), step.asked, step.failed)
			return Identity{}, end(c, mechanism, err)
		}
		if step.Done {
			return s.conclude(ctx, c, exchange, mechanism, step)
		}
		if err := sendStep(c, step.SASLStep); err != nil {
			return Identity{}, err
		}
		advance = exchange.Step
	}
}

// outcome is a step, or why there is none.
type outcome struct {
	SASLStep
	failed error
	asked  time.Time // when the viewer's message was there
}

// answer reads a message and lets the engine answer it.
func (s *SASL) answer(ctx context.Context, c *rfb.Conn, advance func(context.Context, []byte) (SASLStep, error)) (outcome, error) {
	data, release, err := s.large.readData(c)
	defer release()
	if err != nil {
		return outcome{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.config.StepTimeout)
	defer cancel()
	asked := time.Now()
	step, failed := advance(ctx, data)
	return outcome{step, failed, asked}, nil
}

// conclude takes a good last step.
func (s *SASL) conclude(ctx context.Context, c *rfb.Conn, exchange SASLExchange, mechanism string, last outcome) (Identity, error) {
	if err := s.verdict(ctx, c, exchange.User(), last.asked, nil); err != nil {
		return Identity{}, end(c, mechanism, err)
	}
	if err := sendStep(c, last.SASLStep); err != nil {
		return Identity{}, err
	}
	return s.admit(c, exchange)
}

// end makes a viewer that is refused in the middle of the exchange listen for
// SecurityResult: it is told that the exchange is over, without a proof that the server
// knows the secret. A viewer whose mechanism waits for that proof would call it a fault of
// the server's; it is told nothing, and the end of the connection is its answer, as in QEMU.
func end(c *rfb.Conn, mechanism string, err error) error {
	var refused *RefusedError
	if !errors.As(err, &refused) {
		return err
	}
	if mechanism != "PLAIN" && mechanism != "LOGIN" {
		refused.Told = ""
		return err
	}
	return errors.Join(err, sendStep(c, SASLStep{Done: true}))
}

// verdict judges an attempt to log in, whose failure is nil if it was good. The penalty is
// counted from the viewer's message on, so that the time does not tell what was looked for.
func (s *SASL) verdict(ctx context.Context, c *rfb.Conn, user string, asked time.Time, failed error) error {
	if !s.guesses.settle(listen.Origin(c.RemoteAddr()), s.config.Penalty, failed == nil) {
		return &RefusedError{Reason: reason.TooManyGuesses, Told: tooManyGuesses, User: user, Err: errTooManyGuesses}
	}
	if failed == nil {
		return nil
	}
	pause(ctx, time.Until(asked.Add(s.config.Penalty)))
	failed = coded(failed)
	code, _ := reason.Of(failed)
	return &RefusedError{Reason: code, Told: AuthenticationFailed, User: user, Err: failed}
}

// admit looks at what the exchange came out with.
func (s *SASL) admit(c *rfb.Conn, exchange SASLExchange) (Identity, error) {
	user := exchange.User()
	if want := s.Demands(transportOf(c)).MinSSF; exchange.SSF() < want {
		return Identity{}, &RefusedError{
			Reason: reason.SASLSSFTooLow,
			Told:   "without TLS this server needs a SASL mechanism that encrypts",
			User:   user,
			Err:    fmt.Errorf("the security layer has a strength of %d, at least %d is needed", exchange.SSF(), want),
		}
	}
	return s.authorize(user)
}

// authorize looks a user who has logged in up in the list.
func (s *SASL) authorize(user string) (Identity, error) {
	if user == "" {
		return Identity{}, &RefusedError{Reason: reason.SASLFailed, Told: AuthenticationFailed, Err: errors.New("the mechanism came to an end without a user")}
	}
	others := aliases(user, *s.realms.Load())
	if s.config.Users != nil && !s.config.Users.Allows(user, others...) {
		return Identity{}, &RefusedError{Reason: reason.AuthzDenied, Told: notAuthorized, User: user, Err: notListed(user)}
	}
	return Identity{SASLUser: user, SASLAliases: others}, nil
}

// wait gives a person time to type.
func (s *SASL) wait(c *rfb.Conn) error {
	if s.config.Patience <= 0 {
		return nil
	}
	if err := c.SetDeadline(time.Now().Add(s.config.Patience)); err != nil {
		return fmt.Errorf("setting the deadline: %w", err)
	}
	return nil
}
