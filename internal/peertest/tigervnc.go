package peertest

import (
	"fmt"
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
	// Compression is the level to ask for, nil for none. Quality is that of JPEG,
	// without which it is not used.
	Compression, Quality *int
	// Wall is where to show the screen, nil for a screen of its own. There the viewer
	// takes no keys.
	Wall *Wall
}

// tigerLevels are the viewer's levels of "low colour".
var tigerLevels = map[int]string{8: "0", 64: "1", 256: "2"}

// TigerVNC is a running viewer on a screen of its own.
type TigerVNC struct {
	*Process
	screen *Screen
	wall   *Wall
	place  image.Rectangle // on the wall
	t      testing.TB
}

// StartTigerVNC starts the viewer. It never asks back on the terminal, and it
// ends with a message on its log when the connection fails. For a certificate
// that it does not trust it shows a yes/no window instead: see Question.
func StartTigerVNC(t testing.TB, opts TigerVNCOptions) *TigerVNC {
	t.Helper()
	Need(t, "xtigervncviewer")
	v := &TigerVNC{t: t, wall: opts.Wall}
	args := opts.arguments()
	if v.wall == nil {
		v.screen = NewScreen(t)
	} else {
		v.screen, v.place = v.wall.Screen, v.wall.next(t)
		args = append(args, fmt.Sprintf("-geometry=+%d+%d", v.place.Min.X, v.place.Min.Y))
	}
	cmd := exec.Command("xtigervncviewer", append(args, tigerAddress(t, opts.Address))...)
	cmd.Env = v.screen.Env(t.TempDir())
	if opts.Password != "" {
		cmd.Env = append(cmd.Env, "VNC_PASSWORD="+opts.Password)
	}
	if opts.Username != "" {
		cmd.Env = append(cmd.Env, "VNC_USERNAME="+opts.Username)
	}
	v.Process = Start(t, cmd)
	return v
}

// arguments are the viewer's, without the address.
func (o TigerVNCOptions) arguments() []string {
	args := []string{
		"-AutoSelect=0", "-RemoteResize=0", "-Shared=1",
		"-AlertOnFatalError=0", "-ReconnectOnError=0", "-Log=*:stderr:30",
		"-MenuKey=", // else its name would cover a part of the picture at first
	}
	for name, value := range map[string]string{
		"SecurityTypes":     o.SecurityTypes,
		"X509CA":            o.CAFile,
		"PreferredEncoding": o.Encoding,
		"CompressLevel":     optional(o.Compression),
		"QualityLevel":      optional(o.Quality),
	} {
		if value != "" {
			args = append(args, "-"+name+"="+value)
		}
	}
	if o.Compression != nil {
		args = append(args, "-CustomCompressLevel=1")
	}
	if o.Quality == nil {
		args = append(args, "-NoJPEG=1")
	}
	if o.Colours == 0 {
		return append(args, "-FullColour=1")
	}
	return append(args, "-FullColour=0", "-LowColourLevel="+tigerLevels[o.Colours])
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
	if !v.Running() {
		v.t.Fatalf("TigerVNC ended:\n%s", v.Log())
	}
	if v.wall != nil {
		return v.onWall()
	}
	window, ok := v.window()
	if !ok {
		return nil
	}
	img, err := v.screen.Capture(window)
	if err != nil {
		return nil // the window went away, or changed its size, in between
	}
	return img
}

// onWall is what the viewer's place on the wall shows.
func (v *TigerVNC) onWall() *image.RGBA {
	v.t.Helper()
	img, err := v.wall.capture(v.place)
	if err != nil {
		v.t.Fatal(err)
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
