package console

import (
	"fmt"

	"vncsec/vncserve/display/console/font"
	"vncsec/vncserve/display/console/terminal"
)

// look is all that decides what a cell looks like. A wide character's right half is
// the zero look: it belongs to the left one.
type look struct {
	char    rune // 0 for none
	marks   string
	columns uint8
	variant font.Variant
	lines   terminal.Attr // of lined
	// fg, bg and line are the colours of the character, the ground and the underline.
	fg, bg, line uint32
	cursor       cursorLook
}

// cursorLook is the cursor on a cell: none, or its shape and colour.
type cursorLook struct {
	shown  bool
	shape  terminal.CursorShape
	colour uint32
}

// lined are the attributes that draw lines.
const lined = terminal.Underline | terminal.DoubleUnderline | terminal.CurlyUnderline | terminal.Strike | terminal.Overline

// lookOf gives the look of a cell.
func lookOf(cell *terminal.Cell, colors *terminal.Colors, reverseScreen, selected bool) look {
	if cell.Width == 0 {
		return look{}
	}
	fg, bg, line := colours(cell.Style, colors, reverseScreen)
	if selected {
		fg, bg, line = inverted(fg, bg)
	}
	l := look{columns: cell.Width, fg: fg, bg: bg}
	if cell.Rune != 0 && fg != bg && (cell.Rune != ' ' || cell.Marks != "") {
		l.char, l.marks = cell.Rune, cell.Marks
		if cell.Style.Attr&terminal.Bold != 0 {
			l.variant |= font.Bold
		}
		if cell.Style.Attr&terminal.Italic != 0 {
			l.variant |= font.Italic
		}
	}
	if l.lines = cell.Style.Attr & lined; l.lines != 0 {
		l.line = line
	}
	return l
}

// inverted swaps the colours of a cell, so that what is on it can be seen.
func inverted(fg, bg uint32) (newFg, newBg, line uint32) {
	if fg == bg {
		fg = bg ^ 0xffffff
	}
	return bg, fg, bg
}

// withCursor puts the cursor on the cell.
func (l look) withCursor(shape terminal.CursorShape, colors *terminal.Colors) look {
	colour := l.fg
	if colour == l.bg {
		colour ^= 0xffffff
	}
	if colors.HasCursor && colors.Cursor != l.bg {
		colour = colors.Cursor
	}
	if shape == terminal.CursorBlock {
		l.fg, l.bg, l.line = l.bg, colour, l.bg
		return l
	}
	l.cursor = cursorLook{true, shape, colour}
	return l
}

// frame is what a picture is to show.
type frame struct {
	term *terminal.Terminal
	view view
	// reverse is set for a reversed screen.
	reverse bool
	cursor  struct {
		shown   bool
		line, x int // a line's number, and the column
		shape   terminal.CursorShape
	}
	sign []terminal.Cell // over the end of the first line
}

func newFrame(t *terminal.Terminal, v view) *frame {
	modes := t.Modes()
	f := &frame{term: t, view: v, reverse: modes.ReverseScreen, sign: v.sign(t)}
	x, y := t.Cursor()
	if x > 0 && t.Row(y)[x].Width == 0 {
		x-- // the left half of a wide character
	}
	f.cursor.shown, f.cursor.shape = !modes.HideCursor, modes.Cursor
	f.cursor.line, f.cursor.x = t.ScreenLine()+y, x
	return f
}

// row puts the looks of row y of the view into looks, one for each column.
func (f *frame) row(y int, looks []look) {
	number := f.view.top(f.term) + y
	cells, _ := f.term.Line(number)
	from, to := f.view.selection.columns(number, len(cells))
	colors := f.term.Colors()
	for x := range cells {
		looks[x] = lookOf(&cells[x], colors, f.reverse, x >= from && x < to)
	}
	if f.cursor.shown && number == f.cursor.line {
		looks[f.cursor.x] = looks[f.cursor.x].withCursor(f.cursor.shape, colors)
	}
	if y == 0 && len(f.sign) > 0 {
		f.drawSign(looks)
	}
}

// drawSign puts the sign over the end of the looks of a row.
func (f *frame) drawSign(looks []look) {
	at := len(looks) - len(f.sign)
	if at <= 0 {
		return
	}
	if looks[at].columns == 0 { // half of a wide character
		looks[at-1].columns, looks[at-1].char, looks[at-1].marks = 1, 0, ""
	}
	for i := range f.sign {
		looks[at+i] = lookOf(&f.sign[i], f.term.Colors(), false, false)
	}
}

// signText tells that the view is that many lines up.
func signText(lines int) string {
	if lines == 1 {
		return " history, 1 line up "
	}
	return fmt.Sprintf(" history, %d lines up ", lines)
}
