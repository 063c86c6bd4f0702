package console

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"vncsec/vncserve/display"
	"vncsec/vncserve/display/console/terminal"
	"vncsec/vncserve/rfb"
)

// idle makes a console whose command says nothing, not even what is typed, with a
// history.
func idle(t testing.TB, columns, rows int) *Console {
	t.Helper()
	c := newConsole(t, Config{Command: []string{"/bin/sh", "-c", "stty raw -echo; printf ready; exec sleep 1000"}, Columns: columns, Rows: rows, History: 1000})
	c.waitText(t, "ready")
	c.output([]byte("\x1bc"))
	return c
}

// picture gives the text that the picture shows.
func (c *Console) picture() string {
	c.fb.Snapshot() // has it painted
	c.mu.Lock()
	defer c.mu.Unlock()
	var b strings.Builder
	p := c.painter
	for y := range p.rows {
		var line strings.Builder
		for _, l := range p.shown[y*p.columns : (y+1)*p.columns] {
			switch {
			case l.columns == 0:
			case l.char == 0:
				line.WriteByte(' ')
			default:
				line.WriteString(string(l.char) + l.marks)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

func numbered(from, to int) string {
	var b strings.Builder
	for n := from; n <= to; n++ {
		fmt.Fprintf(&b, "line %d\n", n)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func lines(from, to int) []byte {
	return []byte(strings.ReplaceAll(numbered(from, to), "\n", "\r\n"))
}

// held has a key held down while f runs.
func (y typist) held(key rfb.Keysym, f func()) {
	y.input.Key(rfb.KeyEvent{Down: true, Key: key})
	f()
	y.input.Key(rfb.KeyEvent{Key: key})
}

func TestScrollback(t *testing.T) {
	c := idle(t, 40, 5)
	c.output(lines(1, 30))
	y := newTypist(c)
	want := func(from, to int, up int) {
		t.Helper()
		text := numbered(from, to)
		if up > 0 {
			first, rest, _ := strings.Cut(text, "\n")
			sign := strings.TrimSuffix(signText(up), " ")
			text = first + strings.Repeat(" ", 40-len(first)-len(sign)-1) + sign + "\n" + rest
		}
		if got := c.picture(); got != text {
			t.Errorf("the picture shows\n%s\nwant\n%s", got, text)
		}
	}
	shifted := func(keys ...rfb.Keysym) { y.held(rfb.KeyShiftLeft, func() { y.keys(keys...) }) }
	want(26, 30, 0)
	shifted(rfb.KeyPageUp)
	want(22, 26, 4)
	shifted(rfb.KeyPageUp)
	want(18, 22, 8)
	shifted(rfb.KeyPageDown)
	want(22, 26, 4)
	c.output([]byte("\r\nline 31\r\nline 32")) // the place is kept
	want(22, 26, 6)
	shifted(rfb.KeyHome)
	want(1, 5, 27)
	shifted(rfb.KeyPageUp)
	want(1, 5, 27)
	shifted(rfb.KeyEnd)
	want(28, 32, 0)
	shifted(rfb.KeyPadPageUp)
	want(24, 28, 4)
	y.text("x") // typing goes back
	want(28, 32, 0)
	y.input.Pointer(rfb.PointerEvent{Buttons: wheelUp})
	y.input.Pointer(rfb.PointerEvent{})
	want(25, 29, 3)
	y.input.CutText("pasted")
	shifted(rfb.KeyInsert)
	want(28, 32, 0)
	shifted(rfb.KeyPageUp)
	y.keys(rfb.KeyShiftLeft, rfb.KeyControlLeft)
	want(24, 28, 4)
	y.input.Pointer(rfb.PointerEvent{Buttons: wheelDown})
	y.input.Pointer(rfb.PointerEvent{})
	want(27, 31, 1)
	c.output([]byte("\x1b[?1049h")) // no history there
	if got := c.picture(); got != "" {
		t.Errorf("the alternate screen shows %q", got)
	}
	if c.view.back {
		t.Error("the view is back where there is no history")
	}
	c.output([]byte("\x1b[?1049l"))
	want(28, 32, 0)
	shifted(rfb.KeyHome)
	c.output([]byte("\x1b[3J"))
	want(28, 32, 0)
}

// TestHistoryForgottenInView lets the history forget what is in view.
func TestHistoryForgottenInView(t *testing.T) {
	c := newConsole(t, Config{Command: []string{"sleep", "1000"}, Columns: 40, Rows: 5, History: 10})
	c.output(lines(1, 15))
	c.change(func(t *terminal.Terminal, v *view) { v.scrollTo(t, t.FirstLine()) })
	c.output([]byte("\r\n"))
	c.output(lines(16, 40))
	if got := c.picture(); !strings.HasPrefix(got, "line 26 ") || !strings.Contains(got, "10 lines up") {
		t.Errorf("the picture shows\n%s", got)
	}
}

// TestPaintingWhatIsThere paints after random output, scrolling and selecting, and
// compares the picture with one that is drawn at once.
func TestPaintingWhatIsThere(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	c := idle(t, 30, 6)
	pieces := []string{"hello", "世界", "\r\n", "\n", "\x1bM", "\x1b[2;4r", "\x1b[r", "\x1b[L", "\x1b[3M", "\x1b[2S", "\x1b[T",
		"\x1b[H", "\x1b[3;5H", "\x1b[6H", "\x1b[K", "\x1b[1J", "\x1b[2@", "\x1b[P", "\x1b[?1049h", "\x1b[?1049l", "e\u0301", "\x1b[31m",
		"\x1b[4;58;5;3m", "\x1b[m", "\x1b[?5h", "\x1b[?5l", "\x1b[?25l", "\x1b[?25h", "\x1b[5 q", "\x1b[2 q", "\x1b]4;1;#123456\x07",
		"\x1b]11;#000033\x07", "\x1b]104\x07", "\x1b]111\x07", "\x1b]12;#ff0000\x07", "\x1b]112\x07", "\x1b[3J", "\x1bc"}
	for step := range 3000 {
		switch r.IntN(12) {
		case 0:
			c.change(func(t *terminal.Terminal, v *view) { v.scrollBy(t, r.IntN(9)-4) })
		case 1:
			c.change(func(t *terminal.Terminal, v *view) {
				at := func() position { return position{v.top(t) + r.IntN(6), r.IntN(30)} }
				v.selection = selection{at(), at()}
			})
		case 2:
			c.follow()
		default:
			c.output([]byte(pieces[r.IntN(len(pieces)-r.IntN(2))]))
		}
		if r.IntN(4) > 0 {
			continue
		}
		got := c.fb.Snapshot()
		c.mu.Lock()
		shown := slices.Clone(c.painter.shown)
		last := c.painter.last
		for i := range c.painter.shown {
			c.painter.shown[i] = look{}
		}
		c.painter.last.top = -1 // draw all again
		c.mu.Unlock()
		c.fb.Invalidate()
		want := c.fb.Snapshot()
		if !slices.Equal(shown, c.painter.shown) || !slices.Equal(got.Pix, want.Pix) {
			t.Fatalf("step %d: the picture is not what is to be shown (%+v)", step, last)
		}
	}
}

// TestPaintingInParts lets no paint take longer than a row does, while the program goes on.
// At the end all is there.
func TestPaintingInParts(t *testing.T) {
	const rows = 20
	c := idle(t, 40, rows)
	c.painter.longest = -1
	paints, output := 0, []string{"\x1b[H", "\x1b[3L", "\x1b[M", "one", "\x1b[5;9r\x1b[2S\x1b[r", "two", "\x1b[20H\n\n", "\x1b[44mthree"}
	fb := display.NewFramebuffer(c.size.X, c.size.Y, "", func(canvas *display.Canvas) {
		if paints++; paints <= len(output) {
			c.output([]byte(output[paints-1]))
		}
		c.paint(canvas)
	})
	c.output([]byte("\x1b[41m\x1b[2J\x1b[H"))
	c.output(lines(1, 2*rows))
	c.painter.forget(c.term)
	fb.Invalidate()
	got := fb.Snapshot()
	if most := rows * (1 + len(output)); paints < rows || paints > most {
		t.Errorf("%d paints, want %d to %d", paints, rows, most)
	}
	c.painter.longest = time.Hour
	c.painter.forget(c.term)
	fb.Invalidate()
	if want := fb.Snapshot(); !slices.Equal(got.Pix, want.Pix) {
		t.Error("the picture is not what is painted at once")
	}
}

// TestOnlyChangesAreDamage writes what is there already.
func TestOnlyChangesAreDamage(t *testing.T) {
	c := idle(t, 40, 5)
	c.output([]byte("\x1b[Hsame text\x1b[5;1H"))
	c.fb.Snapshot()
	c.mu.Lock()
	shown := slices.Clone(c.painter.shown)
	c.mu.Unlock()
	c.output([]byte("\x1b[2J\x1b[Hsame text\x1b[5;1H"))
	c.fb.Snapshot()
	if !slices.Equal(shown, c.painter.shown) {
		t.Error("something has changed")
	}
}

// TestSynchronizedOutput holds the picture back until the program has completed it,
// or takes too long.
func TestSynchronizedOutput(t *testing.T) {
	c := idle(t, 40, 5)
	c.output([]byte("old"))
	if got := c.picture(); got != "old" {
		t.Fatalf("the picture shows %q", got)
	}
	c.output([]byte("\x1b[?2026h\x1b[2J\x1b[Hne"))
	c.output([]byte("w"))
	c.follow()
	c.fb.Invalidate()
	if got := c.picture(); got != "old" && c.isHeld() {
		t.Errorf("in between the picture shows %q", got)
	}
	c.output([]byte("\x1b[?2026l"))
	if got := c.picture(); got != "new" {
		t.Errorf("at the end the picture shows %q", got)
	}
	c.output([]byte("\x1b[?2026hstuck"))
	for end := time.Now().Add(patience); c.isHeld(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it is held back without end")
		}
	}
	if got := c.picture(); got != "newstuck" {
		t.Errorf("after the bound the picture shows %q", got)
	}
	c.output([]byte("\x1b[?2026h more"))
	if got := c.picture(); got != "newstuck more" {
		t.Errorf("a program that takes too long is held back again: %q", got)
	}
}

func (c *Console) isHeld() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hold.held
}
