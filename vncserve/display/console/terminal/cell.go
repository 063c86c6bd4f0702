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
	// Line is the colour of the underline, the default for that of the character.
	Line Color
	Attr Attr
}

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
