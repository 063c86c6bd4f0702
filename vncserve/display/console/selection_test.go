package console

import (
	"image"
	"runtime"
	"strings"
	"testing"
	"time"

	"vncsec/vncserve/display/console/terminal"
	"vncsec/vncserve/rfb"
)

// mouse is a viewer's pointer in cells.
type mouse struct {
	typist
	c *Console
}

func (m mouse) at(x, y int, buttons uint16) {
	m.input.Pointer(rfb.PointerEvent{Buttons: buttons, X: uint16(x*m.c.cell.X + 2), Y: uint16(y*m.c.cell.Y + 2)})
}

func (m mouse) drag(x0, y0, x1, y1 int) {
	m.at(x0, y0, 0)
	m.at(x0, y0, leftButton)
	m.at(x1, y1, leftButton)
	m.at(x1, y1, 0)
}

func (m mouse) click(x, y, times int) {
	for range times {
		m.drag(x, y, x, y)
		m.input.selecting.since = time.Now().Add(time.Hour) // however slow the machine is
	}
}

func (m mouse) clipboard() string { return m.input.peer.(*fakePeer).clipboard }

// selected gives the cells in reverse as text.
func (c *Console) selected() string {
	c.fb.Snapshot()
	c.mu.Lock()
	defer c.mu.Unlock()
	var b strings.Builder
	ground := c.term.Colors().Background
	for _, l := range c.painter.shown {
		if l.columns > 0 && l.bg != ground {
			b.WriteString(string(max(l.char, ' ')) + l.marks)
		}
	}
	return b.String()
}

func TestSelecting(t *testing.T) {
	const screen = "\x1b[?25lthe first line   \r\n" +
		"cd /etc/ssh && ls *.conf\r\n" +
		"wide 世界e\u0301 text\r\n" +
		"a long line that goes on in the next one, which is wrapped\r\n" +
		"last"
	for _, tt := range []struct {
		name string
		do   func(m mouse)
		want string
	}{
		{"a word by dragging", func(m mouse) { m.drag(4, 0, 8, 0) }, "first"},
		{"backwards", func(m mouse) { m.drag(8, 0, 4, 0) }, "first"},
		{"over the end of lines", func(m mouse) { m.drag(10, 0, 1, 1) }, "line\ncd"},
		{"upwards", func(m mouse) { m.drag(1, 1, 10, 0) }, "line\ncd"},
		{"beyond the text", func(m mouse) { m.drag(10, 0, 39, 0) }, "line"},
		{"half of a wide character", func(m mouse) { m.drag(6, 2, 7, 2) }, "世界"},
		{"marks", func(m mouse) { m.drag(7, 2, 9, 2) }, "界e\u0301"},
		{"a wrapped line", func(m mouse) { m.drag(2, 3, 14, 4) }, "long line that goes on in the next one, which is wrap"},
		{"a click selects nothing", func(m mouse) { m.click(4, 0, 1) }, ""},
		{"a word", func(m mouse) { m.click(5, 0, 2) }, "first"},
		{"a path", func(m mouse) { m.click(6, 1, 2) }, "/etc/ssh"},
		{"no word", func(m mouse) { m.click(18, 1, 2) }, "*"},
		{"a wide word", func(m mouse) { m.click(6, 2, 2) }, "世界e\u0301"},
		{"a line", func(m mouse) { m.click(5, 1, 3) }, "cd /etc/ssh && ls *.conf"},
		{"a line that is wrapped", func(m mouse) { m.click(0, 4, 3) }, "a long line that goes on in the next one, which is wrapped"},
		{"words by dragging", func(m mouse) {
			m.click(5, 0, 1)
			m.drag(5, 0, 12, 0)
		}, "first line"},
		{"all", func(m mouse) { m.drag(0, 0, 39, 5) }, "the first line\ncd /etc/ssh && ls *.conf\nwide 世界e\u0301 text\na long line that goes on in the next one, which is wrapped\nlast"},
	} {
		c := idle(t, 40, 6)
		c.output([]byte(screen))
		m := mouse{newTypist(c), c}
		tt.do(m)
		if got := m.clipboard(); got != tt.want {
			t.Errorf("%s: the clipboard has %q, want %q", tt.name, got, tt.want)
		}
		flat := strings.NewReplacer("\n", "", " ", "").Replace
		if got := c.selected(); flat(got) != flat(tt.want) {
			t.Errorf("%s: %q is in reverse, want %q", tt.name, got, tt.want)
		}
	}
}

