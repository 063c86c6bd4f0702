package terminal

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vncsec/internal/peertest"
)

// tmuxScreens gives what tmux shows of the outputs, one after the other on a fresh
// screen of 40 x 10: lines of text with SGR sequences.
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
		screens = append(screens, settled(func() string { return tmux("capture-pane", "-p", "-e", "-N") }))
		tmux("wait-for", "-S", "next")
	}
	return screens
}

// settled waits until what f gives stays the same: tmux learns of the end of the
// output before it has read all of it.
func settled(f func() string) string {
	for was := f(); ; {
		time.Sleep(15 * time.Millisecond)
		is := f()
		if is == was {
			return strings.TrimSuffix(is, "\n")
		}
		was = is
	}
}

// TestAgainstTmux compares the screens of a second emulator, characters and
// attributes, for known sequences and for random ones.
//
// The two differ, and tmux from xterm and DEC's terminals, where
//   - the cursor moves after a character in the last column: tmux counts from beyond
//     the screen, the others from the last column;
//   - lines are inserted or deleted: tmux leaves the cursor in its column, and does it
//     outside the scroll region too;
//   - half of a wide character is erased or overwritten: tmux leaves the other half, or
//     blanks in another style;
//   - a backspace in the first column follows a line that was wrapped: tmux goes back
//     up;
//   - DECSTBM has zeros, which tmux ignores, or CHT is sent, which it does not know;
//   - DECSTR resets: tmux keeps the style; and its captures name overlines wrongly;
//   - REP follows something that is not a character: tmux forgets the character;
//   - a region scrolls back or lines are erased with a background: tmux gives some of
//     the new lines the default background;
//   - tabs fill the cells they skip (tmux), to be copied as tabs.
//
// The random output stays clear of these.
func TestAgainstTmux(t *testing.T) {
	outputs := slices.Clone(conformance)
	r := rand.New(rand.NewPCG(11, 12))
	for range 300 {
		outputs = append(outputs, randomOutput(r))
	}
	for i, captured := range tmuxScreens(t, outputs) {
		ours, theirs := New(40, 10), New(40, 10)
		ours.Write([]byte(outputs[i]))
		theirs.Write([]byte("\x1b)0" + strings.ReplaceAll(captured, "\n", "\r\n"))) // SO is for line drawing
		for y := range 10 {
			if got, want := styledText(ours.Row(y)), styledText(theirs.Row(y)); got != want {
				t.Errorf("%q shows in line %d\n%s\ntmux shows\n%s", outputs[i], y, got, want)
				break
			}
		}
	}
}

// styledText gives the cells of a line as text, with their styles where they change.
// What cannot be seen on blank cells is left out, and blank cells at the end, which
// tmux does not capture.
func styledText(cells []Cell) string {
	for len(cells) > 0 && (cells[len(cells)-1].Rune == 0 || cells[len(cells)-1].Rune == ' ') && cells[len(cells)-1].Width == 1 {
		cells = cells[:len(cells)-1]
	}
	var b strings.Builder
	style := Style{}
	for _, c := range cells {
		if c.Width == 0 {
			continue
		}
		seen := c.Style
		if c.Rune == 0 || c.Rune == ' ' {
			seen = Style{Bg: seen.Bg, Attr: seen.Attr & (Reverse | Underline | Strike | Overline)}
			if seen.Attr&Reverse != 0 {
				seen.Fg = c.Style.Fg
			}
		}
		if seen != style {
			style = seen
			fmt.Fprintf(&b, "{%s}", style.sgr())
		}
		if c.Rune == 0 {
			c.Rune = ' '
		}
		b.WriteString(string(c.Rune) + c.Marks)
	}
	return b.String()
}

