package e2e_test

import (
	"fmt"
	"image"
	"image/color"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"vncsec/internal/peertest"
	"vncsec/vncserve/listen"
	"vncsec/vncserve/probe"
	"vncsec/vncserve/rfb"
)

// What the servers use when a viewer offers nothing else. The others fall back to Raw.
var (
	qemuEncodings = []rfb.Encoding{rfb.EncodingRaw, rfb.EncodingHextile, rfb.EncodingZlib, rfb.EncodingTight, rfb.EncodingTightPNG, rfb.EncodingZRLE}
	xvncEncodings = []rfb.Encoding{rfb.EncodingRaw, rfb.EncodingRRE, rfb.EncodingHextile, rfb.EncodingTight, rfb.EncodingZRLE}
)

// pixelFormats are those that viewers ask for: of each size one in the usual order, one in
// the other byte order, and unusual ones.
var pixelFormats = map[string]rfb.PixelFormat{
	"32 bits":                    rfb.Canonical,
	"32 bits, BGR":               trueColour(32, 24, false, 255, 255, 255, 0, 8, 16),
	"32 bits, big endian":        trueColour(32, 24, true, 255, 255, 255, 16, 8, 0),
	"32 bits, upper three bytes": trueColour(32, 24, false, 255, 255, 255, 24, 16, 8),
	"30 bits of colour":          trueColour(32, 30, false, 1023, 1023, 1023, 20, 10, 0),
	"16 bits":                    trueColour(16, 16, false, 31, 63, 31, 11, 5, 0),
	"16 bits, big endian":        trueColour(16, 16, true, 31, 63, 31, 11, 5, 0),
	"15 bits of colour":          trueColour(16, 15, false, 31, 31, 31, 10, 5, 0),
	"8 bits":                     trueColour(8, 8, false, 7, 7, 3, 0, 3, 6),
	"6 bits of colour":           trueColour(8, 6, false, 3, 3, 3, 4, 2, 0),
	"3 bits of colour":           trueColour(8, 3, false, 1, 1, 1, 2, 1, 0),
}

func trueColour(bits, depth uint8, bigEndian bool, redMax, greenMax, blueMax uint16, redShift, greenShift, blueShift uint8) rfb.PixelFormat {
	return rfb.PixelFormat{
		BitsPerPixel: bits, Depth: depth, BigEndian: bigEndian, TrueColour: true,
		RedMax: redMax, GreenMax: greenMax, BlueMax: blueMax, RedShift: redShift, GreenShift: greenShift, BlueShift: blueShift,
	}
}

// xvncFormats are the pixel formats that TigerVNC takes: at most eight bits a colour.
func xvncFormats() map[string]rfb.PixelFormat {
	all := maps.Clone(pixelFormats)
	delete(all, "30 bits of colour")
	return all
}