// TestWordOverWrap selects a word that goes on in the next line.
func TestWordOverWrap(t *testing.T) {
	c := idle(t, 20, 6)
	c.output([]byte("see https://example.org/a/b for more"))
	m := mouse{newTypist(c), c}
	for _, at := range [][2]int{{10, 0}, {1, 1}} {
		m.click(at[0], at[1], 2)
		if got := m.clipboard(); got != "https://example.org/a/b" {
			t.Errorf("the clipboard has %q", got)
		}
	}
}

// TestSelectionEnds changes what is selected, and what is not.
func TestSelectionEnds(t *testing.T) {
	for _, tt := range []struct {
		name, out string
		ends      bool
	}{
		{"text elsewhere", "\x1b[4Helsewhere", false},
		{"scrolling into the history", "\x1b[6H\n\n\n\n\n\n\n\n\n\n", false},
		{"text on it", "\x1b[2;5HX", true},
		{"text beside it", "\x1b[2;30HX", false},
		{"erasing it", "\x1b[2J", true},
		{"moving it", "\x1b[H\x1b[L", true},
		{"another screen", "\x1b[?1049h", true},
		{"a reset", "\x1bc", true},
		{"forgetting it", strings.Repeat("\r\n", 2000), true},
	} {
		c := idle(t, 40, 6)
		c.output([]byte("one\r\ntwo two two\r\nthree"))
		m := mouse{newTypist(c), c}
		m.drag(0, 1, 12, 1)
		c.output([]byte(tt.out))
		c.mu.Lock()
		ended := c.view.selection.empty()
		c.mu.Unlock()
		if ended != tt.ends {
			t.Errorf("%s: the selection ended: %t, want %t", tt.name, ended, tt.ends)
		}
	}
}

// TestSelectingInHistory selects over two views.
func TestSelectingInHistory(t *testing.T) {
	c := idle(t, 40, 5)
	c.output(lines(1, 30))
	m := mouse{newTypist(c), c}
	m.at(0, 0, wheelUp)
	m.at(0, 0, 0)
	m.at(0, 1, leftButton)
	c.output([]byte("\r\nmore"))
	m.at(0, 1, leftButton|wheelDown)
	m.at(0, 1, leftButton)
	m.at(39, 3, leftButton)
	m.at(39, 3, 0)
	if got, want := m.clipboard(), numbered(24, 29); got != want {
		t.Errorf("the clipboard has %q, want %q", got, want)
	}
}

// TestWhoHasThePointer tells the program's pointer from the viewer's.
func TestWhoHasThePointer(t *testing.T) {
	c := sh(t, "stty raw -echo; printf '\\033[?1000;1006hready'; dd bs=1 count=9 2>/dev/null | od -An -c; sleep 60")
	c.waitText(t, "ready")
	m := mouse{newTypist(c), c}
	m.held(rfb.KeyShiftLeft, func() { m.drag(0, 0, 4, 0) })
	if got := m.clipboard(); got != "ready" {
		t.Errorf("with Shift the clipboard has %q", got)
	}
	m.at(2, 0, leftButton)
	c.waitFor(t, "the report", func(s string) bool {
		return strings.Contains(strings.Join(strings.Fields(s), " "), "033 [ < 0 ; 3 ; 1 M")
	})
	if m.clipboard() != "ready" {
		t.Error("the program's pointer selects")
	}
}

