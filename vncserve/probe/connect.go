// Package probe is a VNC viewer without a window: it logs in to a server, takes its
// picture and sends it keys (Client), and tells how safe the server is (Inspect). It
// works with any server, and trusts none.
package probe

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"vncsec/vncserve/listen"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/rfb/encoding"
	"vncsec/vncserve/security"
)

// Options say how to connect.
type Options struct {
	// Credentials to log in with.
	Credentials security.Credentials
	// Encodings to offer, the best first, with pseudo-encodings, JPEG quality and
	// compression levels among them; none means DefaultEncodings.
	Encodings []rfb.Encoding
	// Format of the pixels to ask for; nil leaves the server's own.
	Format *rfb.PixelFormat
	// Exclusive asks the server to disconnect other viewers.
	Exclusive bool
	// Timeout bounds each exchange with the server; 0 means DefaultTimeout.
	Timeout time.Duration
}

// DefaultTimeout is the patience with a server.
const DefaultTimeout = 30 * time.Second

// Connect logs in to the server at an address. The context bounds the way up to
// ServerInit.
func Connect(ctx context.Context, a listen.Address, o Options) (*Client, error) {
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	var dialer net.Dialer
	socket, err := dialer.DialContext(ctx, a.Network(), a.Endpoint())
	if err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", a, err)
	}
	defer onCancel(ctx, func() { _ = socket.Close() })()
	if o.Credentials.SASL != nil {
		o.Credentials.SASL = waitSASL(ctx, o.Credentials.SASL)
	}
	c := &Client{socket: socket, conn: rfb.NewConn(socket), timeout: o.Timeout, end: deadlineOf(ctx)}
	if err := c.start(o); err != nil {
		return nil, errors.Join(fmt.Errorf("logging in to %s: %w", a, err), canceled(ctx), hangUp(ctx, socket, c.conn))
	}
	c.end = time.Time{}
	return c, nil
}

// onCancel calls f when somebody gives up. The end of a context's time is the business of
// deadlines, whose errors say so; those of a socket that is closed meanwhile do not.
func onCancel(ctx context.Context, f func()) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		if canceled(ctx) != nil {
			f()
		}
	})
}

// canceled is the error of a context that ended before its time was up.
func canceled(ctx context.Context) error {
	if err := ctx.Err(); errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// hangUp closes a connection, politely as long as the context allows: crypto/tls alone would
// give a server that does not read another five seconds.
func hangUp(ctx context.Context, socket net.Conn, c *rfb.Conn) error {
	defer context.AfterFunc(ctx, func() { _ = socket.Close() })()
	return ignoreClosed(c.Close())
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// start runs the handshake and the opening messages.
func (c *Client) start(o Options) error {
	if err := c.conn.SetDeadline(c.deadline()); err != nil {
		return err
	}
	var err error
	if c.Agreed, err = security.Login(c.conn, o.Credentials); err != nil {
		return err
	}
	c.in = countingReader{from: bufio.NewReaderSize(c.conn, 64<<10)}
	if err := c.write(rfb.ClientInit{Shared: !o.Exclusive}.AppendWire(nil)); err != nil {
		return err
	}
	init, err := rfb.ReadServerInit(&c.in)
	if err != nil {
		return err
	}
	c.Name, c.Format = init.Name, init.Format
	if c.decoder, err = encoding.NewDecoder(init.Format, int(init.Width), int(init.Height)); err != nil {
		return err
	}
	if o.Format != nil {
		if err := c.SetFormat(*o.Format); err != nil {
			return err
		}
	}
	if o.Encodings == nil {
		o.Encodings = DefaultEncodings()
	}
	return c.SetEncodings(o.Encodings...)
}