// connectProbe logs in with a list of encodings, and perhaps a pixel format.
func connectProbe(t *testing.T, address string, format *rfb.PixelFormat, encodings ...rfb.Encoding) *probe.Client {
	t.Helper()
	a, err := listen.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	c, err := probe.Connect(t.Context(), a, probe.Options{Encodings: probe.Offering(encodings...), Format: format, Timeout: peertest.Patience})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// fullPicture takes a whole picture.
func fullPicture(t *testing.T, c *probe.Client) *image.RGBA {
	t.Helper()
	if err := c.Full(); err != nil {
		t.Fatal(err)
	}
	return rgba(c.Picture())
}

// follow takes updates until the client has the wanted picture.
func follow(t *testing.T, what string, c *probe.Client, want *image.RGBA) {
	t.Helper()
	err := c.Follow(func() bool { return peertest.Same(rgba(c.Picture()), want) })
	if err != nil {
		peertest.SavePicture(t, "want.png", want)
		peertest.SavePicture(t, "got.png", rgba(c.Picture()))
		t.Fatalf("%s: %v", what, err)
	}
}

// demandUsed wants an encoding to have been used, if the server has it.
func demandUsed(t *testing.T, c *probe.Client, server []rfb.Encoding, e rfb.Encoding) {
	t.Helper()
	if slices.Contains(server, e) && c.Traffic.ByEncoding[e].Rectangles == 0 {
		t.Errorf("%v was not used, but %+v", e, c.Traffic.ByEncoding)
	}
}

// TestDecodeQEMU takes QEMU's screen in every encoding and pixel format, and compares it
// with the Raw one of the same format, and that of the full format with QEMU's own picture.
// Then what is typed must come as incremental updates.
func TestDecodeQEMU(t *testing.T) {
	t.Parallel()
	guest := peertest.StartQEMU(t, peertest.QEMUOptions{Socket: socketPath(t)})
	own := guest.Picture()
	for name, format := range qemuFormats() {
		raw := fullPicture(t, connectProbe(t, guest.Address, &format, rfb.EncodingRaw))
		if format.Depth == 24 && !peertest.Same(raw, own) {
			t.Fatalf("%s: the Raw picture is not QEMU's", name)
		}
		for _, e := range probe.Decodable() {
			if !qemuMakes(e, format) {
				continue
			}
			t.Run(fmt.Sprintf("%v, %s", e, name), func(t *testing.T) {
				c := connectProbe(t, guest.Address, &format, e)
				if !peertest.Same(fullPicture(t, c), raw) {
					peertest.SavePicture(t, "raw.png", raw)
					peertest.SavePicture(t, "got.png", rgba(c.Picture()))
					t.Error("the picture is not the Raw one")
				}
				demandUsed(t, c, qemuEncodings, e)
			})
		}
	}

	clients := map[rfb.Encoding]*probe.Client{}
	for _, e := range probe.Decodable() {
		clients[e] = connectProbe(t, guest.Address, nil, e)
		fullPicture(t, clients[e])
	}
	typed := ""
	for i, word := range []string{"incremental", "updates", "come", "through"} {
		if err := clients[probe.Decodable()[i%len(clients)]].Type(word); err != nil {
			t.Fatal(err)
		}
		typed += word
		guest.WaitTyped(typed)
		want := guest.Picture()
		for e, c := range clients {
			follow(t, fmt.Sprintf("%v after %q", e, word), c, want)
		}
	}
}

// qemuFormats are the pixel formats, and one with a colour map, which QEMU has. QEMU 7.2
// overlooks the byte order where nothing else differs from its own format, and sends the
// lower three bytes of a pixel in ZRLE where the colours are in the upper ones.
func qemuFormats() map[string]rfb.PixelFormat {
	all := maps.Clone(pixelFormats)
	all["colour map"] = rfb.PixelFormat{BitsPerPixel: 8, Depth: 8}
	delete(all, "32 bits, big endian")
	delete(all, "32 bits, upper three bytes")
	return all
}

// qemuMakes tells whether QEMU 7.2 makes valid rectangles of an encoding in a format. With
// fewer colours than 24 bits it puts Tight's basic compression, which TightPNG does not
// have, into TightPNG, and with ten bits a colour its Tight pixels have the wrong size.
func qemuMakes(e rfb.Encoding, f rfb.PixelFormat) bool {
	switch e {
	case rfb.EncodingTightPNG:
		return f.Depth == 24
	case rfb.EncodingTight:
		return f.Depth <= 24
	}
	return true
}

// connectXvnc is connectProbe for Xvnc. The pointer goes to where all clients of the tests
// put it: Xvnc draws it into the picture of those that did not put it where it is, even if
// they draw it themselves.
func connectXvnc(t *testing.T, xvnc *peertest.Xvnc, format *rfb.PixelFormat, encodings ...rfb.Encoding) *probe.Client {
	t.Helper()
	c := connectProbe(t, xvnc.Address, format, encodings...)
	if err := c.Pointer(image.Pt(1, 1), 0); err != nil {
		t.Fatal(err)
	}
	return c
}

// paintRoot makes a photo-like picture the X server's background.
func paintRoot(t *testing.T, xvnc *peertest.Xvnc) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "background.png")
	if out, err := exec.Command("convert", "-seed", "7", "-size", "500x400", "plasma:red-blue", file).CombinedOutput(); err != nil {
		t.Fatalf("convert: %v\n%s", err, out)
	}
	_ = xvnc.Run(t, "display", "-window", "root", file).Wait(t) // ends with 1 whatever it did
	if n := colours(captureRoot(t, xvnc)); n < 1000 {
		t.Fatalf("the background has %d colours only", n)
	}
}

// colours counts different pixels.
func colours(img *image.RGBA) int {
	seen := map[color.RGBA]bool{}
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			seen[img.RGBAAt(x, y)] = true
		}
	}
	return len(seen)
}

