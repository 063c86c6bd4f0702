package display

import (
	"bytes"
	"context"
	"errors"
	"image"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"vncsec/vncserve/rfb"
	"vncsec/vncserve/rfb/encoding"
)

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
			drawn := sync.OnceFunc(drawing.Done)
			defer drawn() // also when the test fails
			for i := range 40 {
				s.draw(func(cv *Canvas) {
					change(cv, rand.New(rand.NewPCG(rand.Uint64(), 1)))
					cv.Damage(image.Rect(0, 0, 1, 1)) // there is always something to send
				})
				c.request(i > 0)
				c.update()
			}
			drawn()
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
	wire := encoding.AppendRaw(nil, p.Bounds(), p, image.Point{}, translator)
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
		if h.Encoding == rfb.EncodingRaw { // the answer to the request before
			h = c.update()[0]
		}
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

// TestOnlyLooking has a viewer that may only look agree on all extensions, and try
// everything that they have to act with.
func TestOnlyLooking(t *testing.T) {
	s := newScene(20, 20)
	c := connect(t, s.fb, Viewer{ViewOnly: true})
	c.input.resize = func(int, int) rfb.ResizeStatus { t.Error("the desktop was resized"); return rfb.ResizeOK }
	c.setEncodings(rfb.EncodingRaw, rfb.EncodingQEMUExtendedKey, rfb.EncodingExtendedMouseButtons, rfb.EncodingExtendedClipboard,
		rfb.EncodingExtendedDesktopSize, rfb.EncodingFence, rfb.EncodingContinuousUpdates)
	for _, m := range []rfb.ClientMessage{
		rfb.KeyEvent{Down: true, Key: 'x'}, rfb.KeyEvent{Down: true, Key: rfb.KeyCapsLock},
		rfb.ExtendedKeyEvent{Down: true, Key: 'x', Code: 0x2d}, rfb.ExtendedKeyEvent{Down: true, Code: 0x2d},
		rfb.PointerEvent{Buttons: 1, X: 3}, rfb.PointerEvent{Buttons: 1 << 8, X: 3},
		rfb.ClientCutText{Text: []byte("cut")},
		rfb.ClientClipboard{Clipboard: rfb.Clipboard{Actions: rfb.ClipboardNotify, HasText: true}},
		rfb.ClientClipboard{Clipboard: rfb.Clipboard{Actions: rfb.ClipboardProvide, HasText: true, Text: "cut"}},
		rfb.SetDesktopSize{Width: 10, Height: 10, Screens: []rfb.Screen{{Width: 10, Height: 10}}},
	} {
		c.send(m)
	}
	// The answer to a fence comes when all that was sent before it is done.
	const last = "the last"
	c.send(rfb.Fence{Flags: rfb.FenceRequest | rfb.FenceBlockBefore, Payload: []byte(last)})
	for answer := []byte(nil); !bytes.HasSuffix(answer, []byte(last)); {
		next, err := c.in.ReadByte()
		if err != nil {
			t.Fatal(err)
		}
		answer = append(answer, next)
	}
	c.conn.Close()
	_ = c.end()
	if in := c.input; len(in.keys) > 0 || len(in.moves) > 0 || in.text != "" {
		t.Errorf("keys %v, pointer %v, text %q", in.keys, in.moves, in.text)
	}
	if c.peer != nil && c.peer.FetchClipboard() {
		t.Error("the viewer's clipboard is asked for")
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
		{"a fault of ours", func(c *client) {
			c.input.resize = func(int, int) rfb.ResizeStatus { panic("nobody foresaw this") }
			c.send(rfb.SetDesktopSize{Width: 80, Height: 60})
		}, "nobody foresaw this"},
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

// TestSilentViewerEnds cancels a session whose viewer has not said ClientInit.
func TestSilentViewerEnds(t *testing.T) {
	defer noGoroutineLeft(t)()
	near, far := socketPair(t)
	defer near.Close()
	ctx, cancel := context.WithCancel(t.Context())
	session := NewSession(newScene(20, 20).fb, Viewer{}, func(Peer) Input { return &recorder{} })
	served := make(chan error, 1)
	go func() { served <- session.Serve(ctx, rfb.NewConn(far)) }()
	cancel()
	select {
	case err := <-served:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	case <-time.After(patience):
		t.Error("the session waits for ClientInit")
	}
	_ = session.Close()
}

// TestResizeAmidUpdate changes the size while an update is on its way: after the new size
// the viewer gets all of the picture, as it may have lost what it had.
func TestResizeAmidUpdate(t *testing.T) {
	s := newScene(1500, 1000)
	s.flood(0x123456)
	c := connect(t, s.fb, Viewer{})
	c.setEncodings(rfb.EncodingRaw, rfb.EncodingDesktopSize)
	c.request(false)
	if _, err := c.in.Peek(1); err != nil { // the buffers hold a part of the update
		t.Fatal(err)
	}
	s.draw(func(cv *Canvas) {
		cv.Resize(1400, 1100)
		cv.Picture().Fill(cv.Picture().Bounds(), 0x654321)
		cv.Damage(cv.Picture().Bounds())
	})
	s.fb.Snapshot()
	c.update()
	c.request(true)
	if headers := c.update(); hasPixels(headers) {
		t.Errorf("%v, want the size alone", headers)
	}
	missing := region{rects: []image.Rectangle{c.decoder.Picture.Bounds()}}
	c.request(true)
	for _, h := range c.update() {
		missing.subtract(image.Rect(0, 0, int(h.Width), int(h.Height)).Add(image.Pt(int(h.X), int(h.Y))))
	}
	if len(missing.rects) > 0 {
		t.Errorf("the viewer was not sent %v", missing.rects)
	}
	if !samePicture(c.decoder.Picture, s.fb.Snapshot()) {
		t.Error("the viewer has another picture")
	}
}

// TestShrunkenDesktop makes a large desktop small under a viewer that cannot be told:
// it gets black for the rest, by rectangles of a bounded size and with little memory.
func TestShrunkenDesktop(t *testing.T) {
	for _, e := range []rfb.Encoding{rfb.EncodingRaw, rfb.EncodingZRLE} {
		s := newScene(4500, 1500)
		s.draw(func(c *Canvas) {
			c.Picture().Fill(c.Picture().Bounds(), 0x123456)
			c.Damage(c.Picture().Bounds())
		})
		c := connect(t, s.fb, Viewer{})
		c.setEncodings(e)
		c.request(false)
		c.update()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		s.draw(func(c *Canvas) {
			c.Resize(1, 1)
			c.Picture().Fill(c.Picture().Bounds(), 0x654321)
			c.Damage(c.Picture().Bounds())
		})
		c.request(true)
		for _, h := range c.update() {
			if n := int(h.Width) * int(h.Height); n > packedBand {
				t.Errorf("%v: a rectangle of %d x %d", e, h.Width, h.Height)
			}
		}
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 200<<20 {
			t.Errorf("%v: %d MiB were allocated", e, n>>20)
		}
		want := encoding.NewPicture(4500, 1500)
		want.Pix[0] = 0x654321
		if !samePicture(c.decoder.Picture, want) {
			t.Errorf("%v: the viewer has another picture", e)
		}
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
