package probe

import (
	"crypto/tls"
	"errors"
	"fmt"
	"image"
	"net"
	"time"

	"vncsec/vncserve/rfb"
	"vncsec/vncserve/rfb/encoding"
	"vncsec/vncserve/security"
)

// Client is a connection to a server that is past ServerInit. It is for one
// goroutine. After an error, other than a passed timeout of an incremental Update, it can
// only be closed.
type Client struct {
	// Agreed is how the log-in went.
	Agreed security.Agreed
	// Name is the desktop's.
	Name string
	// Format is the pixel format that the server announced.
	Format rfb.PixelFormat
	// Traffic counts what came in framebuffer updates.
	Traffic Traffic
	// Clipboard is the text that the server sent last.
	Clipboard string
	// Bells counts how often the server rang.
	Bells int
	// Resize is the server's last word about the size of the desktop, nil before the
	// first.
	Resize *ResizeAnswer

	socket   net.Conn // under conn
	conn     *rfb.Conn
	in       countingReader
	timeout  time.Duration
	end      time.Time // of everything, zero for none
	decoder  *encoding.Decoder
	awaiting bool // an answer to an update request
}

// ResizeAnswer is an ExtendedDesktopSize rectangle.
type ResizeAnswer struct {
	Reason        rfb.ResizeReason
	Status        rfb.ResizeStatus
	Width, Height int
}

// SetTimeout exchanges the bound of each exchange with the server.
func (c *Client) SetTimeout(d time.Duration) { c.timeout = d }

// deadline is the end of an exchange that begins now.
func (c *Client) deadline() time.Time {
	return earlier(time.Now().Add(c.timeout), c.end)
}

// earlier is the first of two times, of which the second may be zero for none.
func earlier(t, end time.Time) time.Time {
	if !end.IsZero() && end.Before(t) {
		return end
	}
	return t
}

// TLS tells the version and cipher suite of the connection, "" without TLS.
func (c *Client) TLS() string {
	state, ok := c.conn.TLS()
	if !ok {
		return ""
	}
	return tls.VersionName(state.Version) + " " + tls.CipherSuiteName(state.CipherSuite)
}

// Picture is what the server's display looked like after the last update. It changes with
// the next one. Pixels that were never sent, or not since the display got another size or
// Full began, have something above their colours in Pix.
func (c *Client) Picture() *encoding.Picture { return c.decoder.Picture }

// Cursor is the last pointer shape, nil if none came.
func (c *Client) Cursor() *encoding.Cursor { return c.decoder.Cursor }

// Screens is the last extended layout, nil if none came.
func (c *Client) Screens() []rfb.Screen { return c.decoder.Screens }

// Size is the display's, in pixels.
func (c *Client) Size() image.Point { return c.decoder.Picture.Bounds().Size() }

// Update asks for a framebuffer update and waits for it. An incremental one may wait
// until something changes, for as long as the timeout.
func (c *Client) Update(incremental bool) error {
	if !incremental || !c.awaiting {
		if err := c.Request(incremental); err != nil {
			return err
		}
	}
	return c.WaitUpdate()
}

// Full asks for the whole picture and waits until all of it has come: some servers send it
// in several updates, and QEMU what is new of the desktop's size before it. The timeout
// bounds it.
func (c *Client) Full() error {
	c.markUnsent()
	return c.bounded(func() error {
		if err := c.Update(false); err != nil {
			return err
		}
		return c.followWhole()
	})
}

// followWhole takes updates until no pixel is missing.
func (c *Client) followWhole() error {
	for n := c.missing(); n > 0; n = c.missing() {
		if err := c.Update(true); err != nil {
			return missingError(n, err)
		}
	}
	return nil
}

// Request asks for an update of the whole display, and does not wait.
func (c *Client) Request(incremental bool) error {
	size := c.Size()
	c.awaiting = true
	return c.Send(rfb.FramebufferUpdateRequest{Incremental: incremental, Width: uint16(size.X), Height: uint16(size.Y)})
}