// TestDecodeXvnc shows a photo-like picture, lines and text on TigerVNC's server, and takes
// it in every encoding and pixel format: all of a format must be alike, and those of the
// full format be what the X server itself has.
func TestDecodeXvnc(t *testing.T) {
	t.Parallel()
	xvnc := peertest.StartXvnc(t, peertest.XvncOptions{Geometry: "331x257"}) // no multiples of tiles
	paintRoot(t, xvnc)
	xvnc.Run(t, "xlogo", "-geometry", "100x100+20+30")
	xvnc.Run(t, "xcalc", "-geometry", "+150+10")
	connectXvnc(t, xvnc, nil) // so that the pointer is where it will stay
	own := peertest.WaitStable(t, "the programs draw", func() *image.RGBA { return captureRoot(t, xvnc) })
	for name, format := range xvncFormats() {
		raw := fullPicture(t, connectXvnc(t, xvnc, &format, rfb.EncodingRaw))
		if format.Depth == 24 && !peertest.Same(raw, own) {
			peertest.SavePicture(t, "own.png", own)
			peertest.SavePicture(t, "raw.png", raw)
			t.Fatalf("%s: the Raw picture is not the X server's", name)
		}
		for _, e := range probe.Decodable() {
			t.Run(fmt.Sprintf("%v, %s", e, name), func(t *testing.T) {
				c := connectXvnc(t, xvnc, &format, e)
				if !peertest.Same(fullPicture(t, c), raw) {
					peertest.SavePicture(t, "raw.png", raw)
					peertest.SavePicture(t, "got.png", rgba(c.Picture()))
					t.Error("the picture is not the Raw one")
				}
				if e != rfb.EncodingRRE { // which is for few colours only; see TestFollowXvnc
					demandUsed(t, c, xvncEncodings, e)
				}
			})
		}
	}
}

func captureRoot(t *testing.T, xvnc *peertest.Xvnc) *image.RGBA {
	t.Helper()
	img, err := xvnc.Capture("root")
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// TestFollowXvnc follows what moves on TigerVNC's server by hundreds of incremental updates
// in every encoding at once, with windows that are moved and closed, and a desktop that
// changes its size. Whenever it stands still, all have the X server's own picture.
func TestFollowXvnc(t *testing.T) {
	t.Parallel()
	xvnc := peertest.StartXvnc(t, peertest.XvncOptions{Geometry: "400x300"})
	paintRoot(t, xvnc)
	ico := xvnc.Run(t, "ico", "-geometry", "300x200+10+20", "-sleep", "0.005")
	calc := xvnc.Run(t, "xcalc", "-geometry", "+30+10")
	peertest.Eventually(t, "the windows come up", func() bool {
		return strings.Contains(strings.Join(xvnc.Titles(), " "), "Calculator")
	})
	clients := map[string]*probe.Client{}
	for _, e := range probe.Decodable() {
		clients[e.String()] = connectXvnc(t, xvnc, nil, e)
		clients["CopyRect and "+e.String()] = connectXvnc(t, xvnc, nil, rfb.EncodingCopyRect, e)
	}
	for _, c := range clients {
		fullPicture(t, c)
	}
	for _, step := range []struct {
		name    string
		updates int
		disturb func()
	}{
		{"moving", 60, func() {}},
		{"a window moves", 40, func() { moveWindow(t, xvnc, "Calculator", 120, 40) }},
		{"another size", 20, func() {
			if err := clients["Raw"].SetDesktopSize(500, 333); err != nil {
				t.Fatal(err)
			}
		}},
		{"a window moves back", 40, func() { moveWindow(t, xvnc, "Calculator", 20, 5) }},
		{"a window goes", 20, calc.Kill},
	} {
		step.disturb()
		for range step.updates {
			for name, c := range clients {
				if err := c.Update(true); err != nil {
					t.Fatalf("%s, %s: %v", step.name, name, err)
				}
			}
		}
		ico.Signal(t, syscall.SIGSTOP)
		want := peertest.WaitStable(t, "the screen stands still", func() *image.RGBA { return captureRoot(t, xvnc) })
		for name, c := range clients {
			follow(t, step.name+", "+name, c, want)
		}
		ico.Signal(t, syscall.SIGCONT)
	}
	if size := clients["Raw"].Size(); size != image.Pt(500, 333) {
		t.Errorf("the desktop has the size %v", size)
	}
	for _, e := range probe.Decodable() {
		demandUsed(t, clients[e.String()], xvncEncodings, e)
	}
	if got := clients["CopyRect and Raw"].Traffic.ByEncoding[rfb.EncodingCopyRect].Rectangles; got == 0 {
		t.Error("no CopyRect came when a window moved")
	}
}

// moveWindow moves a window by its title.
func moveWindow(t *testing.T, xvnc *peertest.Xvnc, title string, x, y int) {
	t.Helper()
	window, ok := xvnc.Window(title)
	if !ok {
		t.Fatalf("no window is called %q, but %q", title, xvnc.Titles())
	}
	xvnc.Move(t, window, x, y)
}
