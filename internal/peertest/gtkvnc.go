package peertest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"image"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// clientName is the name that gtk-vnc's files are installed under.
const clientName = "peertest"

// GTKVNCOptions says what gtk-vnc connects to, and how.
type GTKVNCOptions struct {
	// Address is HOST:PORT, or unix:PATH.
	Address string
	// Identity is what gtk-vnc has for TLS.
	Identity Identity
	// Password and Username are what gtk-vnc answers when it is asked.
	Password, Username string
	// Env are variables for it beside the usual ones, such as a Kerberos ticket's.
	Env []string
	// Colours is 8 or 256 for a pixel format of one byte, 65536 for two bytes; 0 is
	// what the server prefers.
	Colours int
	// Encodings are the numbers of those to offer in place of its own list, the best
	// first. The server hears of them after a first request with that list.
	Encodings []int32
	// Screen is where to show the window, nil for a screen of its own. Where there are
	// other windows, the viewer takes no keys.
	Screen *Screen
}

// GTKVNC is gtk-vnc's display widget (what virt-viewer and GNOME Boxes draw a
// screen with) on a screen of its own.
type GTKVNC struct {
	*Process
	screen  *Screen
	t       testing.TB
	dir     string // for pictures
	to      io.Writer
	picture chan bool // answers to the command of that name

	mu    sync.Mutex
	state GTKVNCState
}

// GTKVNCState is how far gtk-vnc has come. What was reached stays true.
type GTKVNCState struct {
	Connected    bool     // a transport connection is there
	Initialized  bool     // authentication is done and the screen's size known
	AuthFailed   bool     // the server refused what the viewer has shown
	Disconnected bool     // the session is over
	Asked        []string // credentials that gtk-vnc wanted: "password", "clientname" ...
	Errors       []string // what gtk-vnc told the user, the reason of a refusal included
	Name         string   // of the desktop
	Size         image.Point
}

// StartGTKVNC starts the viewer and returns while it connects.
func StartGTKVNC(t testing.TB, opts GTKVNCOptions) *GTKVNC {
	t.Helper()
	Need(t, "gtk-vnc")
	home := t.TempDir()
	opts.Identity.installGTKVNC(t, home, clientName)
	screen := opts.Screen
	if screen == nil {
		screen = NewScreen(t)
	}

	cmd := exec.Command(python, program(t, "gtkvnc.py"), opts.settings(t))
	cmd.Env = append(screen.Env(home), account(t, home)...)
	cmd.Env = append(cmd.Env, opts.Env...)
	p, stdin, stdout := startPiped(t, cmd)
	v := &GTKVNC{
		Process: p,
		screen:  screen,
		t:       t,
		dir:     t.TempDir(),
		to:      stdin,
		picture: make(chan bool, 1),
	}
	go v.follow(stdout)
	return v
}

// settings is the viewer's command line argument.
func (o GTKVNCOptions) settings(t testing.TB) string {
	t.Helper()
	settings := map[string]any{
		"colours":    o.Colours,
		"encodings":  o.Encodings,
		"password":   o.Password,
		"username":   o.Username,
		"clientname": clientName,
	}
	if path, ok := strings.CutPrefix(o.Address, "unix:"); ok {
		settings["socket"] = path
	} else {
		host, port, err := net.SplitHostPort(o.Address)
		if err != nil {
			t.Fatal(err)
		}
		settings["host"], settings["port"] = host, port
	}
	data, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// follow notes what the viewer tells, until it ends.
func (v *GTKVNC) follow(events io.Reader) {
	defer close(v.picture)
	for lines := bufio.NewScanner(events); lines.Scan(); {
		var e struct {
			Event, Name, Text string
			Width, Height     int
			OK                bool
		}
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			fmt.Fprintf(&v.log, "not an event: %s\n", lines.Bytes())
			continue
		}
		fmt.Fprintf(&v.log, "%s\n", lines.Bytes())
		if e.Event == "picture" {
			v.picture <- e.OK
			continue
		}
		v.mu.Lock()
		switch e.Event {
		case "connected":
			v.state.Connected = true
		case "initialized":
			v.state.Initialized, v.state.Name = true, e.Name
		case "disconnected":
			v.state.Disconnected = true
		case "size":
			v.state.Size = image.Pt(e.Width, e.Height)
		case "asked":
			v.state.Asked = append(v.state.Asked, e.Text)
		case "auth-failure":
			v.state.AuthFailed = true // the reason comes as an error as well
		case "error":
			v.state.Errors = append(v.state.Errors, e.Text)
		}
		v.mu.Unlock()
	}
}

