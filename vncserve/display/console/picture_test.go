package console

import (
	"bufio"
	"flag"
	"image"
	"image/color"
	"image/png"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vncsec/vncserve/display"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/rfb/encoding"
)

var update = flag.Bool("update", false, "write the golden pictures anew")

// sample shows what the painter can do.
const sample = "\x1b[1mbold\x1b[0m \x1b[3mitalic\x1b[0m \x1b[1;3mboth\x1b[0m \x1b[4munder\x1b[0m \x1b[4:3mcurly\x1b[0m \x1b[21mdouble\x1b[0m\r\n" +
	"\x1b[9mstrike\x1b[0m \x1b[7mreverse\x1b[0m \x1b[2mdim\x1b[0m \x1b[8mhidden\x1b[0m \x1b[53mover\x1b[0m e\u0301 äß€ Жλ\r\n" +
	"\x1b[31mred \x1b[92mgreen \x1b[38;5;208morange \x1b[38;2;120;160;255mblue\x1b[0m \x1b[41m on red \x1b[48;2;0;60;0m on green \x1b[0m\r\n" +
	"┌─┬─┐ ╔═╦═╗ ┏━┳━┓ ╭─╮ ░▒▓█ ▁▃▅▇ ⣿⡇ 世界\r\n" +
	"│ │ │ ║ ║ ║ ┃ ┃ ┃ │ │ ▛▜▙▟ ▏▎▍▌ ✓●→≤\r\n" +
	"└─┴─┘ ╚═╩═╝ ┗━┻━┛ ╰─╯ \x1b(0lqqk\x1b(B\x1b[4 q"

// TestPicture compares the sample with a picture that was looked at. Processors may
// round the letters' edges differently, so a little difference is allowed.
func TestPicture(t *testing.T) {
	c := newConsole(t, Config{Command: []string{"sleep", "1000"}, Columns: 44, Rows: 6})
	c.output([]byte(sample))
	got := c.fb.Snapshot()
	file := filepath.Join("testdata", "sample.png")
	if *update {
		f, err := os.Create(file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := png.Encode(f, got); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if got.Bounds() != want.Bounds() {
		t.Fatalf("size %v, want %v", got.Bounds(), want.Bounds())
	}
	for y := range got.Height {
		for x := range got.Width {
			if !near(got.At(x, y), want.At(x, y)) {
				t.Fatalf("pixel %d,%d is %v, want %v", x, y, got.At(x, y), want.At(x, y))
			}
		}
	}
}

func near(a, b color.Color) bool {
	const tolerance = 40 << 8
	ar, ag, ab, _ := a.RGBA()
	br, bg, bb, _ := b.RGBA()
	far := func(x, y uint32) bool { return x > y+tolerance || y > x+tolerance }
	return !far(ar, br) && !far(ag, bg) && !far(ab, bb)
}

// TestPaintingAsItComes paints after every few bytes and compares that with painting
// all at once: what is drawn must not depend on when.
func TestPaintingAsItComes(t *testing.T) {
	script := strings.Repeat(sample+"\r\n\x1b[3;5r\x1b[5;1H\n\nmore\x1bM\x1b[r\x1b[2S\x1b[6;1H", 5) + "\x1b[?5h\x1b[2 q"
	at := newConsole(t, Config{Command: []string{"sleep", "1000"}, Columns: 44, Rows: 6})
	whole := newConsole(t, Config{Command: []string{"sleep", "1000"}, Columns: 44, Rows: 6})
	whole.output([]byte(script))
	for i := 0; i < len(script); i += 7 {
		at.output([]byte(script[i:min(i+7, len(script))]))
		at.fb.Snapshot()
	}
	got, want := at.fb.Snapshot(), whole.fb.Snapshot()
	for i := range want.Pix {
		if got.Pix[i] != want.Pix[i] {
			t.Fatalf("pixel %d,%d differs", i%want.Width, i/want.Width)
		}
	}
}

// TestViewer connects a viewer, types, resizes and compares what it sees with the
// console.
func TestViewer(t *testing.T) {
	c := sh(t, "stty -echo; echo ready; while read -r line; do echo \"got <$line> at $(stty size)\"; done")
	c.waitText(t, "ready")
	session, err := c.Open(t.Context(), display.Viewer{})
	if err != nil {
		t.Fatal(err)
	}
	near, far := net.Pipe()
	served := make(chan error, 1)
	go func() {
		served <- session.Serve(t.Context(), rfb.NewConn(far))
		_ = session.Close()
	}()
	_ = near.SetDeadline(time.Now().Add(patience))
	v := newViewer(t, near)
	v.send(rfb.SetEncodings{Encodings: []rfb.Encoding{rfb.EncodingCopyRect, rfb.EncodingZRLE, rfb.EncodingCursor, rfb.EncodingExtendedDesktopSize}})
	for _, r := range "hi" {
		v.send(rfb.KeyEvent{Down: true, Key: rfb.KeysymOf(r)})
	}
	v.send(rfb.SetDesktopSize{Width: uint16(60 * c.cell.X), Height: uint16(20 * c.cell.Y), Screens: []rfb.Screen{{}}})
	v.send(rfb.KeyEvent{Down: true, Key: rfb.KeyReturn})
	c.waitText(t, "got <hi> at 20 60")
	for !v.shows(c) {
		v.update()
	}
	if v.decoder.Cursor == nil {
		t.Error("no pointer shape was sent")
	}
	_ = near.Close()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// viewer is the far end of a session.
type viewer struct {
	t       *testing.T
	conn    net.Conn
	in      *bufio.Reader
	decoder *encoding.Decoder
}

func newViewer(t *testing.T, conn net.Conn) *viewer {
	t.Helper()
	v := &viewer{t: t, conn: conn, in: bufio.NewReader(conn)}
	if _, err := conn.Write(rfb.ClientInit{Shared: true}.AppendWire(nil)); err != nil {
		t.Fatal(err)
	}
	hello, err := rfb.ReadServerInit(v.in)
	if err != nil {
		t.Fatal(err)
	}
	if v.decoder, err = encoding.NewDecoder(hello.Format, int(hello.Width), int(hello.Height)); err != nil {
		t.Fatal(err)
	}
	return v
}

func (v *viewer) send(m rfb.ClientMessage) {
	v.t.Helper()
	if _, err := v.conn.Write(m.AppendWire(nil)); err != nil {
		v.t.Fatal(err)
	}
}

func (v *viewer) update() {
	v.t.Helper()
	p := v.decoder.Picture
	v.send(rfb.FramebufferUpdateRequest{Incremental: true, Width: uint16(p.Width), Height: uint16(p.Height)})
	for {
		m, err := rfb.ReadServerMessage(v.in)
		if err != nil {
			v.t.Fatal(err)
		}
		if u, ok := m.(rfb.FramebufferUpdate); ok {
			if _, err := v.decoder.Update(v.in, u); err != nil {
				v.t.Fatal(err)
			}
			return
		}
	}
}

func (v *viewer) shows(c *Console) bool {
	p := c.fb.Snapshot()
	if p.Bounds() != v.decoder.Picture.Bounds() || p.Bounds() == (image.Rectangle{}) {
		return false
	}
	for i := range p.Pix {
		if p.Pix[i] != v.decoder.Picture.Pix[i] {
			return false
		}
	}
	return true
}
