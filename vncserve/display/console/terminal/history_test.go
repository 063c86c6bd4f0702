package terminal

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// lineText gives a line as text without trailing blanks.
func lineText(t *Terminal, number int) string {
	cells, _ := t.Line(number)
	var b strings.Builder
	for _, c := range cells {
		switch {
		case c.Width == 0:
		case c.Rune == 0:
			b.WriteByte(' ')
		default:
			b.WriteString(string(c.Rune) + c.Marks)
		}
	}
	return strings.TrimRight(b.String(), " ")
}

func allText(t *Terminal) string {
	var b strings.Builder
	_, rows := t.Size()
	for n := t.FirstLine(); n < t.ScreenLine()+rows; n++ {
		b.WriteString(lineText(t, n) + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

func TestHistory(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"scroll", "1\r\n2\r\n3\r\n4\r\n5", "1\n2\n3\n4\n5"},
		{"the oldest are forgotten", "1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\r\n8\r\n9", "3\n4\n5\n6\n7\n8\n9"},
		{"SU", "1\r\n2\x1b[2S3", "1\n2\n\n 3"},
		{"a region at the top", "1\r\n2\r\n3\x1b[1;2r\x1b[2H\n4", "1\n2\n4\n3"},
		{"another region", "1\r\n2\r\n3\x1b[2;3r\x1b[3H\n4", "1\n3\n4"},
		{"deleted lines", "1\r\n2\r\n3\x1b[H\x1b[M", "2\n3"},
		{"alternate screen", "1\r\n2\r\n3\r\n4\x1b[?1049h\x1b[H1\r\n2\r\n3\r\n4\r\n5\x1b[?1049l", "1\n2\n3\n4"},
		{"within the alternate screen", "1\r\n2\r\n3\r\n4\x1b[?1049h\x1b[Ha", "a"},
		{"cleared", "1\r\n2\r\n3\r\n4\r\n5\x1b[3J", "3\n4\n5"},
		{"reset", "1\r\n2\r\n3\r\n4\r\n5\x1bc", ""},
	} {
		term := New(10, 3)
		term.KeepHistory(4)
		term.Write([]byte(tt.in))
		if got := allText(term); got != tt.want {
			t.Errorf("%s: %q gives\n%s\nwant\n%s", tt.name, tt.in, got, tt.want)
		}
	}
	term := New(10, 3)
	term.Write([]byte("1\r\n2\r\n3\r\n4\r\n5"))
	if term.FirstLine() != term.ScreenLine() || term.ScreenLine() != 2 {
		t.Errorf("without a history the lines from %d to %d are in it", term.FirstLine(), term.ScreenLine())
	}
}

// TestHistoryKeepsCells compares lines in the history with the same lines on a screen
// so high that nothing scrolls.
func TestHistoryKeepsCells(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	pieces := []string{"hello ", "x", "世界", "e\u0301", "\U0001f468\u200d", "\r\n", "\n", "\x1b[31m", "\x1b[38;2;9;8;7;1m", "\x1b[44m\x1b[K\x1b[49m", "\x1b[m",
		"\x1b[K", "\x1b[3G\x1b[X", "\x1b[4;58;5;9m", "\x1b[30b", "\t"}
	var in strings.Builder
	for range 2200 {
		in.WriteString(pieces[r.IntN(len(pieces))])
	}
	small, high := New(33, 5), New(33, MaxRows)
	small.KeepHistory(1000)
	small.Write([]byte(in.String()))
	high.Write([]byte(in.String()))
	if high.ScreenLine() != 0 {
		t.Fatal("the output is too long for the high screen")
	}
	if small.ScreenLine() < 100 {
		t.Fatalf("only %d lines scrolled off", small.ScreenLine())
	}
	for n := range small.ScreenLine() {
		got, gotWrapped := small.Line(n)
		want, wantWrapped := high.Line(n)
		if !slices.Equal(got, want) || gotWrapped != wantWrapped {
			t.Fatalf("line %d is %q %t, want %q %t", n, lineText(small, n), gotWrapped, lineText(high, n), wantWrapped)
		}
	}
}

// TestHistoryIsBounded fills it with the lines that take most, and with ordinary ones.
func TestHistoryIsBounded(t *testing.T) {
	ordinary := strings.Repeat("-rw-r--r-- 1 root root 12813 Mar 27  2021 \x1b[1;34mservices\x1b[0m\r\n", 1000)
	var costly strings.Builder
	for i := range 500 {
		fmt.Fprintf(&costly, "\x1b[38;2;%d;200;200;48;2;200;200;%dm世%s", i%256, i%256, strings.Repeat("\u0301", 15))
	}
	for name, text := range map[string]string{"ordinary": ordinary, "costly": costly.String()} {
		term := New(500, 50)
		term.KeepHistory(10_000)
		before := heap()
		for range 300 {
			term.Write([]byte(text))
		}
		grown := heap() - before
		kept := term.ScreenLine() - term.FirstLine()
		t.Logf("%s: %d lines, %d KiB", name, kept, grown>>10)
		if grown > 6<<20 || kept < 50 {
			t.Errorf("%s: %d lines take %d KiB", name, kept, grown>>10)
		}
		runtime.KeepAlive(term)
	}
}

func heap() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// TestResizeKeepsLines makes a screen lower and higher again.
func TestResizeKeepsLines(t *testing.T) {
	for _, tt := range []struct{ name, in string }{
		{"full", "1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\r\n8"},
		{"half full", "1\r\n2\r\n3"},
		{"within the alternate screen", "1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\x1b[?1049halt"},
		{"colours", "\x1b[41m1\x1b[K\r\n2\r\n3\r\n4\r\n5\r\n6\x1b[1m"},
	} {
		term, same := New(10, 6), New(10, 6)
		term.KeepHistory(100)
		same.KeepHistory(100)
		term.Write([]byte(tt.in))
		same.Write([]byte(tt.in))
		for _, rows := range []int{3, 1, 5, 6} {
			term.Resize(10, rows)
		}
		term.Write([]byte("\x1b[?1049lX"))
		same.Write([]byte("\x1b[?1049lX"))
		if got, want := allText(term), allText(same); got != want {
			t.Errorf("%s: after resizing\n%s\nwant\n%s", tt.name, got, want)
		}
	}
	term := New(20, 2)
	term.KeepHistory(10)
	term.Write([]byte("a line of twenty col\r\n2\r\n3"))
	term.Resize(6, 2)
	if got := allText(term); got != "a line\n2\n3" {
		t.Errorf("narrower: %q", got)
	}
	term.Resize(20, 2)
	if got := allText(term); got != "a line of twenty col\n2\n3" {
		t.Errorf("wider again: %q", got)
	}
}

// TestRestartKeepsHistory restarts a terminal that a program left in any state.
func TestRestartKeepsHistory(t *testing.T) {
	term := New(20, 4)
	term.KeepHistory(100)
	term.Write([]byte("1\r\n2\r\n3\r\n4\r\n5\r\n6\x1b[?1049halternate\x1b[41m\x1b[2;3r\x1b[?6;5h\x1b[?7l\x1b[4h"))
	term.Restart()
	if text := screenText(term); text != "" {
		t.Errorf("the screen shows %q", text)
	}
	if text := strings.TrimRight(allText(term), "\n"); text != "1\n2\n3\n4\n5\n6" {
		t.Errorf("the lines are %q", text)
	}
	if modes := term.Modes(); modes != (Modes{}) {
		t.Errorf("the modes are %+v", modes)
	}
	term.Write([]byte("12345678901234567890x"))
	if text := screenText(term); text != "12345678901234567890\nx" {
		t.Errorf("it shows %q", text)
	}
	for y := range 4 {
		for x, cell := range term.Row(y) {
			if cell.Style != (Style{}) {
				t.Fatalf("cell %d, %d has the style %+v", x, y, cell.Style)
			}
		}
	}
}
