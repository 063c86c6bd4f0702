package peertest

import (
	"image"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// TigerVNCOptions says what TigerVNC's viewer connects to, and how.
type TigerVNCOptions struct {
	// Address is HOST:PORT, or unix:PATH.
	Address string
	// SecurityTypes is the list of types the viewer may use, in its own words,
	// such as "X509None,X509Vnc"; without it, it uses any.
	SecurityTypes string
	// CAFile is the certificate that the server's must be signed by.
	CAFile string
	// Password is the answer to VNC authentication and, with Username, to Plain.
	Password, Username string
	// Encoding is the one to prefer: "Tight", "ZRLE", "Hextile" or "Raw".
	Encoding string
	// Colours is 8, 64 or 256 for a pixel format of one byte; 0 is full colour.
	Colours int
}

// tigerLevels are the viewer's levels of "low colour".
var tigerLevels = map[int]string{8: "0", 64: "1", 256: "2"}

// TigerVNC is a running viewer on a screen of its own.
type TigerVNC struct {
	*Process
	screen *Screen
	t      testing.TB
}

// StartTigerVNC starts the viewer. It never asks back on the terminal, and it
// ends with a message on its log when the connection fails. For a certificate
// that it does not trust it shows a yes/no window instead: see Question.
func StartTigerVNC(t testing.TB, opts TigerVNCOptions) *TigerVNC {
	t.Helper()
	Need(t, "xtigervncviewer")
	screen := NewScreen(t)
	args := []string{
		"-AutoSelect=0", "-NoJPEG=1", "-RemoteResize=0", "-Shared=1",
		"-AlertOnFatalError=0", "-ReconnectOnError=0", "-Log=*:stderr:30",
	}
	for name, value := range map[string]string{
		"SecurityTypes":     opts.SecurityTypes,
		"X509CA":            opts.CAFile,
		"PreferredEncoding": opts.Encoding,
	} {
		if value != "" {
			args = append(args, "-"+name+"="+value)
		}
	}
	if opts.Colours == 0 {
		args = append(args, "-FullColour=1")
	} else {
		args = append(args, "-FullColour=0", "-LowColourLevel="+tigerLevels[opts.Colours])
	}
	cmd := exec.Command("xtigervncviewer", append(args, tigerAddress(t, opts.Address))...)
	cmd.Env = screen.Env(t.TempDir())
	if opts.Password != "" {
		cmd.Env = append(cmd.Env, "VNC_PASSWORD="+opts.Password)
	}
	if opts.Username != "" {
		cmd.Env = append(cmd.Env, "VNC_USERNAME="+opts.Username)
	}
	return &TigerVNC{Process: Start(t, cmd), screen: screen, t: t}
}

// tigerAddress gives the address in TigerVNC's words.
func tigerAddress(t testing.TB, address string) string {
	t.Helper()
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		return path
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	return host + "::" + port
}

// Picture is what the viewer has drawn of the server's screen, pixel by pixel;
// nil as long as it shows none.
func (v *TigerVNC) Picture() *image.RGBA {
	v.t.Helper()
	window, ok := v.window()
	if !ok {
		if !v.Running() {
			v.t.Fatalf("TigerVNC ended:\n%s", v.Log())
		}
		return nil
	}
	img, err := v.screen.Capture(window)
	if err != nil {
		return nil // the window went away, or changed its size, in between
	}
	return img
}

// window is the one that shows the server's screen. It has no frame and nothing
// but the picture in it, as there is no window manager, and as the screen has
// room for it without scroll bars.
func (v *TigerVNC) window() (string, bool) { return v.screen.Window(" - TigerVNC$") }

// Question returns the title of the window in which the viewer asks its user
// whether to trust the server, or empty if there is none.
func (v *TigerVNC) Question() string {
	for _, title := range v.screen.Titles() {
		if strings.Contains(strings.ToLower(title), "certificate") {
			return title
		}
	}
	return ""
}

// Refused waits until the viewer has given up, and returns what it said.
func (v *TigerVNC) Refused() string {
	v.t.Helper()
	_ = v.Wait(v.t) // its exit code tells nothing
	return v.Log()
}

// Press strikes keys, named as for Screen.Press.
func (v *TigerVNC) Press(keys ...string) {
	v.t.Helper()
	v.focus()
	v.screen.Press(v.t, keys...)
}

// Click clicks a button (1 left, 2 middle) a number of times at a pixel of the server's
// screen.
func (v *TigerVNC) Click(x, y, button, times int) {
	v.t.Helper()
	v.focus()
	window, _ := v.window()
	v.screen.run(v.t, "mousemove", "--window", window, strconv.Itoa(x), strconv.Itoa(y),
		"click", "--repeat", strconv.Itoa(times), "--delay", "50", strconv.Itoa(button))
}

// Type strikes the keys that give the text.
func (v *TigerVNC) Type(text string) {
	v.t.Helper()
	v.focus()
	v.screen.Type(v.t, text)
}

func (v *TigerVNC) focus() {
	v.t.Helper()
	var window string
	Eventually(v.t, "TigerVNC shows a screen", func() (ok bool) {
		window, ok = v.window()
		return ok
	})
	v.screen.Focus(v.t, window)
}
