package console

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"vncsec/internal/peertest"
	"vncsec/vncserve/display/console/terminal"
	"vncsec/vncserve/rfb"
)

// xtermKeys gives what xterm sends for keys, each as xdotool names it, in the modes
// that a program has set with the output.
func xtermKeys(t *testing.T, screen *peertest.Screen, output string, keys []string) []string {
	t.Helper()
	dir := t.TempDir()
	ready, got := filepath.Join(dir, "ready"), filepath.Join(dir, "got")
	script := "stty raw -echo; printf '" + output + "'; touch " + ready + "; exec cat >" + got
	xterm := exec.Command("xterm", "-xrm", "*metaSendsEscape: true", "-xrm", "*eightBitInput: false", "-u8", "-title", "keys", "-e", "/bin/sh", "-c", script)
	xterm.Env = screen.Env(dir)
	if err := xterm.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = xterm.Process.Kill()
		_ = xterm.Wait()
	}()
	waitFile(t, ready, func(string) bool { return true })
	window := ""
	for end := time.Now().Add(patience); window == ""; time.Sleep(10 * time.Millisecond) {
		if window, _ = screen.Window("^keys$"); time.Now().After(end) {
			t.Fatal("xterm shows no window")
		}
	}
	screen.Focus(t, window)
	const separator = "`"
	var pressed []string
	for _, key := range keys {
		pressed = append(pressed, key, "grave")
	}
	xdotool := exec.Command("xdotool", append([]string{"key", "--delay", "2"}, pressed...)...)
	xdotool.Env = screen.Env(dir)
	if out, err := xdotool.CombinedOutput(); err != nil {
		t.Fatalf("xdotool: %v: %s", err, out)
	}
	all := waitFile(t, got, func(s string) bool { return strings.Count(s, separator) >= len(keys) })
	return strings.Split(all, separator)[:len(keys)]
}

func waitFile(t *testing.T, file string, is func(string) bool) string {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		b, err := os.ReadFile(file)
		if err == nil && is(string(b)) {
			return string(b)
		}
		if time.Now().After(end) {
			t.Fatalf("%s has %q (%v)", file, b, err)
		}
	}
}

// TestKeysAsInXterm presses keys in xterm and here.
func TestKeysAsInXterm(t *testing.T) {
	peertest.Need(t, "xterm", "keysymdef.h")
	screen := peertest.NewScreen(t)
	plain := []string{"Up", "Down", "Left", "Right", "Home", "End", "Prior", "Next", "Insert", "Delete", "BackSpace", "Tab", "Return", "Escape",
		"F1", "F4", "F5", "F12", "Menu", "Find",
		"Print", "Pause", "space", "a", "A", "at", "7", "Super_L", "KP_Enter"}
	controls := []string{"a", "A", "i", "m", "space", "2", "3", "4", "5", "6", "7", "8", "9", "0", "slash", "at", "bracketleft", "backslash", "underscore",
		"period", "comma", "BackSpace", "Tab", "Return", "Escape", "Delete", "Up", "F1", "F12"}
	keys := slices.Clone(plain)
	for _, modifier := range []string{"ctrl+", "alt+", "shift+", "ctrl+alt+", "ctrl+shift+"} {
		for _, key := range controls {
			if strings.HasPrefix(key, "F") && modifier == "ctrl+alt+" || key == "Return" && strings.HasSuffix(modifier, "alt+") {
				continue // the X server's, or xterm's own
			}
			keys = append(keys, modifier+key)
		}
	}
	for output, modes := range map[string]terminal.Modes{
		`\033[?1l\033>`: {},
		`\033[?1h\033=`: {AppCursor: true, AppKeypad: true},
		`\033[>4;1m`:    {OtherKeys: 1},
		`\033[>4;2m`:    {OtherKeys: 2},
	} {
		for i, want := range xtermKeys(t, screen, output, keys) {
			if modes.OtherKeys == 1 && strings.HasPrefix(keys[i], "ctrl+alt+") {
				continue // where xterm tells of Control alone
			}
			if got := string(pressed(t, keys[i], modes)); got != want {
				t.Errorf("after %s, %s sends %q, in xterm %q", output, keys[i], got, want)
			}
		}
	}
}

// The characters that keys of an American keyboard give, without Shift and with it.
const unshifted, shifted = "`1234567890-=[]\\;',./", `~!@#$%^&*()_+{}|:"<>?`

// pressed gives what a key sends here, by xdotool's name, which may be that of a
// character for which Shift is held as well.
func pressed(t *testing.T, name string, modes terminal.Modes) []byte {
	t.Helper()
	named, _ := xKeysyms(t)
	var k keyboard
	parts := strings.Split(name, "+")
	for _, modifier := range parts[:len(parts)-1] {
		k.held |= map[string]modifiers{"ctrl": control, "alt": alt, "shift": shift}[modifier]
	}
	key, ok := named[parts[len(parts)-1]]
	if !ok {
		t.Fatalf("no keysym has the name %q", name)
	}
	if r, isRune := key.Rune(); isRune {
		if strings.ContainsRune(shifted, r) || unicode.IsUpper(r) {
			k.held |= shift
		} else if k.held&shift != 0 {
			if i := strings.IndexRune(unshifted, r); i >= 0 {
				r = rune(shifted[i])
			}
			key = rfb.KeysymOf(unicode.ToUpper(r))
		}
	}
	return k.encode(key, modes)
}
