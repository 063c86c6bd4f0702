// Package probe is a VNC viewer without a window: it logs in to a server, takes its
// picture and sends it keys. vncsec uses it to try out what it has set up; it works
// with any server, and trusts none.
package probe

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"image"
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
	// Encodings to offer, the best first; none means DefaultEncodings.
	Encodings []rfb.Encoding
	// Format of the pixels to ask for; nil leaves the server's own.
	Format *rfb.PixelFormat
	// Timeout bounds each exchange with the server; 0 means DefaultTimeout.
	Timeout time.Duration
}

// DefaultTimeout is the patience with a server.
const DefaultTimeout = 30 * time.Second

// DefaultEncodings is all that the decoder understands, the smallest first.
func DefaultEncodings() []rfb.Encoding {
	return []rfb.Encoding{rfb.EncodingZRLE, rfb.EncodingCopyRect, rfb.EncodingRaw, rfb.EncodingDesktopSize, rfb.EncodingCursor}
}

// Client is a connection to a server that is past ServerInit. It is for one
// goroutine.
type Client struct {
	// Agreed is how the log-in went.
	Agreed security.Agreed
	// Name is the desktop's.
	Name string

	conn    *rfb.Conn
	in      *bufio.Reader
	timeout time.Duration
	decoder *encoding.Decoder
}

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
	c := &Client{conn: rfb.NewConn(socket), timeout: o.Timeout}
	if err := c.start(ctx, o); err != nil {
		return nil, errors.Join(fmt.Errorf("logging in to %s: %w", a, err), ctx.Err(), ignoreClosed(socket.Close()))
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
func (c *Client) start(ctx context.Context, o Options) error {
	if err := c.conn.SetDeadline(time.Now().Add(c.timeout)); err != nil {
		return err
	}
	var err error
	if c.Agreed, err = security.Login(c.conn, o.Credentials); err != nil {
		return err
	}
	c.in = bufio.NewReaderSize(c.conn, 64<<10)
	if err := c.send(rfb.ClientInit{Shared: true}); err != nil {
		return err
	}
	init, err := rfb.ReadServerInit(c.in)
	if err != nil {
		return err
	}
	c.Name = init.Name
	if c.decoder, err = encoding.NewDecoder(init.Format, int(init.Width), int(init.Height)); err != nil {
		return err
	}
	if o.Format != nil {
		if err := c.setFormat(*o.Format); err != nil {
			return err
		}
	}
	if o.Encodings == nil {
		o.Encodings = DefaultEncodings()
	}
	return c.send(rfb.SetEncodings{Encodings: o.Encodings})
}

func (c *Client) setFormat(f rfb.PixelFormat) error {
	if err := c.decoder.SetFormat(f); err != nil {
		return err
	}
	return c.send(rfb.SetPixelFormat{Format: f})
}

// TLS tells the version and cipher suite of the connection, "" without TLS.
func (c *Client) TLS() string {
	state, ok := c.conn.TLS()
	if !ok {
		return ""
	}
	return tls.VersionName(state.Version) + " " + tls.CipherSuiteName(state.CipherSuite)
}

// Picture is what the server's display looked like after the last update.
func (c *Client) Picture() image.Image { return c.decoder.Picture }

// Size is the display's, in pixels.
func (c *Client) Size() image.Point { return c.decoder.Picture.Bounds().Size() }

// Update asks for a framebuffer update and waits for it. An incremental one may wait
// until something changes, for as long as the timeout.
func (c *Client) Update(incremental bool) error {
	size := c.Size()
	request := rfb.FramebufferUpdateRequest{Incremental: incremental, Width: uint16(size.X), Height: uint16(size.Y)}
	if err := c.send(request); err != nil {
		return err
	}
	for {
		message, err := rfb.ReadServerMessage(c.in)
		if err != nil {
			return fmt.Errorf("waiting for a framebuffer update: %w", err)
		}
		switch m := message.(type) {
		case rfb.FramebufferUpdate:
			_, err := c.decoder.Update(c.in, m)
			return err
		case rfb.SetColourMapEntries:
			c.decoder.SetColours(m)
		}
	}
}

// Key presses and releases a key.
func (c *Client) Key(key rfb.Keysym) error {
	b := rfb.KeyEvent{Down: true, Key: key}.AppendWire(nil)
	return c.write(rfb.KeyEvent{Key: key}.AppendWire(b))
}

// Type presses and releases the key of each character.
func (c *Client) Type(text string) error {
	for _, r := range text {
		if err := c.Key(keyOf(r)); err != nil {
			return err
		}
	}
	return nil
}

func keyOf(r rune) rfb.Keysym {
	if r == '\n' {
		return rfb.KeyReturn
	}
	return rfb.KeysymOf(r)
}

func (c *Client) send(m rfb.ClientMessage) error { return c.write(m.AppendWire(nil)) }

func (c *Client) write(b []byte) error {
	if err := c.conn.SetDeadline(time.Now().Add(c.timeout)); err != nil {
		return err
	}
	if _, err := c.conn.Write(b); err != nil {
		return fmt.Errorf("sending to the server: %w", err)
	}
	return nil
}

// Close ends the connection.
func (c *Client) Close() error { return ignoreClosed(c.conn.Close()) }