// conformance are the sequences of the standards, as vttest goes through them.
var conformance = []string{
	// Text and wrapping.
	"plain\r\ntext",
	strings.Repeat("wrap around ", 20),
	"\x1b[?7l" + strings.Repeat("no wrap ", 8) + "\x1b[?7h",
	strings.Repeat("x", 40) + "\r\nnext",
	strings.Repeat("x", 40) + "yy\bz",
	"a\bb\b\b\bc\r\rd\x0be\x0cf",
	// Moving the cursor.
	"\x1b[3;5Hplaced\x1b[10;1Hlast line\x1b[Htop",
	"\x1b[99;99Hx\x1b[99Ay\x1b[99Dz\x1b[99Bw\x1b[99Cv",
	"\x1b[5;5H\x1b[2Ea\x1b[1Fb\x1b[3Fc",
	"\x1b[3d\x1b[7Ga\x1b[2d\x1b[9`b",
	"\x1b[0;0Ha\x1b[;3Hb\x1b[4;Hc",
	"\x1b[2;2H\x1bDa\x1bEb\x1bMc",
	// Erasing.
	"one\r\ntwo\r\nthree\x1b[2;2H\x1b[1J\x1b[3;3H\x1b[K",
	"one\r\ntwo\r\nthree\x1b[2;2H\x1b[J",
	"one\r\ntwo\x1b[2Jthree",
	"0123456789\x1b[5G\x1b[1K\r\n0123456789\x1b[5G\x1b[2K\r\n0123456789\x1b[5G\x1b[3X",
	"\x1b[41mred\x1b[K\r\n\x1b[44mblue\x1b[5X\x1b[m",
	// Inserting and deleting.
	"abcdef\x1b[3D\x1b[2@XY\x1b[P\x1b[1X",
	"\x1b[4habc\x1b[1GXYZ\x1b[4l",
	"1\r\n2\r\n3\r\n4\x1b[2;1H\x1b[2Lnew\x1b[5;1H\x1b[M",
	"abc\x1b[42m\x1b[2G\x1b[3@\x1b[m\r\nabcdef\x1b[42m\x1b[2G\x1b[2P",
	// Scroll regions and origin mode.
	"1\r\n2\r\n3\r\n4\r\n5\r\n6\x1b[2;4r\x1b[4;1H\n\nnew\x1b[2;1H\x1bMrev\x1b[r",
	"1\r\n2\r\n3\r\n4\r\n5\x1b[2;4r\x1b[2S\x1b[T\x1b[1;1Hx",
	"\x1b[3;8r\x1b[?6h\x1b[2;3Horigin\x1b[20;1Hbelow\x1b[?6l\x1b[1;1Htop",
	"\x1b[4;6r\x1b[?6h\x1b[9Ba\x1b[9Ab\x1b[r",
	"\x1b[5;3rx\x1b[3;3rz",
	// Tabs.
	"a\tb\tc\x1b[3g\r\nd\te\x1b[2Zf",
	"\x1b[3g\x1b[5G\x1bH\x1b[9G\x1bH\r\tx\ty\tz\x1b[5G\x1b[g\r\r\n\tw",
	"\x1b[20Ga\x1b[Zb\x1b[2Zc",
	// Attributes.
	"\x1b[1mb\x1b[2md\x1b[3mi\x1b[4mu\x1b[5mB\x1b[7mr\x1b[9ms\x1b[0mn",
	"\x1b[1;2;3;4;5;7;9mx\x1b[22my\x1b[23mz\x1b[24mw\x1b[25mv\x1b[27mu\x1b[29mt",
	"\x1b[31ma\x1b[42mb\x1b[93mc\x1b[104md\x1b[39me\x1b[49mf",
	"\x1b[38;5;208ma\x1b[48;5;21mb\x1b[38;2;1;2;3mc\x1b[48:2::4:5:6md\x1b[me",
	"\x1b[4:2ma\x1b[4:3mb\x1b[21mc\x1b[4:0md",
	"\x1b[4;58;5;9ma\x1b[58:2::1:2:3mb\x1b[59mc",
	// Character sets.
	"\x1b(0lqqk\x1b(B\r\n\x1b)0a\x0ex\x0fx",
	"\x1b(0`afgijklmnopqrstuvwxyz{|}~",
	// Screens, and what is saved.
	"main\x1b[?1049h\x1b[Halternate",
	"main\x1b[?1049h\x1b[Halternate\x1b[?1049l back",
	"\x1b7saved\x1b[5;5Haway\x1b8back",
	"\x1b[31m\x1b[3;3H\x1b7\x1b[32m\x1b[5;5Hgreen\x1b8red",
	"\x1b[3;3H\x1b[sx\x1b[5;5Hy\x1b[uz",
	// Repeating, alignment, resetting.
	"x\x1b[20by",
	"\x1b[1;35mx\x1b[3b",
	"\x1b#8\x1b[2;3Hx",
	"text\x1b[5;8r\x1b[?6h\x1b[!pafter",
	// Wide characters and marks.
	"世界 wide\x1b[1;3Hxy\x1b[2;39H世y",
	"e\u0301a\u0308 marks",
	"\x1b[1;39H世界",
	"ｆｕｌｌ　한국어 😀x",
	// Strings and broken sequences.
	"a\x1b]0;title\x07b\x1bPdcs\x1b\\c\x1b_apc\x1b\\d",
	"a\x1b]8;;http://example.org\x1b\\link\x1b]8;;\x1b\\b",
	"a\x1b[3\x18Cb\x1b[1\x1b[2Cc",
	"a\x1b[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18mb",
	"\x1b[?25l\x1b[?1000h\x1b[?2004hmodes",
}