// TestWheelInAlternateScreen presses cursor keys.
func TestWheelInAlternateScreen(t *testing.T) {
	for output, want := range map[string]string{
		"[m":      "^[[A^[[A^[[A^[[B^[[B^[[B.",
		"[?1h":    "^[OA^[OA^[OA^[OB^[OB^[OB.",
		"[?1007l": ".",
	} {
		c := sh(t, "stty -echo; printf '\\033[?1049h\\033[H\\033"+output+"'; stty echo; echo ready; exec sleep 60")
		c.waitText(t, "ready")
		m := mouse{newTypist(c), c}
		m.at(0, 0, wheelUp)
		m.at(0, 0, 0)
		m.at(0, 0, wheelDown)
		m.at(0, 0, 0)
		m.text(".")
		c.waitFor(t, want, func(s string) bool {
			_, echoed, _ := strings.Cut(s, "\n")
			return echoed == want
		})
	}
}

// TestCopyAndPasteKeys copies what another viewer has selected, and pastes it. With nothing
// selected the key that copies does nothing, above all not what it does without Shift.
func TestCopyAndPasteKeys(t *testing.T) {
	c := newConsole(t, Config{Command: []string{"/bin/sh", "-c", "stty raw -echo; printf ready; exec cat -v"}, Columns: 40, Rows: 5})
	c.waitText(t, "ready")
	m, other := mouse{newTypist(c), c}, mouse{newTypist(c), c}
	shortcut := func(y typist, key rfb.Keysym) {
		y.held(rfb.KeyControlLeft, func() { y.held(rfb.KeyShiftLeft, func() { y.keys(key) }) })
	}
	shortcut(m.typist, 'C')
	other.drag(1, 0, 4, 0)
	shortcut(m.typist, 'c') // as with Caps Lock
	if got := m.clipboard(); got != "eady" {
		t.Errorf("the clipboard is %q", got)
	}
	shortcut(m.typist, 'V')
	shortcut(m.typist, 'v')
	m.text(".")
	c.waitText(t, ".")
	if got := c.text(); got != "readyeadyeady." {
		t.Errorf("the command got %q", got)
	}
	m.held(rfb.KeyControlLeft, func() { m.keys('c', 'v') })
	c.waitText(t, "^C^V")
}

// TestFetchedPaste pastes a clipboard that comes later, once.
func TestFetchedPaste(t *testing.T) {
	c := sh(t, "echo ready; cat")
	c.waitText(t, "ready")
	m := mouse{newTypist(c), c}
	peer := m.input.peer.(*fakePeer)
	m.input.CutText("old\n")
	peer.fetches = true
	m.at(0, 0, middleButton)
	m.at(0, 0, 0)
	m.input.CutText("fetched\n")
	m.input.CutText("later\n")
	c.waitText(t, "fetched\nfetched")
	m.held(rfb.KeyShiftLeft, func() { m.keys(rfb.KeyInsert) })
	m.text("typed\n") // a key comes between
	m.input.CutText("too late\n")
	m.at(0, 0, middleButton)
	m.at(0, 0, 0)
	m.input.wanted = time.Now().Add(-patienceForClipboard - time.Second)
	m.input.CutText("much too late\n")
	m.text("end\n")
	c.waitFor(t, "the end twice", func(s string) bool { return strings.Count(s, "end") == 2 })
	if text := c.text(); strings.Contains(text, "late") || strings.Contains(text, "old") {
		t.Errorf("the screen shows\n%s", text)
	}
}

// TestPasteOfSelection pastes what the viewer has selected, which it has not told.
func TestPasteOfSelection(t *testing.T) {
	c := sh(t, "echo ready; cat")
	c.waitText(t, "ready")
	m := mouse{newTypist(c), c}
	m.input.CutText("old")
	m.click(2, 0, 2)
	m.at(0, 0, middleButton)
	m.at(0, 0, 0)
	m.text("\n")
	c.waitText(t, "ready\nready\nready")
}

