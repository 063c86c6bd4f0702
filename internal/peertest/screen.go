package peertest

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// Screen is an X server without a monitor (Xvfb), 24 bits deep, and without a
// window manager: a window has the size its program wants, no frame, and the
// place the program wants.
type Screen struct {
	*Process
	// Display is the value of DISPLAY for programs that draw here.
	Display string

	added []rune // characters that were given keys
}

// screenSize is larger than any picture that the tests show.
const screenSize = "1600x1200x24"

// NewScreen starts an X server for the time of the test.
func NewScreen(t testing.TB) *Screen {
	t.Helper()
	Need(t, "Xvfb", "xdotool", "import")

	return startScreen(t, exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", screenSize, "-nolisten", "tcp", "-noreset"))
}

// Env is the environment of a program that draws on the screen and keeps its
// files below home.
func (s *Screen) Env(home string) []string {
	return []string{
		"DISPLAY=" + s.Display,
		"HOME=" + home,
		"LANG=C.UTF-8",
		"PATH=" + os.Getenv("PATH"),
	}
}

// Window returns the id of the visible window whose title matches the regular
// expression, or false if there is none now.
func (s *Screen) Window(title string) (string, bool) {
	out, err := s.command("xdotool", "search", "--onlyvisible", "--name", title).Output()
	id, _, _ := strings.Cut(string(out), "\n")
	return id, err == nil && id != ""
}

// Titles lists the titles of all visible windows, to tell what is on the screen
// in place of what a test waits for.
func (s *Screen) Titles() []string {
	out, _ := s.command("xdotool", "search", "--onlyvisible", "--name", ".", "getwindowname", "%@").Output()
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// Capture returns the exact pixels of a window; the id "root" is the whole
// screen. The pointer is not part of the picture.
func (s *Screen) Capture(window string) (*image.RGBA, error) {
	out, err := s.command("import", "-silent", "-window", window, "png:-").Output()
	if err != nil {
		return nil, fmt.Errorf("capture window %s: %w", window, err)
	}
	return decodePNG(out)
}

// Focus gives a window the keyboard.
func (s *Screen) Focus(t testing.TB, window string) {
	t.Helper()
	s.run(t, "windowfocus", "--sync", window)
}

// Move puts a window's corner elsewhere.
func (s *Screen) Move(t testing.TB, window string, x, y int) {
	t.Helper()
	s.run(t, "windowmove", "--sync", window, strconv.Itoa(x), strconv.Itoa(y))
}

// Press strikes keys one after the other, named as xdotool does: a keysym name
// ("Return", "F1", "aacute"), with modifiers before it ("ctrl+c").
func (s *Screen) Press(t testing.TB, keys ...string) {
	t.Helper()
	s.run(t, append([]string{"key", "--clearmodifiers", "--delay", "40"}, keys...)...)
}

// Type strikes the keys that give the text. Characters that no key has get keys of
// their own first, and keep them: xdotool lends them one for the moment of the
// stroke only, and a busy program would find it gone.
func (s *Screen) Type(t testing.TB, text string) {
	t.Helper()
	for _, r := range text {
		if r > unicode.MaxASCII && !slices.Contains(s.added, r) {
			s.added = append(s.added, r)
			s.loadKeyboard(t)
		}
	}
	s.run(t, "type", "--clearmodifiers", "--delay", "40", "--", text)
}

// keyboard is an American one, with room for more keys.
const keyboard = `xkb_keymap {
	xkb_keycodes { include "evdev+aliases(qwerty)" };
	xkb_types    { include "complete" };
	xkb_compat   { include "complete" };
	xkb_symbols  { include "pc+us" %s };
};
`

// The keys with these numbers are not needed to type on an American keyboard.
const firstFreeKey, lastFreeKey = 208, 255

// loadKeyboard makes the keyboard one with keys for the added characters.
func (s *Screen) loadKeyboard(t testing.TB) {
	t.Helper()
	var keys strings.Builder
	if len(s.added) > lastFreeKey-firstFreeKey+1 {
		t.Fatalf("the keyboard has no room for %q", s.added)
	}
	for i, r := range s.added {
		fmt.Fprintf(&keys, "key <I%d> { [ U%04X ] }; ", firstFreeKey+i, r)
	}
	cmd := s.command("xkbcomp", "-w0", "-", s.Display)
	cmd.Stdin = strings.NewReader(fmt.Sprintf(keyboard, keys.String()))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("xkbcomp: %v\n%s", err, out)
	}
}

func (s *Screen) run(t testing.TB, args ...string) {
	t.Helper()
	if out, err := s.command("xdotool", args...).CombinedOutput(); err != nil {
		t.Fatalf("xdotool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func (s *Screen) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	// What xdotool types is UTF-8, whatever the locale of the tests.
	cmd.Env = append(os.Environ(), "DISPLAY="+s.Display, "LC_ALL=C.UTF-8")
	return cmd
}

// decodePNG reads a PNG into the one image type that the helpers return, with
// its corner at (0, 0).
func decodePNG(data []byte) (*image.RGBA, error) {
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	size := img.Bounds().Size()
	rgba := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(rgba, rgba.Bounds(), img, img.Bounds().Min, draw.Src)
	return rgba, nil
}