// WaitUpdate takes messages up to the next framebuffer update, for as long as the timeout:
// other messages do not prolong it.
func (c *Client) WaitUpdate() error {
	return c.bounded(func() error {
		for {
			m, err := c.Receive()
			if err != nil {
				return fmt.Errorf("waiting for a framebuffer update: %w", err)
			}
			if _, ok := m.(rfb.FramebufferUpdate); ok {
				return nil
			}
		}
	})
}

// Follow takes incremental updates until something is so, for as long as the timeout.
func (c *Client) Follow(until func() bool) error {
	return c.bounded(func() error {
		for !until() {
			if err := c.Update(true); err != nil {
				return err
			}
		}
		return nil
	})
}

// bounded gives all exchanges in f together the time of one.
func (c *Client) bounded(f func() error) error {
	end := c.end
	defer func() { c.end = end }()
	c.end = c.deadline()
	return f()
}

// Receive takes one message of the server, does what it says and gives it. Of a
// framebuffer update all rectangles are read.
func (c *Client) Receive() (rfb.ServerMessage, error) {
	c.in.end = c.deadline()
	if err := c.conn.SetReadDeadline(c.in.end); err != nil {
		return nil, err
	}
	before := c.in.read
	message, err := rfb.ReadServerMessage(&c.in)
	if err != nil {
		return nil, err
	}
	switch m := message.(type) {
	case rfb.FramebufferUpdate:
		err = c.readUpdate(m)
		c.Traffic.Updates++
		c.Traffic.Bytes += c.in.read - before
		c.awaiting = false
	case rfb.SetColourMapEntries:
		c.decoder.SetColours(m)
	case rfb.Bell:
		c.Bells++
	case rfb.ServerCutText:
		c.Clipboard = fromLatin1(m.Text)
	case rfb.ServerClipboard:
		err = c.takeClipboard(m.Clipboard)
	case rfb.Fence:
		err = c.answerFence(m)
	}
	return message, err
}

// readUpdate reads rectangles one by one, to count the bytes of each.
func (c *Client) readUpdate(m rfb.FramebufferUpdate) error {
	for n := 0; m.Rectangles == rfb.ManyRectangles || n < int(m.Rectangles); n++ {
		if n > rfb.ManyRectangles {
			return errors.New("an update of more than 65535 rectangles")
		}
		before, size := c.in.read, c.Size()
		headers, err := c.decoder.Update(&c.in, rfb.FramebufferUpdate{Rectangles: 1})
		if err != nil {
			return err
		}
		if len(headers) == 0 { // LastRect
			return nil
		}
		c.note(headers[0], c.in.read-before)
		if c.Size() != size { // what is shown from before is not for sure what the server has
			c.markUnsent()
		}
	}
	return nil
}

// note keeps what a rectangle tells besides pixels.
func (c *Client) note(h rfb.RectHeader, bytes int64) {
	c.Traffic.rectangle(h.Encoding, bytes)
	switch h.Encoding {
	case rfb.EncodingDesktopName:
		c.Name = c.decoder.Name
	case rfb.EncodingExtendedDesktopSize:
		c.Resize = &ResizeAnswer{rfb.ResizeReason(h.X), rfb.ResizeStatus(h.Y), int(h.Width), int(h.Height)}
	}
}

// answerFence sends a fence back, whose bounds are kept here by doing one thing after the
// other.
func (c *Client) answerFence(m rfb.Fence) error {
	if m.Flags&rfb.FenceRequest == 0 {
		return nil
	}
	m.Flags &= rfb.FenceFlagsKnown &^ rfb.FenceRequest
	return c.Send(m)
}

// Send sends a message as it is.
func (c *Client) Send(m rfb.ClientMessage) error { return c.write(m.AppendWire(nil)) }

func (c *Client) write(b []byte) error {
	if err := c.conn.SetWriteDeadline(c.deadline()); err != nil {
		return err
	}
	if _, err := c.conn.Write(b); err != nil {
		return fmt.Errorf("sending to the server: %w", err)
	}
	return nil
}

// Interrupt makes what another goroutine is waiting for fail. Close is still to be called.
func (c *Client) Interrupt() {
	c.in.closed.Store(true)
	_ = c.socket.Close()
}

// Close ends the connection.
func (c *Client) Close() error { return ignoreClosed(c.conn.Close()) }
