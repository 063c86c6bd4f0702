package e2e_test

import (
	"image"
	"math/rand/v2"
	"testing"

	"vncsec/vncserve/display"
	"vncsec/vncserve/probe"
	"vncsec/vncserve/rfb"
)

// TestProbeFormats changes the pixel format and the encoding in the middle of sessions,
// while the picture changes in colours that all formats have.
func TestProbeFormats(t *testing.T) {
	t.Parallel()
	scene := newScene()
	c := connectProbe(t, serveDisplay(t, scene), nil)
	random := rand.New(rand.NewPCG(3, 4))
	fullPicture(t, c)
	for name, format := range pixelFormats {
		for _, e := range probe.Decodable() {
			if err := c.SetFormat(format); err != nil {
				t.Fatal(err)
			}
			if err := c.SetEncodings(probe.Offering(e)...); err != nil {
				t.Fatal(err)
			}
			want := scene.draw(func(canvas *display.Canvas) {
				drawAreas(canvas, random)
				drawNoise(canvas, random)
				drawMoves(canvas, random)
			})
			follow(t, name+" in "+e.String(), c, want)
		}
	}
	want := scene.draw(func(canvas *display.Canvas) { canvas.Resize(320, 200); drawAreas(canvas, random) })
	follow(t, "another size", c, want)
	if c.Resize == nil || c.Resize.Status != rfb.ResizeOK || c.Size() != image.Pt(320, 200) {
		t.Errorf("the size is %v, said was %+v", c.Size(), c.Resize)
	}
	if err := c.Request(true); err != nil {
		t.Fatal(err)
	}
	if err := c.SetFormat(rfb.Canonical); err != probe.ErrAwaiting {
		t.Errorf("the format changed while an update was awaited: %v", err)
	}
}

// TestProbeInput sends what a viewer can send to our console, and gets what it gives back.
func TestProbeInput(t *testing.T) {
	t.Parallel()
	console := serve(t, "--listen", "unix:"+socketPath(t), "--title", "first", "--", "sh", "-c",
		`printf '\033[?1000h\033[?1006h'; stty raw -echo; head -c 9 >/dev/null; printf '\033]0;second\007\007'; exec cat`)
	c := connectProbe(t, console.address, nil, probe.Decodable()...)
	fullPicture(t, c)
	if c.Cursor() == nil || len(c.Screens()) != 1 {
		t.Errorf("cursor %v, screens %v", c.Cursor(), c.Screens())
	}
	if err := c.Pointer(image.Pt(5, 5), 1); err != nil { // a report of nine bytes: ESC [ < 0 ; 1 ; 1 M
		t.Fatal(err)
	}
	if err := c.Follow(func() bool { return c.Bells > 0 && c.Name != "first" }); err != nil {
		t.Fatalf("after a click: %v; the desktop is called %q, %d bells", err, c.Name, c.Bells)
	}
	before := c.Size()
	if err := c.SetDesktopSize(500, 300); err != nil {
		t.Fatal(err)
	}
	if err := c.Follow(func() bool { return c.Resize.Reason == rfb.ResizedByThisViewer }); err != nil {
		t.Fatal(err)
	}
	if c.Resize.Status != rfb.ResizeOK || c.Size() == before || c.Size().X > 500 || c.Size().Y > 300 {
		t.Errorf("the size is %v, said was %+v", c.Size(), c.Resize)
	}
}

// TestProbeClipboard passes texts both ways, in both forms of the clipboard.
func TestProbeClipboard(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		encodings []rfb.Encoding
		copied    string
	}{
		"classic":  {nil, "from the server: ?"},
		"extended": {[]rfb.Encoding{rfb.EncodingExtendedClipboard}, "from the server: Ж"},
	} {
		t.Run(name, func(t *testing.T) {
			desk := &pasteboard{texts: make(chan string, 1)}
			desk.Framebuffer = display.NewFramebuffer(64, 64, "pasteboard", func(*display.Canvas) {})
			c := connectProbe(t, serveDisplay(t, desk), nil, tt.encodings...)
			if err := c.CutText("to the server: é"); err != nil {
				t.Fatal(err)
			}
			for c.Clipboard != tt.copied {
				if _, err := c.Receive(); err != nil {
					t.Fatal(err)
				}
			}
			if text := <-desk.texts; text != "to the server: é" {
				t.Errorf("the server got %q", text)
			}
		})
	}
}

// TestProbeTraffic counts what comes of one picture, by encoding.
func TestProbeTraffic(t *testing.T) {
	t.Parallel()
	scene := newScene()
	address := serveDisplay(t, scene)
	scene.draw(func(canvas *display.Canvas) { drawNoise(canvas, rand.New(rand.NewPCG(5, 6))) })
	c := connectProbe(t, address, nil, rfb.EncodingRaw)
	fullPicture(t, c)
	size := c.Size()
	raw := c.Traffic.ByEncoding[rfb.EncodingRaw]
	if want := int64(size.X*size.Y*4 + raw.Rectangles*rfb.RectHeaderLen); raw.Rectangles == 0 || raw.Bytes != want {
		t.Errorf("%+v for %v, want %d bytes", raw, size, want)
	}
	var sum int64
	for _, count := range c.Traffic.ByEncoding {
		sum += count.Bytes
	}
	const header = 4 // of an update
	if c.Traffic.Bytes != sum+int64(c.Traffic.Updates)*header {
		t.Errorf("%d bytes in all, of which %d in rectangles of %d updates", c.Traffic.Bytes, sum, c.Traffic.Updates)
	}
}
