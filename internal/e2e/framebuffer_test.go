package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"

	"vncsec/internal/peertest"
	"vncsec/internal/samplescreen"
	"vncsec/vncserve"
	"vncsec/vncserve/display"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/rfb/encoding"
	"vncsec/vncserve/security"
)

// TestFramebufferEncodings draws what is hard to encode, step by step, and has
// the decoders of three viewers follow, each with several encodings and pixel
// formats: after every step all of them hold the server's picture.
func TestFramebufferEncodings(t *testing.T) {
	t.Parallel()
	scene := newScene()
	address := serveDisplay(t, scene)

	viewers := map[string]func() *image.RGBA{}
	for _, encoding := range []string{"raw", "copyrect raw", "rre", "hextile", "zlib", "tight", "zrle", "copyrect zrle"} {
		viewers["libvncclient "+encoding] = peertest.StartLibVNCClient(t,
			peertest.LibVNCClientOptions{Address: address, Encoding: encoding}).Picture
	}
	for _, encoding := range []string{"Raw", "Hextile", "Tight", "ZRLE"} {
		viewers["TigerVNC "+encoding] = peertest.StartTigerVNC(t,
			peertest.TigerVNCOptions{Address: address, Encoding: encoding}).Picture
	}
	for _, colours := range []int{8, 64, 256} {
		viewers[fmt.Sprintf("TigerVNC with %d colours", colours)] = peertest.StartTigerVNC(t,
			peertest.TigerVNCOptions{Address: address, Colours: colours}).Picture
	}
	for _, colours := range []int{0, 8, 256, 65536} {
		viewers[fmt.Sprintf("gtk-vnc with %d colours", colours)] = saturated(peertest.StartGTKVNC(t,
			peertest.GTKVNCOptions{Address: address, Colours: colours}).Picture)
	}

	random := rand.New(rand.NewPCG(1, 2))
	for _, step := range []struct {
		name string
		draw func(*display.Canvas)
	}{
		{"nothing", func(*display.Canvas) {}},
		{"areas", func(c *display.Canvas) { drawAreas(c, random) }},
		{"noise", func(c *display.Canvas) { drawNoise(c, random) }},
		{"moves", func(c *display.Canvas) { drawMoves(c, random) }},
		{"areas and moves", func(c *display.Canvas) { drawAreas(c, random); drawMoves(c, random) }},
		{"larger", func(c *display.Canvas) { c.Resize(723, 401); drawAreas(c, random); drawNoise(c, random) }},
		{"smaller", func(c *display.Canvas) { c.Resize(65, 63); drawAreas(c, random); drawMoves(c, random) }},
	} {
		want := scene.draw(step.draw)
		for name, look := range viewers {
			peertest.WaitSame(t, name+" after "+step.name, want, look)
		}
	}
}

// TestScreensInTight shows screens of all kinds of content to viewers that ask for Tight:
// text in few colours, text with soft edges, and photographs. noVNC, which always wants
// JPEG, gets photographs that are nearly right.
func TestScreensInTight(t *testing.T) {
	t.Parallel()
	scene := newScene()
	address := serveDisplay(t, scene)
	viewers := map[string]func() *image.RGBA{
		"libvncclient": peertest.StartLibVNCClient(t, peertest.LibVNCClientOptions{Address: address, Encoding: "tight"}).Picture,
		"TigerVNC":     peertest.StartTigerVNC(t, peertest.TigerVNCOptions{Address: address, Encoding: "Tight"}).Picture,
		"gtk-vnc":      peertest.StartGTKVNC(t, peertest.GTKVNCOptions{Address: address}).Picture,
	}
	browsers := map[string]func() *image.RGBA{}
	for _, e := range []rfb.Encoding{rfb.EncodingTight, rfb.EncodingTightPNG} {
		browsers["noVNC in "+e.String()] = peertest.StartNoVNC(t,
			peertest.NoVNCOptions{Address: address, Encodings: []int32{int32(e)}}).Picture
	}
	for frame := range uint64(3) {
		desktop, err := samplescreen.Desktop(1000, 700, frame)
		if err != nil {
			t.Fatal(err)
		}
		for name, s := range map[string]*samplescreen.Screen{
			"desktop": desktop,
			"photo":   samplescreen.Photo(450, 333, frame),
			"page":    samplescreen.VGA(frame),
		} {
			want := scene.draw(func(c *display.Canvas) {
				c.Resize(s.Width, s.Height)
				copy(c.Picture().Pix, s.Pix)
				c.Damage(c.Picture().Bounds())
			})
			for viewer, look := range viewers {
				peertest.WaitSame(t, fmt.Sprintf("%s at %s %d", viewer, name, frame), want, look)
			}
			for browser, look := range browsers {
				what := fmt.Sprintf("%s at %s %d", browser, name, frame)
				if name == "page" {
					peertest.WaitSame(t, what, want, look)
				} else {
					peertest.Eventually(t, what, func() bool { return nearlySame(want, look()) })
				}
			}
		}
	}
}

// nearlySame tells whether pictures differ by no more than JPEG makes them.
func nearlySame(a, b *image.RGBA) bool {
	const most = 5 // on the average, of 255
	if b == nil || a.Rect != b.Rect {
		return false
	}
	sum := 0
	for i, v := range a.Pix {
		d := int(v) - int(b.Pix[i])
		sum += max(d, -d)
	}
	return sum <= most*len(a.Pix)
}