// State is how far the viewer has come now.
func (v *GTKVNC) State() GTKVNCState {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.state
}

// WaitInitialized waits until the viewer is let in, and fails the test when it
// is not.
func (v *GTKVNC) WaitInitialized() GTKVNCState {
	v.t.Helper()
	Eventually(v.t, "gtk-vnc is let in", func() bool {
		state := v.State()
		if !v.Running() || state.Disconnected && !state.Initialized {
			v.t.Fatalf("gtk-vnc was not let in: %q\n%s", state.Errors, v.Log())
		}
		return state.Initialized
	})
	return v.State()
}

// Refused waits until the viewer is turned away and returns what it told its
// user. When it is let in, the test fails.
func (v *GTKVNC) Refused() string {
	v.t.Helper()
	state := v.WaitDisconnected()
	if state.Initialized {
		v.t.Fatal("gtk-vnc was let in")
	}
	return strings.Join(state.Errors, "; ")
}

// WaitDisconnected waits until the session is over.
func (v *GTKVNC) WaitDisconnected() GTKVNCState {
	v.t.Helper()
	Eventually(v.t, "gtk-vnc's session ends", func() bool { return v.State().Disconnected || !v.Running() })
	return v.State()
}

// Picture is what the viewer holds of the server's screen, pixel by pixel; nil
// when there is no session.
func (v *GTKVNC) Picture() *image.RGBA {
	v.t.Helper()
	file := filepath.Join(v.dir, "picture.png")
	v.command(map[string]any{"do": "picture", "file": file})
	select {
	case ok := <-v.picture:
		if !ok {
			return nil
		}
	case <-time.After(Patience):
		v.t.Fatal("gtk-vnc does not answer")
	}
	data, err := os.ReadFile(file)
	if err != nil {
		v.t.Fatal(err)
	}
	img, err := decodePNG(data)
	if err != nil {
		v.t.Fatal(err)
	}
	return img
}

// Resize makes the viewer's window larger or smaller and lets it ask the server
// for a screen of that size. The viewer must have drawn before: until the first
// update it does not know whether the server takes such wishes, and it does not
// ask twice.
func (v *GTKVNC) Resize(width, height int) {
	v.t.Helper()
	v.command(map[string]any{"do": "resize", "width": width, "height": height})
}

// Press strikes keys of the keyboard, named as for Screen.Press.
func (v *GTKVNC) Press(keys ...string) {
	v.t.Helper()
	v.focus()
	v.screen.Press(v.t, keys...)
}

// Type strikes the keys of the keyboard that give the text.
func (v *GTKVNC) Type(text string) {
	v.t.Helper()
	v.focus()
	v.screen.Type(v.t, text)
}

// Keysyms sends key strokes by their X11 keysyms, of keys that no keyboard need
// have: 0x01000000 plus a Unicode code point is that character.
func (v *GTKVNC) Keysyms(keysyms ...uint32) {
	v.t.Helper()
	v.command(map[string]any{"do": "keysyms", "keysyms": keysyms})
}

func (v *GTKVNC) focus() {
	v.t.Helper()
	v.WaitInitialized()
	window, ok := v.screen.Window("^gtk-vnc$")
	if !ok {
		v.t.Fatalf("gtk-vnc has no window; the screen shows %q", v.screen.Titles())
	}
	v.screen.Focus(v.t, window)
}

func (v *GTKVNC) command(c map[string]any) {
	v.t.Helper()
	line, err := json.Marshal(c)
	if err != nil {
		v.t.Fatal(err)
	}
	if _, err := v.to.Write(append(line, '\n')); err != nil {
		v.t.Fatalf("gtk-vnc is gone: %v\n%s", err, v.Log())
	}
}
