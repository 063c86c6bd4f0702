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
	stop := context.AfterFunc(ctx, func() { _ = socket.Close() })
	defer stop()
	c := &Client{socket: socket, conn: rfb.NewConn(socket), timeout: o.Timeout}
	if err := c.start(o); err != nil {
		return nil, errors.Join(fmt.Errorf("logging in to %s: %w", a, err), ctx.Err(), ignoreClosed(c.conn.Close()))
	}
	return c, nil
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// start runs the handshake and the opening messages.
func (c *Client) start(o Options) error {
	if err := c.conn.SetDeadline(time.Now().Add(c.timeout)); err != nil {
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
