package security

import "context"

// SASLService is the service name of the server's side: a Kerberos ticket is for
// vnc/HOST, and a PAM service file is called vnc.
const SASLService = "vnc"

// MinLayerSSF is the weakest SASL security layer that may carry a session without TLS:
// the strength factor of single DES, as in QEMU.
const MinLayerSSF = 56

// MaxSASLBuffer is the largest packet of a security layer that a viewer may send, as in QEMU.
const MaxSASLBuffer = 8192

// SASLEngine starts exchanges with viewers. It is used by many goroutines at once.
type SASLEngine interface {
	// NewExchange begins one log-in. An exchange that can offer no mechanism is an error.
	// Where the cause is known the error holds a *reason.Error.
	NewExchange(ctx context.Context, p SASLParams) (SASLExchange, error)
}

// SASLParams describe the connection that an exchange is for. Anonymous log-ins are
// never allowed.
type SASLParams struct {
	// Local and Remote are "IP;port" as libsasl2 wants them, empty on UNIX sockets.
	Local, Remote string
	// ExternalSSF is the strength of the TLS cipher in bits; 0 without TLS.
	ExternalSSF int
	// MinSSF and MaxSSF bound the strength of the mechanism's own security layer. Both 0:
	// there is none.
	MinSSF, MaxSSF int
	// MaxBuffer is the largest packet that the other side may send inside the layer.
	MaxBuffer int
	// NoPlaintext forbids mechanisms that show the password to who listens.
	NoPlaintext bool
	// Mechanisms are the ones allowed, of those that the service file has; nil allows
	// all of them.
	Mechanisms []string
}

// SASLExchange is one log-in, and afterwards its security layer. Its methods are called
// by one goroutine at a time, but Encode and Decode by two. An exchange whose Start, Step
// or CheckPassword has failed can only be closed.
type SASLExchange interface {
	// Mechanisms are what the viewer may choose from, in the order of mech_list.
	Mechanisms() []string
	// Start begins with a mechanism of the list. Data may be nil, absent, which differs
	// from empty.
	Start(ctx context.Context, mechanism string, data []byte) (SASLStep, error)
	// Step goes on with the viewer's answer.
	Step(ctx context.Context, data []byte) (SASLStep, error)
	// CheckPassword logs in with a name and a password, in place of Start and Step, against
	// the same users.
	CheckPassword(ctx context.Context, user, password string) error
	// User is who has logged in, or after a failure who wanted to; empty if that is not
	// known.
	User() string
	// SSF is the strength of the security layer that was agreed on; 0 means that there is none.
	SSF() int
	// Encode wraps data for the viewer. The result is valid until the next call.
	Encode(data []byte) ([]byte, error)
	// Decode unwraps bytes from the viewer, which may hold parts of packets. The result is
	// valid until the next call, and empty while a packet is not whole.
	Decode(data []byte) ([]byte, error)
	// Close releases the exchange. It unblocks the other methods.
	Close() error
}

// SASLStep is the server's answer in an exchange.
type SASLStep struct {
	// Data is what the viewer gets; nil, absent, differs from empty.
	Data []byte
	// Done tells that the viewer is logged in.
	Done bool
}
