package terminal

// The sizes a terminal can have.
const (
	MinColumns, MinRows = 2, 1
	MaxColumns, MaxRows = 1000, 500
)

// Terminal is a screen and what a program did to it. It is for one goroutine at a
// time.
type Terminal struct {
	parser        parser
	columns, rows int

	// lines is the screen shown. other is the one not shown: the alternate screen,
	// or the main one while the alternate screen is shown.
	lines, other []*line
	alternate    bool

	cursor cursor
	saved  [2]cursor // by DECSC, for each screen
	// top and bottom are the first line of the scroll region and the one after it.
	top, bottom int
	tabs        []bool
	modes       Modes
	insert      bool
	newline     bool
	wrap        bool
	lastRune    rune // for REP

	history history
	// scrolledOff is the number of lines that left the main screen at its top.
	scrolledOff int
	decoded     []Cell // of a line of the history

	colors Colors
	title  string
	titles []string // put by

	replies  []byte
	events   Events
	scrolled Scroll
}

// cursor is what DECSC saves.
type cursor struct {
	x, y  int
	style Style
	// pending is set after a character in the last column: the next one wraps.
	pending bool
	origin  bool
	charset charsets
}

// Modes are the modes that matter to what is sent to the program and to how the
// screen is shown.
type Modes struct {
	// AppCursor and AppKeypad make the cursor keys and the keypad send other
	// sequences (DECCKM, DECKPAM).
	AppCursor, AppKeypad bool
	// BracketedPaste has pasted text enclosed in sequences (xterm 2004).
	BracketedPaste bool
	// Mouse is what the program wants to know of the pointer, MouseForm how.
	Mouse     Mouse
	MouseForm MouseForm
	// NoWheelKeys keeps the wheel from sending cursor keys in the alternate screen
	// when the program does not want the pointer (xterm 1007 off).
	NoWheelKeys bool
	// Alternate is set while the alternate screen is shown.
	Alternate bool
	// OtherKeys is how keys with modifiers send more than ordinary terminals' do
	// (xterm's modifyOtherKeys): 0 never, 1 where there is nothing else, 2 always.
	OtherKeys uint8
	// Synchronized is set while what the program writes is not to be shown, because
	// it is not complete (2026).
	Synchronized bool
	// HideCursor and ReverseScreen change the picture (DECTCEM, DECSCNM).
	HideCursor, ReverseScreen bool
	// Cursor is the shape of the cursor.
	Cursor CursorShape
}

// Mouse is the reporting of pointer events that a program asked for.
type Mouse uint8

// The levels of mouse reporting (xterm 9, 1000, 1002 and 1003).
const (
	MouseOff Mouse = iota
	MousePress
	MouseButtons
	MouseDrag
	MouseMotion
)

// MouseForm is the form of the reports.
type MouseForm uint8

// The forms: X10's bytes, and xterm 1005, 1006, 1015 and 1016.
const (
	MouseBytes MouseForm = iota
	MouseUTF8
	MouseSGR
	MouseURXVT
	MousePixels
)

// CursorShape is the shape of the text cursor (DECSCUSR).
type CursorShape uint8

// The shapes; blinking is not told apart.
const (
	CursorBlock CursorShape = iota
	CursorUnderline
	CursorBar
)

// Events are what a program did beside changing the screen.
type Events struct {
	// Bell is set if the bell rang, Title if the program set one.
	Bell     bool
	Title    string
	HasTitle bool
	// Clipboard is a text for the user's clipboard, "" if there is none.
	Clipboard string
	// Columns and Rows are the size that the program asks for, 0 if it does not.
	Columns, Rows int
}

// Scroll moves the lines Top to Bottom (exclusive) up by Lines, or down if that is
// negative.
type Scroll struct{ Top, Bottom, Lines int }

// New makes an empty terminal. The size is put within the bounds.
func New(columns, rows int) *Terminal {
	t := &Terminal{}
	t.columns, t.rows = clampSize(columns, rows)
	t.lines, t.other = t.newScreen(), t.newScreen()
	t.reset()
	return t
}