// FuzzSelecting drags from cell to cell of what a program wrote: nothing may panic,
// and no half of a wide character may be selected.
func FuzzSelecting(f *testing.F) {
	f.Add([]byte("a世界 b\r\nword\r\n\n\n\n\nx"), uint8(3), uint8(1), uint8(9), uint8(4), uint8(1))
	f.Fuzz(func(t *testing.T, out []byte, x0, y0, x1, y1, u uint8) {
		term := terminal.New(10, 3)
		term.KeepHistory(5)
		term.Write(out)
		lines := term.ScreenLine() + 3 - term.FirstLine()
		at := func(x, y uint8) selection {
			return unitAt(term, position{term.FirstLine() + int(y)%lines, int(x) % 10}, unit(u%3))
		}
		s := at(x0, y0).union(at(x1, y1))
		for n := s.from.line; n <= s.to.line; n++ {
			cells, _ := term.Line(n)
			from, to := s.columns(n, len(cells))
			if from < len(cells) && from < to && cells[from].Width == 0 || to < len(cells) && from < to && cells[to].Width == 0 {
				t.Fatalf("line %d: %d to %d cuts a wide character", n, from, to)
			}
		}
		w := watchSelection(term, s)
		if !w.intact(term) {
			t.Fatal("a selection that nothing touched is not intact")
		}
		_ = s.text(term)
	})
}

// TestSelectedTextIsBounded selects lines that are all one, as they were wrapped: no more
// of them is put together than a clipboard takes.
func TestSelectedTextIsBounded(t *testing.T) {
	const columns, kept = 500, 40000
	term := terminal.New(columns, 10)
	term.KeepHistory(kept)
	for range kept / 2 {
		term.Write([]byte(strings.Repeat("x", columns)))
	}
	start := position{term.FirstLine(), 0}
	lines := term.ScreenLine() - term.FirstLine()
	enough := rfb.MaxCutText/columns + 2
	if lines < 4*enough {
		t.Fatalf("only %d lines are kept", lines)
	}
	work := func(n int) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		text := selection{start, position{start.line + n - 1, columns}}.text(term)
		runtime.ReadMemStats(&after)
		if len(text) != rfb.MaxCutText {
			t.Errorf("a text of %d bytes from %d lines", len(text), n)
		}
		return after.TotalAlloc - before.TotalAlloc
	}
	if all, some := work(lines), work(enough); all > 2*some {
		t.Errorf("%d bytes of memory for %d lines, %d for the %d that are enough", all, lines, some, enough)
	}
}

// TestSelectingWhileTheSizeChanges has the screen become smaller while a viewer holds its
// button down, so that the place where it pressed is no more.
func TestSelectingWhileTheSizeChanges(t *testing.T) {
	c := idle(t, 40, 20)
	c.output([]byte("the top"))
	m := mouse{newTypist(c), c}
	m.at(35, 18, leftButton)
	c.resize(image.Pt(30*c.cell.X, 10*c.cell.Y))
	m.at(0, 0, leftButton)
	m.at(0, 0, 0)
	if got := m.clipboard(); got != "" {
		t.Errorf("the clipboard has %q, want nothing of a line that is no more", got)
	}
	m.drag(0, 0, 2, 0)
	if got := m.clipboard(); got != "the" {
		t.Errorf("the clipboard has %q afterwards", got)
	}
}

// TestPressBeyondTheScreen presses at a cell that was there when the viewer's message
// came, and is no more when it is acted on: somebody else changed the size.
func TestPressBeyondTheScreen(t *testing.T) {
	c := idle(t, 40, 20)
	c.output([]byte("the top"))
	m := mouse{newTypist(c), c}
	c.resize(image.Pt(30*c.cell.X, 10*c.cell.Y))
	for _, cell := range []image.Point{{35, 5}, {5, 18}, {39, 19}} {
		m.input.press(cell)
		m.input.drag(cell)
		m.input.release()
	}
	if got := m.clipboard(); got != "" {
		t.Errorf("the clipboard has %q", got)
	}
}
