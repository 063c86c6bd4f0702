package terminal

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vncsec/internal/peertest"
)

// tmuxScreens gives what tmux shows of the outputs, one after the other on a fresh
// screen of 40 x 10.
func tmuxScreens(t *testing.T, outputs []string) []string {
	t.Helper()
	peertest.Need(t, "tmux")
	dir := t.TempDir()
	socket := filepath.Join(dir, "tmux")
	tmux := func(args ...string) string {
		t.Helper()
		cmd := exec.Command("tmux", append([]string{"-S", socket, "-f", "/dev/null", "-u"}, args...)...)
		cmd.Env = append(os.Environ(), "LANG=C.UTF-8", "TERM=xterm-256color", "TMUX=")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("tmux %v: %v: %s", args, err, out)
		}
		return string(out)
	}
	t.Cleanup(func() { tmux("kill-server") })
	var script strings.Builder
	script.WriteString("stty raw -echo\n")
	for i, out := range outputs {
		file := filepath.Join(dir, fmt.Sprint("out", i))
		if err := os.WriteFile(file, []byte(out), 0o600); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&script, "printf '\\033c'; cat %s; tmux -S %s wait-for -S shown; tmux -S %s wait-for next\n", file, socket, socket)
	}
	script.WriteString("sleep 1000\n")
	file := filepath.Join(dir, "script")
	if err := os.WriteFile(file, []byte(script.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	tmux("new-session", "-d", "-x", "40", "-y", "10", "sh "+file, ";", "set", "-g", "status", "off", ";", "resize-window", "-x", "40", "-y", "10")
	var screens []string
	for range outputs {
		tmux("wait-for", "shown")
		screens = append(screens, settled(func() string { return tmux("capture-pane", "-p") }))
		tmux("wait-for", "-S", "next")
	}
	return screens
}

// settled waits until what f gives stays the same: tmux learns of the end of the
// output before it has read all of it.
func settled(f func() string) string {
	for was := f(); ; {
		time.Sleep(20 * time.Millisecond)
		is := f()
		if is == was {
			return strings.TrimRight(is, "\n ")
		}
		was = is
	}
}

// TestAgainstTmux compares the screens of a second emulator, for known sequences and
// for random ones.
func TestAgainstTmux(t *testing.T) {
	outputs := []string{
		"plain\r\ntext",
		strings.Repeat("wrap around ", 20),
		"\x1b[3;5Hplaced\x1b[10;1Hlast line\x1b[Htop",
		"1\r\n2\r\n3\r\n4\r\n5\r\n6\x1b[2;4r\x1b[4;1H\n\nnew\x1b[2;1H\x1bMrev\x1b[r",
		"abcdef\x1b[3D\x1b[2@XY\x1b[P\x1b[1X",
		"one\r\ntwo\r\nthree\x1b[2;2H\x1b[1J\x1b[3;3H\x1b[K",
		"世界 wide\x1b[1;3Hxy\x1b[2;39H世y",
		"e\u0301a\u0308 marks",
		"a\tb\tc\x1b[3g\r\nd\te\x1b[2Zf",
		"main\x1b[?1049h\x1b[Halternate",
		"main\x1b[?1049h\x1b[Halternate\x1b[?1049l back",
		"\x1b[4habc\x1b[1GXYZ\x1b[4l",
		"x\x1b[20by",
		"\x1b[?7l" + strings.Repeat("no wrap ", 8) + "\x1b[?7h",
		"\x1b[3;8r\x1b[?6h\x1b[2;3Horigin\x1b[20;1Hbelow\x1b[?6l\x1b[1;1Htop",
		"\x1b7saved\x1b[5;5Haway\x1b8back",
		"\x1b#8\x1b[2;3Hx",
		"a\x1b]0;title\x07b\x1bPdcs\x1b\\c\x1b_apc\x1b\\d",
	}
	r := rand.New(rand.NewPCG(11, 12))
	for range 80 {
		outputs = append(outputs, randomOutput(r))
	}
	for i, want := range tmuxScreens(t, outputs) {
		term := New(40, 10)
		term.Write([]byte(outputs[i]))
		if got := screenText(term); got != want {
			t.Errorf("%q shows\n%s\ntmux shows\n%s", outputs[i], got, want)
		}
	}
}

// randomOutput strings sequences together that all emulators agree on.
func randomOutput(r *rand.Rand) string {
	var b strings.Builder
	n := func(limit int) int { return 1 + r.IntN(limit) }
	for range 40 {
		// After a character in the last column tmux counts from beyond the screen,
		// xterm and this terminal from the last column: begin elsewhere.
		kind := r.IntN(22)
		if kind > 5 {
			fmt.Fprintf(&b, "\x1b[%dG", n(40))
		}
		switch kind {
		case 0, 1, 2, 3:
			fmt.Fprintf(&b, "word%d ", r.IntN(1000))
		case 4:
			b.WriteString("\r\n")
		case 5:
			b.WriteString("äöü")
		case 6:
			fmt.Fprintf(&b, "\x1b[%d;%dH", n(12), n(44))
		case 7:
			fmt.Fprintf(&b, "\x1b[%d%c", n(5), "ABCD"[r.IntN(4)])
		case 8:
			fmt.Fprintf(&b, "\x1b[%d%c", n(4), "@PX"[r.IntN(3)])
		case 9:
			// tmux leaves the cursor in its column, and acts outside the scroll region
			// as well; DEC's terminals and xterm do neither.
			fmt.Fprintf(&b, "\x1b[r\x1b[%d;1H\x1b[%d%c", n(10), n(4), "LM"[r.IntN(2)])
		case 10:
			fmt.Fprintf(&b, "\x1b[%d%c", n(4), "ST"[r.IntN(2)])
		case 11:
			fmt.Fprintf(&b, "\x1b[%dK", r.IntN(3))
		case 12:
			fmt.Fprintf(&b, "\x1b[%dJ", r.IntN(2))
		case 13:
			top := n(8)
			fmt.Fprintf(&b, "\x1b[%d;%dr", top, top+n(4))
		case 14:
			b.WriteString("\x1b[r")
		case 15:
			b.WriteString("\x1bM")
		case 16:
			b.WriteString("\x1bD")
		case 17:
			b.WriteString("\t")
		case 18:
			fmt.Fprintf(&b, "\x1b[%d%c", n(12), "Gd"[r.IntN(2)])
		case 19:
			b.WriteString("\x1b[1;31m")
		case 20:
			b.WriteString("\x1b7")
		case 21:
			fmt.Fprintf(&b, "\x1b[%d%c", n(3), "EF"[r.IntN(2)])
		}
	}
	return b.String()
}
