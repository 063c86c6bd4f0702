package display

import (
	"bufio"
	"bytes"
	"context"
	"image"
	"math/rand/v2"
	"net"
	"runtime"
	"strings"
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
	resize func(width, height int) rfb.ResizeStatus
}

func (r *recorder) Key(e rfb.KeyEvent) { r.mu.Lock(); r.keys = append(r.keys, e); r.mu.Unlock() }
func (r *recorder) Pointer(e rfb.PointerEvent) {
	r.mu.Lock()
	r.moves = append(r.moves, e)
	r.mu.Unlock()
}
func (r *recorder) CutText(b []byte) { r.mu.Lock(); r.text = string(b); r.mu.Unlock() }
func (r *recorder) Close()           { r.mu.Lock(); r.closed = true; r.mu.Unlock() }
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
	known   map[rfb.Encoding]bool
	served  chan error
	cancel  context.CancelFunc
	bells   int
}

// connect starts a session on fb and initializes it. The test waits for its end.
func connect(t *testing.T, fb *Framebuffer, viewer Viewer) *client {
	t.Helper()
	near, far := socketPair(t)
	ctx, cancel := context.WithCancel(t.Context())
	c := &client{
		t: t, conn: near, in: bufio.NewReader(near), input: &recorder{},
		known: map[rfb.Encoding]bool{rfb.EncodingRaw: true}, served: make(chan error, 1), cancel: cancel,
	}
	session := NewSession(fb, viewer, c.input)
	stream := rfb.NewConn(far)
	stream.Gather()
	go func() {
		err := session.Serve(ctx, stream)
		_ = session.Close()
		c.served <- err
	}()
	t.Cleanup(func() { cancel(); near.Close() })

	_ = near.SetDeadline(time.Now().Add(patience))
	c.write(rfb.ClientInit{Shared: true}.AppendWire(nil))
	hello, err := rfb.ReadServerInit(c.in)
	if err != nil {
		t.Fatal(err)
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

// TestViewersFollow draws at random while viewers of different habits take updates;
// in the end all of them must show the framebuffer.
func TestViewersFollow(t *testing.T) {
	defer noGoroutineLeft(t)()
	rgb565 := rfb.PixelFormat{BitsPerPixel: 16, Depth: 16, TrueColour: true,
		RedMax: 31, GreenMax: 63, BlueMax: 31, RedShift: 11, GreenShift: 5}
	s := newScene(300, 200)
	kinds := map[string]func(*client){
		"raw":               func(c *client) {},
		"zrle":              func(c *client) { c.setEncodings(rfb.EncodingZRLE) },
		"copyrect":          func(c *client) { c.setEncodings(rfb.EncodingCopyRect, rfb.EncodingZRLE, rfb.EncodingRaw) },
		"raw and copyrect":  func(c *client) { c.setEncodings(rfb.EncodingRaw, rfb.EncodingZRLE, rfb.EncodingCopyRect) },
		"colours of 16 bit": func(c *client) { c.setFormat(rgb565); c.setEncodings(rfb.EncodingZRLE) },
		"colour map": func(c *client) {
			c.setFormat(rfb.PixelFormat{BitsPerPixel: 8, Depth: 8})
			c.setEncodings(rfb.EncodingZRLE, rfb.EncodingCopyRect)
		},
	}
	var drawing, following sync.WaitGroup
	quiet := make(chan struct{})
	for name, prepare := range kinds {
		c := connect(t, s.fb, Viewer{})
		prepare(c)
		drawing.Add(1)
		following.Go(func() {
			for i := range 40 {
				s.draw(func(cv *Canvas) { change(cv, rand.New(rand.NewPCG(rand.Uint64(), 1))) })
				c.request(i > 0)
				c.update()
			}
			drawing.Done()
			<-quiet
			c.request(true)
			c.update()
			if !samePicture(c.decoder.Picture, inFormatOf(t, c, s.fb.Snapshot())) {
				t.Errorf("%s: the picture differs", name)
			}
			c.conn.Close()
			_ = c.end()
		})
	}
	drawing.Wait()
	s.draw(func(cv *Canvas) { cv.Damage(image.Rect(0, 0, 1, 1)) })
	close(quiet)
	following.Wait()
}

// inFormatOf gives p as a viewer with c's pixel format sees it.
func inFormatOf(t *testing.T, c *client, p *encoding.Picture) *encoding.Picture {
	translator, err := encoding.NewTranslator(c.format)
	if err != nil {
		t.Fatal(err)
	}
	d, err := encoding.NewDecoder(c.format, p.Width, p.Height)
	if err != nil {
		t.Fatal(err)
	}
	d.SetColours(rfb.ColourMap332())
	wire := encoding.AppendRaw(nil, p, p.Bounds(), translator)
	if _, err := d.Update(bytes.NewReader(wire), rfb.FramebufferUpdate{Rectangles: 1}); err != nil {
		t.Fatal(err)
	}
	return d.Picture
}

// TestIncrementalUpdates compares the picture after each of many changes, so that an
// error in the copies cannot hide behind a refresh.
func TestIncrementalUpdates(t *testing.T) {
	s := newScene(200, 150)
	c := connect(t, s.fb, Viewer{})
	c.setEncodings(rfb.EncodingCopyRect, rfb.EncodingZRLE)
	r := rand.New(rand.NewPCG(9, 10))
	c.request(false)
	c.update()
	copies := 0
	for step := range 300 {
		for range 1 + r.IntN(4) {
			seed := r.Uint64()
			s.draw(func(cv *Canvas) { change(cv, rand.New(rand.NewPCG(seed, 1))) })
		}
		s.draw(func(cv *Canvas) { cv.Damage(image.Rect(0, 0, 1, 1)) }) // there is always something
		c.request(true)
		for _, h := range c.update() {
			if h.Encoding == rfb.EncodingCopyRect {
				copies++
			}
		}
		if want := s.fb.Snapshot(); !samePicture(c.decoder.Picture, want) {
			t.Fatalf("step %d: the pictures differ", step)
		}
	}
	if copies == 0 {
		t.Error("no CopyRect was ever sent")
	}
}

func TestResize(t *testing.T) {
	for _, tt := range []struct {
		name  string
		knows []rfb.Encoding
		want  image.Point // the viewer's size after the desktop became 80x120
	}{
		{"extended", []rfb.Encoding{rfb.EncodingExtendedDesktopSize, rfb.EncodingDesktopSize}, image.Pt(80, 120)},
		{"plain", []rfb.Encoding{rfb.EncodingDesktopSize}, image.Pt(80, 120)},
		{"neither", nil, image.Pt(100, 100)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newScene(100, 100)
			s.draw(func(c *Canvas) { c.Picture().Fill(c.Picture().Bounds(), 0xffffff); c.Damage(c.Picture().Bounds()) })
			c := connect(t, s.fb, Viewer{})
			c.setEncodings(append([]rfb.Encoding{rfb.EncodingZRLE}, tt.knows...)...)
			c.request(false)
			c.update()
			c.request(true)
			s.draw(func(c *Canvas) {
				c.Resize(80, 120)
				c.Picture().Fill(c.Picture().Bounds(), 0x00ff00)
			})
			for headers := c.update(); len(tt.knows) > 0 && !hasPixels(headers); headers = c.update() {
				c.request(true)
			}
			p := c.decoder.Picture
			if p.Bounds().Max != tt.want {
				t.Fatalf("the viewer's size is %v, want %v", p.Bounds().Max, tt.want)
			}
			for y := range p.Height {
				for x, v := range p.Row(y, 0, p.Width) {
					want := uint32(0x00ff00)
					if x >= 80 || y >= 120 {
						want = 0
					}
					if v != want {
						t.Fatalf("pixel %d,%d is %06x, want %06x", x, y, v, want)
					}
				}
			}
		})
	}
}

func hasPixels(headers []rfb.RectHeader) bool {
	for _, h := range headers {
		if h.Encoding >= 0 {
			return true
		}
	}
	return false
}

// TestSetDesktopSize lets the viewer resize, and be refused.
func TestSetDesktopSize(t *testing.T) {
	s := newScene(50, 50)
	c := connect(t, s.fb, Viewer{})
	c.input.resize = func(width, height int) rfb.ResizeStatus {
		if width > 100 {
			return rfb.ResizeInvalidLayout
		}
		s.draw(func(c *Canvas) { c.Resize(width, height) })
		return rfb.ResizeOK
	}
	c.setEncodings(rfb.EncodingExtendedDesktopSize)
	c.request(false)
	if h := c.update()[0]; h.Encoding != rfb.EncodingExtendedDesktopSize || h.X != 0 || h.Y != 0 || h.Width != 50 {
		t.Fatalf("first rectangle %+v, want the extended desktop size", h)
	}
	for _, tt := range []struct {
		width  uint16
		status rfb.ResizeStatus
	}{{70, rfb.ResizeOK}, {200, rfb.ResizeInvalidLayout}, {70, rfb.ResizeOK}} {
		c.send(rfb.SetDesktopSize{Width: tt.width, Height: 60})
		c.request(true)
		h := c.update()[0]
		if h.Encoding != rfb.EncodingExtendedDesktopSize || rfb.ResizeReason(h.X) != rfb.ResizedByThisViewer || rfb.ResizeStatus(h.Y) != tt.status {
			t.Fatalf("width %d: %+v, want an answer with status %d", tt.width, h, tt.status)
		}
		if c.decoder.Picture.Width != 70 {
			t.Fatalf("width %d: the viewer's width is %d", tt.width, c.decoder.Picture.Width)
		}
		c.request(true)
		if tt.status == rfb.ResizeOK && tt.width != h.Width {
			t.Fatalf("width %d became %d", tt.width, h.Width)
		}
	}
}

func TestPointerNameAndBell(t *testing.T) {
	s := newScene(20, 20)
	cursor := &encoding.Cursor{Picture: encoding.NewPicture(3, 3), Opaque: make([]bool, 9)}
	s.fb.SetCursor(cursor)
	c := connect(t, s.fb, Viewer{})
	if c.hello.Name != "scene" {
		t.Errorf("name %q", c.hello.Name)
	}
	c.setEncodings(rfb.EncodingCursor, rfb.EncodingDesktopName)
	c.request(false)
	c.update()
	if c.decoder.Cursor == nil || c.decoder.Cursor.Width != 3 {
		t.Errorf("cursor %+v", c.decoder.Cursor)
	}
	c.request(true)
	s.fb.Bell()
	s.fb.SetName("other")
	for c.decoder.Name != "other" {
		c.update()
	}
	if c.bells != 1 {
		t.Errorf("%d bells", c.bells)
	}
}

func TestInput(t *testing.T) {
	for _, viewOnly := range []bool{false, true} {
		s := newScene(20, 20)
		c := connect(t, s.fb, Viewer{ViewOnly: viewOnly})
		c.send(rfb.KeyEvent{Down: true, Key: 'x'})
		c.send(rfb.PointerEvent{X: 3})
		c.send(rfb.ClientCutText{Text: []byte("cut")})
		c.conn.Close()
		if err := c.end(); err != nil {
			t.Error(err)
		}
		if got := len(c.input.keys) == 1 && len(c.input.moves) == 1 && c.input.text == "cut"; got == viewOnly {
			t.Errorf("view-only %t: input %+v", viewOnly, c.input)
		}
		if !c.input.closed {
			t.Error("the input was not closed")
		}
	}
}

// TestEnds lists all that ends a session, and what it says then.
func TestEnds(t *testing.T) {
	defer noGoroutineLeft(t)()
	s := newScene(20, 20)
	for _, tt := range []struct {
		name string
		do   func(*client)
		want string // part of the error; "" for none
	}{
		{"the viewer leaves", func(c *client) { c.conn.Close() }, ""},
		{"unknown message", func(c *client) { c.write([]byte{255, 0}) }, "unknown type 255"},
		{"half a message", func(c *client) { c.write([]byte{4, 1}); c.conn.Close() }, "unexpected EOF"},
		{"pixels of 24 bits", func(c *client) {
			c.send(rfb.SetPixelFormat{Format: rfb.PixelFormat{BitsPerPixel: 24}})
		}, "24 bits per pixel"},
		{"long clipboard", func(c *client) { c.write([]byte{6, 0, 0, 0, 0, 0x10, 0, 1}) }, "more than 1048576"},
		{"cancelled", func(c *client) { c.cancel() }, "canceled"},
		{"cancelled under a waiting request", func(c *client) { c.request(false); c.update(); c.request(true); c.cancel() }, "canceled"},
	} {
		c := connect(t, s.fb, Viewer{})
		tt.do(c)
		err := c.end()
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
		c.conn.Close()
	}
	c := connect(t, s.fb, Viewer{})
	s.fb.Close()
	if err := c.end(); err != nil {
		t.Errorf("after the framebuffer was closed: %v", err)
	}
}

// TestStalledViewer leaves one viewer with full buffers: another one is served, and
// the stalled one ends with the context.
func TestStalledViewer(t *testing.T) {
	defer noGoroutineLeft(t)()
	s := newScene(2000, 2000)
	stalled := connect(t, s.fb, Viewer{})
	stalled.write(bytes.Repeat(rfb.FramebufferUpdateRequest{Width: 2000, Height: 2000}.AppendWire(nil), 50))
	c := connect(t, s.fb, Viewer{})
	c.setEncodings(rfb.EncodingZRLE)
	for i := range 20 {
		s.draw(func(cv *Canvas) {
			cv.Picture().Fill(cv.Picture().Bounds(), uint32(i))
			cv.Damage(cv.Picture().Bounds())
		})
		c.request(i > 0)
		c.update()
	}
	stalled.cancel()
	if err := stalled.end(); err == nil {
		t.Error("the stalled viewer ended without an error")
	}
	c.conn.Close()
	_ = c.end()
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
