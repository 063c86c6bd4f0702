package display

import (
	"bufio"
	"context"
	"net"
	"runtime"
	"sync"
	"testing"
	"time"

	"vncsec/vncserve/rfb"
	"vncsec/vncserve/rfb/encoding"
)

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

// recorder is an Input that remembers.
type recorder struct {
	mu     sync.Mutex
	keys   []rfb.KeyEvent
	moves  []rfb.PointerEvent
	text   string
	closed bool
	press  func() // what a key does, nil for nothing
	resize func(width, height int) rfb.ResizeStatus
}

func (r *recorder) Key(e rfb.KeyEvent) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys = append(r.keys, e)
	if r.press != nil {
		r.press()
	}
}

func (r *recorder) Pointer(e rfb.PointerEvent) {
	r.mu.Lock()
	r.moves = append(r.moves, e)
	r.mu.Unlock()
}
func (r *recorder) CutText(text string) { r.mu.Lock(); r.text = text; r.mu.Unlock() }

// cut is the last clipboard.
func (r *recorder) cut() string { r.mu.Lock(); defer r.mu.Unlock(); return r.text }

func (r *recorder) Close() { r.mu.Lock(); r.closed = true; r.mu.Unlock() }
func (r *recorder) Resize(width, height int) rfb.ResizeStatus {
	if r.resize == nil {
		return rfb.ResizeProhibited
	}
	return r.resize(width, height)
}

// client is a viewer at the other end of a session.
type client struct {
	t       *testing.T
	conn    net.Conn
	in      *bufio.Reader
	decoder *encoding.Decoder
	format  rfb.PixelFormat
	hello   rfb.ServerInit
	input   *recorder
	peer    Peer
	known   map[rfb.Encoding]bool
	served  chan error
	cancel  context.CancelFunc
	bells   int
}

// connect starts a session on fb and initializes it. The test waits for its end.
func connect(t *testing.T, fb *Framebuffer, viewer Viewer) *client {
	t.Helper()
	c := connectAs(t, fb, viewer, true)
	if c.decoder == nil {
		t.Fatalf("the session ended before it began: %v", c.end())
	}
	return c
}

// connectAs is connect for a viewer that may want the display for itself. It has no
// decoder if the session ended at once.
func connectAs(t *testing.T, fb *Framebuffer, viewer Viewer, shared bool) *client {
	t.Helper()
	near, far := socketPair(t)
	// A little is enough for a viewer that does not read to stall.
	_ = near.(*net.TCPConn).SetReadBuffer(16 << 10)
	_ = far.(*net.TCPConn).SetWriteBuffer(16 << 10)
	ctx, cancel := context.WithCancel(t.Context())
	c := &client{
		t: t, conn: near, in: bufio.NewReader(near), input: &recorder{},
		known: map[rfb.Encoding]bool{rfb.EncodingRaw: true}, served: make(chan error, 1), cancel: cancel,
	}
	session := NewSession(fb, viewer, func(p Peer) Input { c.peer = p; return c.input })
	stream := rfb.NewConn(far)
	stream.Gather()
	go func() {
		err := session.Serve(ctx, stream)
		_ = session.Close()
		c.served <- err
	}()
	t.Cleanup(func() { cancel(); near.Close() })

	_ = near.SetDeadline(time.Now().Add(patience))
	c.write(rfb.ClientInit{Shared: shared}.AppendWire(nil))
	hello, err := rfb.ReadServerInit(c.in)
	if err != nil {
		return c
	}
	c.hello, c.format = hello, hello.Format
	if c.decoder, err = encoding.NewDecoder(hello.Format, int(hello.Width), int(hello.Height)); err != nil {
		t.Fatal(err)
	}
	return c
}

func socketPair(t *testing.T) (near, far net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if near, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if far, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	return near, far
}

func (c *client) write(b []byte) {
	c.t.Helper()
	if _, err := c.conn.Write(b); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) send(m rfb.ClientMessage) { c.t.Helper(); c.write(m.AppendWire(nil)) }

func (c *client) setEncodings(list ...rfb.Encoding) {
	c.t.Helper()
	for _, e := range list {
		c.known[e] = true
	}
	c.send(rfb.SetEncodings{Encodings: list})
}

func (c *client) setFormat(f rfb.PixelFormat) {
	c.t.Helper()
	c.send(rfb.SetPixelFormat{Format: f})
	c.format = f
	if err := c.decoder.SetFormat(f); err != nil {
		c.t.Fatal(err)
	}
}

// request asks for the whole picture.
func (c *client) request(incremental bool) {
	c.t.Helper()
	p := c.decoder.Picture
	c.send(rfb.FramebufferUpdateRequest{Incremental: incremental, Width: uint16(p.Width), Height: uint16(p.Height)})
}

// update waits for a framebuffer update and checks that it holds only what the
// client knows.
func (c *client) update() []rfb.RectHeader {
	c.t.Helper()
	for {
		m, err := rfb.ReadServerMessage(c.in)
		if err != nil {
			c.t.Fatal(err)
		}
		switch m := m.(type) {
		case rfb.SetColourMapEntries:
			c.decoder.SetColours(m)
		case rfb.Bell:
			c.bells++
		case rfb.FramebufferUpdate:
			headers, err := c.decoder.Update(c.in, m)
			if err != nil {
				c.t.Fatal(err)
			}
			for _, h := range headers {
				if !c.known[h.Encoding] {
					c.t.Fatalf("the viewer was sent %v, which it does not know", h.Encoding)
				}
			}
			return headers
		}
	}
}

// end waits for the session's end.
func (c *client) end() error {
	c.t.Helper()
	select {
	case err := <-c.served:
		return err
	case <-time.After(patience):
		c.t.Fatal("the session did not end")
		return nil
	}
}

func samePicture(a, b *encoding.Picture) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	for i := range a.Pix {
		if a.Pix[i] != b.Pix[i] {
			return false
		}
	}
	return true
}

// scene is a framebuffer that tests draw on.
type scene struct {
	fb *Framebuffer
	mu sync.Mutex
	do []func(*Canvas)
}

func newScene(width, height int) *scene {
	s := &scene{}
	s.fb = NewFramebuffer(width, height, "scene", func(c *Canvas) {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, f := range s.do {
			f(c)
		}
		s.do = nil
	})
	return s
}

func (s *scene) draw(f func(*Canvas)) {
	s.mu.Lock()
	s.do = append(s.do, f)
	s.mu.Unlock()
	s.fb.Invalidate()
}

// noGoroutineLeft returns a function that fails the test if there are more
// goroutines than now.
func noGoroutineLeft(t *testing.T) func() {
	before := runtime.NumGoroutine()
	return func() {
		t.Helper()
		for end := time.Now().Add(patience); runtime.NumGoroutine() > before; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				stacks := make([]byte, 1<<20)
				t.Fatalf("goroutines left:\n%s", stacks[:runtime.Stack(stacks, true)])
			}
		}
	}
}
