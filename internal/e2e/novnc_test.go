package e2e_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"vncsec/internal/peertest"
	"vncsec/vncserve/display"
	"vncsec/vncserve/rfb"
)

// TestNoVNC shows a command's page in noVNC, with its own list of encodings and with single
// ones: in every pixel it is the console's.
func TestNoVNC(t *testing.T) {
	t.Parallel()
	want := drawn(t, "sh", "-c", page)
	console := serve(t, "--listen", "unix:"+socketPath(t), "--", "sh", "-c", page)
	for name, encodings := range map[string][]int32{
		"its own list": nil,
		"Hextile":      {int32(rfb.EncodingHextile)},
		"RRE":          {int32(rfb.EncodingRRE)},
		"Tight":        {int32(rfb.EncodingTight), int32(rfb.EncodingLastRect)},
		"TightPNG":     {int32(rfb.EncodingTightPNG), int32(rfb.EncodingLastRect)},
	} {
		t.Run(name, func(t *testing.T) {
			viewer := peertest.StartNoVNC(t, peertest.NoVNCOptions{Address: console.address, Encodings: encodings})
			peertest.WaitSame(t, "noVNC shows the page", want, viewer.Picture)
		})
	}
}

// TestNoVNCFollows draws again and again while noVNC looks, in each encoding that has
// streams: its zlib keeps nothing of a stream from before a reset, so each rectangle in
// Tight has to do without the ones before it.
func TestNoVNCFollows(t *testing.T) {
	t.Parallel()
	scene := newScene()
	address := serveDisplay(t, scene)
	viewers := map[string]*peertest.NoVNC{}
	for name, encodings := range map[string][]int32{
		"Tight":    {int32(rfb.EncodingTight), int32(rfb.EncodingLastRect)},
		"TightPNG": {int32(rfb.EncodingTightPNG), int32(rfb.EncodingLastRect)},
	} {
		viewers[name] = peertest.StartNoVNC(t, peertest.NoVNCOptions{Address: address, Encodings: encodings})
		viewers[name].WaitConnected()
	}
	for step := range 6 {
		want := scene.draw(func(c *display.Canvas) { drawLines(c, step) })
		for name, viewer := range viewers {
			peertest.WaitSame(t, fmt.Sprintf("noVNC in %s after step %d", name, step), want, viewer.Picture)
		}
	}
}

// drawLines draws something like lines of text, each in a colour of its own.
func drawLines(c *display.Canvas, step int) {
	p := c.Picture()
	for y := range p.Height {
		for x, row := 0, p.Row(y, 0, p.Width); x < len(row); x++ {
			row[x] = 0
			if y%16 > 3 && (x*31+y*17+step*7)%5 == 0 {
				row[x] = palette[1+y/64%3]
			}
		}
	}
	c.Damage(p.Bounds())
}

// TestNoVNCTyping logs in by a password and strikes keys: the command gets what the keys
// mean, and the page shows what it answers.
func TestNoVNCTyping(t *testing.T) {
	t.Parallel()
	received := filepath.Join(t.TempDir(), "received")
	script := fmt.Sprintf(`stty raw -echo; : > '%[1]s'; exec tee '%[1]s'`, received)
	console := serve(t, "--listen", anyPort, "--password", "--", "sh", "-c", script)
	console.setPassword("secret")
	wrong := peertest.StartNoVNC(t, peertest.NoVNCOptions{Address: console.address, Password: "guess"})
	if told := wrong.Refused(); told != "Authentication failed" {
		t.Errorf("noVNC was told %q", told)
	}

	viewer := peertest.StartNoVNC(t, peertest.NoVNCOptions{Address: console.address, Password: "secret"})
	viewer.WaitConnected()
	peertest.Eventually(t, "the command waits for keys", func() bool {
		_, err := os.Stat(received)
		return err == nil
	})
	viewer.Type("Hello, World! ~|\\äé€λЖ")
	viewer.Press("Enter", "Escape", "Tab", "Backspace", "Control+c", "ArrowUp", "F5", "Control+ArrowRight")
	waitFile(t, received, "Hello, World! ~|\\äé€λЖ\r\x1b\t\x7f\x03\x1b[A\x1b[15~\x1b[1;5C")

	want := peertest.StartLibVNCClient(t, peertest.LibVNCClientOptions{Address: console.address, Password: "secret", Encoding: "raw"})
	peertest.WaitSame(t, "noVNC shows what libvncclient does", peertest.WaitStable(t, "libvncclient shows the console", want.Picture), viewer.Picture)
}

// TestNoVNCClipboard passes texts both ways, with characters that only the extended
// clipboard has.
func TestNoVNCClipboard(t *testing.T) {
	t.Parallel()
	desk := &pasteboard{texts: make(chan string, 1)}
	desk.Framebuffer = display.NewFramebuffer(64, 64, "pasteboard", func(*display.Canvas) {})
	viewer := peertest.StartNoVNC(t, peertest.NoVNCOptions{Address: serveDisplay(t, desk)})
	viewer.WaitConnected()
	peertest.Eventually(t, "the server has the clipboard", func() bool {
		viewer.SetClipboard("to the server: λ") // in Latin-1, until it knows that the server takes more
		viewer.Press("a")                       // which makes the server fetch it
		select {
		case text := <-desk.texts:
			return text == "to the server: λ"
		default:
			return false
		}
	})
	peertest.Eventually(t, "noVNC has the clipboard", func() bool { return viewer.State().Clipboard == "from the server: Ж" })
}

// pasteboard is a display that fetches its viewer's clipboard at any key, and answers with
// one of its own.
type pasteboard struct {
	*display.Framebuffer
	texts chan string
}

// Open implements display.Source.
func (p *pasteboard) Open(_ context.Context, v display.Viewer) (display.Session, error) {
	return display.NewSession(p.Framebuffer, v, func(peer display.Peer) display.Input { return paster{peer: peer, texts: p.texts} }), nil
}

// paster is the input of a pasteboard.
type paster struct {
	deaf
	peer  display.Peer
	texts chan string
}

func (p paster) Key(rfb.KeyEvent) { p.peer.FetchClipboard() }

func (p paster) CutText(text string) {
	select {
	case p.texts <- text:
	default:
	}
	p.peer.SetClipboard("from the server: Ж")
}
