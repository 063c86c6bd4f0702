package terminal

// Color is a colour of a cell: the zero value is the terminal's default, others are
// made by Palette and RGB.
type Color uint32

const (
	colorPalette Color = 1 << 24
	colorRGB     Color = 2 << 24
)

// Palette gives entry n, 0 to 255, of xterm's palette.
func Palette(n uint8) Color { return colorPalette | Color(n) }

// RGB gives a true colour.
func RGB(r, g, b uint8) Color {
	return colorRGB | Color(r)<<16 | Color(g)<<8 | Color(b)
}

// Index gives the palette entry of c, if it is one.
func (c Color) Index() (n uint8, ok bool) { return uint8(c), c&^0xff == colorPalette }

// TrueColor gives 0x00RRGGBB, if c is a true colour.
func (c Color) TrueColor() (rgb uint32, ok bool) {
	return uint32(c & 0xffffff), c&^0xffffff == colorRGB
}

// Attr is a set of attributes of a cell.
type Attr uint16

// The attributes of SGR.
const (
	Bold Attr = 1 << iota
	Dim
	Italic
	Underline
	DoubleUnderline // with Underline: another shape
	CurlyUnderline  // with Underline: another shape
	Blink
	Reverse
	Hidden
	Strike
	Overline

	underlines = Underline | DoubleUnderline | CurlyUnderline
)

// Style is how a cell looks.
type Style struct {
	Fg, Bg Color
	Attr   Attr
}

// erased is what erasing leaves of s: the background (terminfo's bce).
func (s Style) erased() Style { return Style{Bg: s.Bg} }

// Cell is one position of the screen.
type Cell struct {
	// Rune is the character, 0 for none.
	Rune rune
	// Marks are the combining characters on top of it.
	Marks string
	// Width is 1, 2 for the left half of a wide character, or 0 for its right half.
	Width uint8
	Style Style
}

// maxMarks bounds the bytes of combining characters in a cell.
const maxMarks = 32

func blank(s Style) Cell { return Cell{Width: 1, Style: s} }

// line is a row of cells and what of it has changed.
type line struct {
	cells []Cell
	// dirtyFrom to dirtyTo is the range of cells that changed.
	dirtyFrom, dirtyTo int
}

func newLine(columns int, s Style) *line {
	l := &line{cells: make([]Cell, columns)}
	l.fill(0, columns, blank(s))
	return l
}

func (l *line) touch(from, to int) {
	if from >= to {
		return
	}
	if l.dirtyTo == l.dirtyFrom {
		l.dirtyFrom, l.dirtyTo = from, to
		return
	}
	l.dirtyFrom, l.dirtyTo = min(l.dirtyFrom, from), max(l.dirtyTo, to)
}

// fill sets the cells from to to (exclusive), cutting wide characters at the ends.
func (l *line) fill(from, to int, c Cell) {
	l.split(from)
	l.split(to)
	l.set(from, to, c)
}

func (l *line) set(from, to int, c Cell) {
	for i := from; i < to; i++ {
		l.cells[i] = c
	}
	l.touch(from, to)
}

// split makes sure that no wide character lies across the left edge of column x, by
// blanking both of its halves.
func (l *line) split(x int) {
	if x <= 0 || x >= len(l.cells) || l.cells[x].Width != 0 {
		return
	}
	l.cells[x-1] = blank(l.cells[x-1].Style)
	l.cells[x] = blank(l.cells[x].Style)
	l.touch(x-1, x+1)
}

// resize cuts or fills the line to another width.
func (l *line) resize(columns int) {
	l.split(columns)
	for len(l.cells) < columns {
		l.cells = append(l.cells, blank(Style{}))
	}
	l.cells = l.cells[:columns]
	l.dirtyFrom, l.dirtyTo = 0, columns
}