// randomOutput strings sequences together that all emulators agree on.
func randomOutput(r *rand.Rand) string {
	var b strings.Builder
	n := func(limit int) int { return 1 + r.IntN(limit) }
	styles := []string{"0", "1", "2", "3", "4", "7", "9", "22", "23", "24", "27", "29", "31", "92", "39", "38;5;208", "38;2;1;2;3"}
	for range 40 {
		// After a character in the last column tmux counts from beyond the screen,
		// xterm and this terminal from the last column: begin elsewhere.
		kind := r.IntN(28)
		if kind > 6 {
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
			fmt.Fprintf(&b, "\x1b[%sm", styles[r.IntN(len(styles))])
		case 7:
			fmt.Fprintf(&b, "\x1b[%d;%dH", n(12), n(44))
		case 8:
			fmt.Fprintf(&b, "\x1b[%d%c", n(5), "ABCD"[r.IntN(4)])
		case 9:
			fmt.Fprintf(&b, "\x1b[%d%c", n(4), "@PX"[r.IntN(3)])
		case 10:
			// See above: in column 1, and in a region of all lines.
			fmt.Fprintf(&b, "\x1b[r\x1b[%d;1H\x1b[%d%c", n(10), n(4), "LM"[r.IntN(2)])
		case 11:
			fmt.Fprintf(&b, "\x1b[%d%c", n(4), "ST"[r.IntN(2)])
		case 12:
			fmt.Fprintf(&b, "\x1b[%dK", r.IntN(3))
		case 13:
			fmt.Fprintf(&b, "\x1b[%dJ", r.IntN(2))
		case 14:
			top := n(8)
			fmt.Fprintf(&b, "\x1b[%d;%dr", top, top+n(4))
		case 15:
			b.WriteString("\x1b[r")
		case 16:
			b.WriteString("\x1bM")
		case 17:
			b.WriteString("\x1bD")
		case 18:
			b.WriteString("\t")
		case 19:
			fmt.Fprintf(&b, "\x1b[%d%c", n(12), "Gd"[r.IntN(2)])
		case 20:
			b.WriteString("\x1b7")
		case 21:
			fmt.Fprintf(&b, "\x1b[%d%c", n(3), "EF"[r.IntN(2)])
		case 22:
			fmt.Fprintf(&b, "\x1b[%d;%dH\x1b[4hins\x1b[4l", n(10), n(30))
		case 23:
			fmt.Fprintf(&b, "\x1b[%d;%dH\x1b(0lqk\x1b(B", n(10), n(30))
		case 24:
			fmt.Fprintf(&b, "\x1b[%d;%dHr\x1b[%db", n(10), n(30), n(8))
		case 25:
			fmt.Fprintf(&b, "\x1b[?6h\x1b[%d;%dHo\x1b[?6l", n(5), n(30))
		case 26:
			fmt.Fprintf(&b, "\x1b[?1049h\x1b[%d;%dHalternate\x1b[?1049l", n(10), n(30))
		case 27:
			fmt.Fprintf(&b, "\x1b[%d;1H\x1b[2Kline", n(10))
		}
	}
	return b.String()
}