// TestViewersJoinAtAnyTime draws hundreds of changes while viewers come one after the
// other, several with each encoding: what they are sent was encoded for those before
// them as well, and must not depend on what only those have seen.
func TestViewersJoinAtAnyTime(t *testing.T) {
	t.Parallel()
	scene := newScene()
	address := serveDisplay(t, scene)
	random := rand.New(rand.NewPCG(5, 6))
	viewers := map[string]func() *image.RGBA{}
	for round := range 4 {
		for _, encoding := range []string{"raw", "rre", "hextile", "zlib", "tight", "copyrect zrle"} {
			viewers[fmt.Sprintf("libvncclient %s of round %d", encoding, round)] = peertest.StartLibVNCClient(t,
				peertest.LibVNCClientOptions{Address: address, Encoding: encoding}).Picture
		}
		var want *image.RGBA
		for range 60 {
			want = scene.draw(func(c *display.Canvas) {
				switch random.IntN(3) {
				case 0:
					drawAreas(c, random)
				case 1:
					drawNoise(c, random)
				default:
					drawMoves(c, random)
				}
			})
			time.Sleep(2 * time.Millisecond) // for some updates to be on their way
		}
		for name, look := range viewers {
			peertest.WaitSame(t, name, want, look)
		}
	}
}

// scene is a framebuffer that a test draws on.
type scene struct {
	*display.Framebuffer
	mu      sync.Mutex
	pending func(*display.Canvas)
}

func newScene() *scene {
	s := &scene{pending: func(*display.Canvas) {}}
	s.Framebuffer = display.NewFramebuffer(640, 480, "scene", s.paint)
	return s
}

func (s *scene) paint(c *display.Canvas) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending(c)
	s.pending = func(*display.Canvas) {}
}

// draw lets f draw, and returns the picture that came of it.
func (s *scene) draw(f func(*display.Canvas)) *image.RGBA {
	s.paintNow(f)
	return rgba(s.Snapshot())
}

// paintNow lets f draw.
func (s *scene) paintNow(f func(*display.Canvas)) {
	s.mu.Lock()
	s.pending = f
	s.mu.Unlock()
	s.Invalidate()
	s.Snapshot()
}

// Open implements display.Source.
func (s *scene) Open(_ context.Context, v display.Viewer) (display.Session, error) {
	return display.NewSession(s.Framebuffer, v, func(display.Peer) display.Input { return deaf{} }), nil
}

// deaf takes no input.
type deaf struct{}

func (deaf) Key(rfb.KeyEvent)                 {}
func (deaf) Pointer(rfb.PointerEvent)         {}
func (deaf) CutText(string)                   {}
func (deaf) Resize(int, int) rfb.ResizeStatus { return rfb.ResizeProhibited }
func (deaf) Close()                           {}

// serveDisplay shows a display on a UNIX socket, without authentication.
func serveDisplay(t *testing.T, source display.Source) (address string) {
	t.Helper()
	server, err := vncserve.New(vncserve.Config{Security: security.None{}, Display: source})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("unix", socketPath(t))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), peertest.Patience)
		defer cancel()
		if err := server.Shutdown(ctx); err != nil {
			t.Errorf("shut down: %v", err)
		}
		if err := <-ended; !errors.Is(err, vncserve.ErrServerClosed) {
			t.Errorf("serve: %v", err)
		}
	})
	return "unix:" + listener.Addr().String()
}

// palette holds the colours that every pixel format has.
var palette = []uint32{0x000000, 0xff0000, 0x00ff00, 0x0000ff, 0xffff00, 0xff00ff, 0x00ffff, 0xffffff}

// drawAreas fills rectangles of all sizes with one colour each.
func drawAreas(c *display.Canvas, r *rand.Rand) {
	p := c.Picture()
	for range 60 {
		area := randomRect(p, r)
		p.Fill(area, palette[r.IntN(len(palette))])
		c.Damage(area)
	}
}

// drawNoise fills a rectangle with pixels of two colours and one with all.
func drawNoise(c *display.Canvas, r *rand.Rand) {
	p := c.Picture()
	for _, colours := range []int{2, len(palette)} {
		area := randomRect(p, r)
		for y := area.Min.Y; y < area.Max.Y; y++ {
			row := p.Row(y, area.Min.X, area.Max.X)
			for x := range row {
				row[x] = palette[r.IntN(colours)]
			}
		}
		c.Damage(area)
	}
}

// drawMoves moves parts of the picture, also onto each other.
func drawMoves(c *display.Canvas, r *rand.Rand) {
	p := c.Picture()
	for range 10 {
		src := randomRect(p, r)
		c.Move(image.Pt(r.IntN(p.Width-src.Dx()+1), r.IntN(p.Height-src.Dy()+1)), src)
	}
}

func randomRect(p *encoding.Picture, r *rand.Rand) image.Rectangle {
	x, y := r.IntN(p.Width), r.IntN(p.Height)
	return image.Rect(x, y, x+1+r.IntN(p.Width-x), y+1+r.IntN(p.Height-y))
}

// saturated shows the palette's colours as what they are when a viewer shows
// them darker: gtk-vnc fills the bits that its pixel format does not have with 0.
func saturated(look func() *image.RGBA) func() *image.RGBA {
	return func() *image.RGBA {
		img := look()
		if img == nil {
			return nil
		}
		for i, value := range img.Pix {
			if value > 0 {
				img.Pix[i] = 0xff
			}
		}
		return img
	}
}

// rgba turns a picture of the server into one of the helpers'.
func rgba(p *encoding.Picture) *image.RGBA {
	img := image.NewRGBA(p.Bounds())
	for i, v := range p.Pix {
		pixel := img.Pix[4*i : 4*i+4]
		pixel[0], pixel[1], pixel[2], pixel[3] = uint8(v>>16), uint8(v>>8), uint8(v), 0xff
	}
	return img
}