func clampSize(columns, rows int) (int, int) {
	return max(MinColumns, min(columns, MaxColumns)), max(MinRows, min(rows, MaxRows))
}

func (t *Terminal) newScreen() []*line {
	lines := make([]*line, t.rows)
	for i := range lines {
		lines[i] = newLine(t.columns)
	}
	return lines
}

// reset brings all to the state of a new terminal (RIS).
func (t *Terminal) reset() {
	t.renew()
	t.history.clear()
}

// Restart is a reset for another program: what the main screen shows goes to the history,
// which is kept.
func (t *Terminal) Restart() {
	t.setAlternate(false)
	t.top, t.bottom = 0, t.rows
	used := t.rows
	for used > 0 && t.lines[used-1].isBlank() {
		used--
	}
	t.scrollUp(used)
	t.renew()
}

// renew is a reset that keeps the history.
func (t *Terminal) renew() {
	if t.alternate {
		t.swapScreens()
	}
	t.softReset()
	t.cursor = cursor{}
	t.modes = Modes{}
	t.newline = false
	t.lastRune = 0
	t.resetTabs()
	t.eraseLines(0, t.rows)
	t.colors = defaultColors
	t.titles = nil
}

// softReset is DECSTR.
func (t *Terminal) softReset() {
	t.cursor.style, t.cursor.charset, t.cursor.origin, t.cursor.pending = Style{}, charsets{}, false, false
	t.saved = [2]cursor{}
	t.top, t.bottom = 0, t.rows
	t.insert, t.wrap = false, true
	t.modes.AppCursor, t.modes.AppKeypad, t.modes.HideCursor = false, false, false
	t.modes.OtherKeys, t.modes.Synchronized = 0, false
}

func (t *Terminal) resetTabs() {
	t.tabs = make([]bool, t.columns)
	for x := 8; x < t.columns; x += 8 {
		t.tabs[x] = true
	}
}

// Size gives the columns and rows.
func (t *Terminal) Size() (columns, rows int) { return t.columns, t.rows }

// Row gives the cells of line y, not to be changed.
func (t *Terminal) Row(y int) []Cell { return t.lines[y].all() }

// Cursor gives the position of the cursor.
func (t *Terminal) Cursor() (x, y int) { return t.cursor.x, t.cursor.y }

// Modes gives the modes.
func (t *Terminal) Modes() Modes {
	m := t.modes
	m.Alternate = t.alternate
	return m
}

// Colors gives the colours, not to be changed.
func (t *Terminal) Colors() *Colors { return &t.colors }

// TakeDirty gives the range of cells of line y that changed since the last call.
func (t *Terminal) TakeDirty(y int) (from, to int) {
	l := t.lines[y]
	from, to = l.dirtyFrom, l.dirtyTo
	l.dirtyFrom, l.dirtyTo = 0, 0
	return from, to
}

// Touch makes TakeDirty give cell x of line y.
func (t *Terminal) Touch(x, y int) {
	if y >= 0 && y < t.rows && x >= 0 && x < t.columns {
		t.lines[y].touch(x, x+1)
	}
}

// TakeScroll gives the scroll since the last call. It is to be carried out on the
// picture before the dirty cells are drawn.
func (t *Terminal) TakeScroll() Scroll {
	s := t.scrolled
	t.scrolled = Scroll{}
	return s
}

// TakeEvents gives what happened since the last call.
func (t *Terminal) TakeEvents() Events {
	e := t.events
	t.events = Events{}
	return e
}

// maxReplies bounds the answers that wait to be taken. A program that asks without
// reading gets no more.
const maxReplies = 4096

// TakeReplies gives what the terminal has to say to the program.
func (t *Terminal) TakeReplies() []byte {
	r := t.replies
	t.replies = nil
	return r
}

func (t *Terminal) reply(s string) {
	if len(t.replies)+len(s) <= maxReplies {
		t.replies = append(t.replies, s...)
	}
}

// touchLines makes all cells of the lines from top to bottom (exclusive) dirty.
func (t *Terminal) touchLines(top, bottom int) {
	for _, l := range t.lines[top:bottom] {
		l.touch(0, t.columns)
	}
}
