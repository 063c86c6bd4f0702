package rfb

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"
)

// Conn is one RFB connection. It begins on the bare socket; StartTLS exchanges the
// transport under the protocol. Nothing is read ahead, so no byte of one transport
// is ever taken for one of the next.
//
// One goroutine may read while another writes.
type Conn struct {
	net.Conn // what RFB is read from and written to: out, or TLS on top of it

	out   *gather
	tls   *tls.Conn
	layer Layer // nil without one
}

// NewConn wraps an accepted or dialled socket.
func NewConn(socket net.Conn) *Conn {
	out := &gather{Conn: socket}
	return &Conn{Conn: out, out: out}
}

// ErrTLSTwice is returned by StartTLS on a connection that has TLS already.
var ErrTLSTwice = errors.New("rfb: the connection has TLS already")

// StartTLS performs the server's side of a TLS handshake and goes on inside it. The
// connection's deadlines bound it, and closing the socket ends it.
func (c *Conn) StartTLS(config *tls.Config) error {
	return c.upgrade(tls.Server(c.out, config))
}

// StartTLSClient is StartTLS for the viewer's side.
func (c *Conn) StartTLSClient(config *tls.Config) error {
	return c.upgrade(tls.Client(c.out, config))
}

func (c *Conn) upgrade(t *tls.Conn) error {
	if c.tls != nil {
		return ErrTLSTwice
	}
	if err := t.Handshake(); err != nil {
		return fmt.Errorf("TLS handshake: %w", err)
	}
	c.tls, c.Conn = t, t
	return nil
}

// TLS returns the state of the TLS connection, false if there is none.
func (c *Conn) TLS() (tls.ConnectionState, bool) {
	if c.tls == nil {
		return tls.ConnectionState{}, false
	}
	return c.tls.ConnectionState(), true
}

// Close sends what waits, within a bound, and closes the socket and the layer.
func (c *Conn) Close() error {
	err := c.Conn.Close()
	if c.layer != nil {
		err = errors.Join(err, c.layer.Close())
	}
	return err
}

// Gather makes Write keep its bytes until Flush. The handshake runs without it,
// since there each message waits for an answer.
func (c *Conn) Gather() { c.out.setHold(true) }

// Flush sends what was written since Gather.
func (c *Conn) Flush() error { return c.out.Flush() }

// Linger sends what waits and then reads the viewer's bytes away for at most d, so
// that closing the socket does not reset the connection under a refusal that the
// viewer has yet to read (RFC 1122 section 4.2.2.13).
func (c *Conn) Linger(d time.Duration) {
	_ = c.Flush()
	if half, ok := c.out.Conn.(interface{ CloseWrite() error }); ok {
		if c.tls != nil {
			_ = c.tls.CloseWrite()
			_ = c.Flush()
		}
		_ = half.CloseWrite()
	}
	_ = c.out.Conn.SetReadDeadline(time.Now().Add(d))
	var sink [512]byte
	for range lingerReads {
		if _, err := c.out.Conn.Read(sink[:]); err != nil {
			return
		}
	}
}

// lingerReads bounds what Linger takes from a viewer that goes on talking.
const lingerReads = 64
