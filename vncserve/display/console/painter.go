package console

import (
	"image"

	"vncsec/vncserve/display"
	"vncsec/vncserve/display/console/font"
	"vncsec/vncserve/display/console/terminal"
	"vncsec/vncserve/rfb/encoding"
)

// painter draws a terminal on a framebuffer, only what has changed.
type painter struct {
	font *font.Font
	// cursor is the cell where the cursor is drawn, and shown whether it is.
	cursor image.Point
	shown  bool
	// shades is the last ramp.
	shades [256]uint32
}

// forget makes the next paint draw everything.
func (p *painter) forget(t *terminal.Terminal) {
	columns, rows := t.Size()
	for y := range rows {
		t.Touch(0, y)
		t.Touch(columns-1, y)
	}
	t.TakeScroll()
	p.shown = false
}

// paint brings the picture up to date.
func (p *painter) paint(c *display.Canvas, t *terminal.Terminal) {
	p.scroll(c, t)
	if p.shown { // the place where the cursor was
		t.Touch(p.cursor.X, p.cursor.Y)
	}
	columns, rows := t.Size()
	for y := range rows {
		if from, to := t.TakeDirty(y); from < to {
			p.drawCells(c, t, y, from, to)
		}
	}
	x, y := t.Cursor()
	if x > 0 && t.Row(y)[x].Width == 0 {
		x-- // the left half of a wide character
	}
	p.cursor, p.shown = image.Pt(x, y), !t.Modes().HideCursor
	if p.shown {
		p.drawCursor(c, t, min(columns, x+int(max(1, t.Row(y)[x].Width))))
	}
}

// scroll moves the picture as the terminal scrolled.
func (p *painter) scroll(c *display.Canvas, t *terminal.Terminal) {
	s := t.TakeScroll()
	if s.Lines == 0 {
		return
	}
	columns, _ := t.Size()
	from, to := max(s.Top, s.Top+s.Lines), min(s.Bottom, s.Bottom+s.Lines)
	if from < to {
		src := p.cells(0, from, columns, to)
		c.Move(src.Min.Sub(image.Pt(0, s.Lines*p.font.Height)), src)
	}
	if p.cursor.Y >= s.Top && p.cursor.Y < s.Bottom {
		p.cursor.Y -= s.Lines
		p.shown = p.shown && p.cursor.Y >= s.Top && p.cursor.Y < s.Bottom
	}
}

// cells gives the pixels of a rectangle of cells.
func (p *painter) cells(x0, y0, x1, y1 int) image.Rectangle {
	w, h := p.font.Width, p.font.Height
	return image.Rect(x0*w, y0*h, x1*w, y1*h)
}

func (p *painter) drawCells(c *display.Canvas, t *terminal.Terminal, y, from, to int) {
	row := t.Row(y)
	if row[from].Width == 0 && from > 0 {
		from--
	}
	if to < len(row) && row[to].Width == 0 {
		to++
	}
	reverse := t.Modes().ReverseScreen
	for x := from; x < to; x++ {
		if row[x].Width > 0 {
			fg, bg := colours(row[x].Style, reverse)
			p.drawCell(c.Picture(), x, y, &row[x], fg, bg)
		}
	}
	c.Damage(p.cells(from, y, to, y+1))
}

func (p *painter) drawCell(dst *encoding.Picture, x, y int, cell *terminal.Cell, fg, bg uint32) {
	area := p.cells(x, y, x+int(cell.Width), y+1)
	if cell.Rune == 0 || cell.Rune == ' ' && cell.Marks == "" || fg == bg {
		dst.Fill(area, bg)
	} else {
		var v font.Variant
		if cell.Style.Attr&terminal.Bold != 0 {
			v |= font.Bold
		}
		if cell.Style.Attr&terminal.Italic != 0 {
			v |= font.Italic
		}
		p.blend(dst, area, p.font.Mask(cell.Rune, cell.Marks, v, int(cell.Width)), fg, bg)
	}
	if cell.Style.Attr&lined != 0 {
		p.drawLines(dst, area, cell.Style.Attr, fg)
	}
}

// blend paints a mask in fg on bg.
func (p *painter) blend(dst *encoding.Picture, area image.Rectangle, mask font.Mask, fg, bg uint32) {
	shades := p.ramp(fg, bg)
	width := area.Dx()
	for y := area.Min.Y; y < area.Max.Y; y++ {
		row := dst.Row(y, area.Min.X, area.Max.X)
		for x, alpha := range mask[:width] {
			row[x] = shades[alpha]
		}
		mask = mask[width:]
	}
}

// ramp gives the colours from bg to fg by coverage. It remembers the last pair, as
// most cells look like the one before.
func (p *painter) ramp(fg, bg uint32) *[256]uint32 {
	if p.shades[255] != fg || p.shades[0] != bg {
		for alpha := range p.shades {
			p.shades[alpha] = mix(fg, bg, uint32(alpha))
		}
	}
	return &p.shades
}

// lined are the attributes that draw lines.
const lined = terminal.Underline | terminal.Strike | terminal.Overline

// drawLines draws the lines of a cell's attributes.
func (p *painter) drawLines(dst *encoding.Picture, area image.Rectangle, attr terminal.Attr, colour uint32) {
	thick := max(1, p.font.Height/18)
	line := func(y int) {
		r := image.Rect(area.Min.X, area.Min.Y+y, area.Max.X, area.Min.Y+y+thick)
		dst.Fill(r.Intersect(area), colour)
	}
	under := p.font.Baseline + thick
	switch {
	case attr&terminal.CurlyUnderline != 0:
		for x := range area.Dx() {
			y := under + []int{0, 1, 2, 1}[(area.Min.X+x)/thick%4]*thick
			at := image.Pt(area.Min.X+x, area.Min.Y+y)
			dst.Fill(image.Rectangle{at, at.Add(image.Pt(1, thick))}.Intersect(area), colour)
		}
	case attr&terminal.DoubleUnderline != 0:
		line(under)
		line(under + 2*thick)
	case attr&terminal.Underline != 0:
		line(under)
	}
	if attr&terminal.Strike != 0 {
		line(p.font.Baseline - p.font.Height/4)
	}
	if attr&terminal.Overline != 0 {
		line(0)
	}
}

// drawCursor draws the cursor over its cell, which ends before column end.
func (p *painter) drawCursor(c *display.Canvas, t *terminal.Terminal, end int) {
	modes := t.Modes()
	cell := &t.Row(p.cursor.Y)[p.cursor.X]
	fg, bg := colours(cell.Style, modes.ReverseScreen)
	if fg == bg {
		fg = bg ^ 0xffffff
	}
	area := p.cells(p.cursor.X, p.cursor.Y, end, p.cursor.Y+1)
	thick := max(2, p.font.Height/9)
	switch modes.Cursor {
	case terminal.CursorUnderline:
		c.Picture().Fill(image.Rect(area.Min.X, area.Max.Y-thick, area.Max.X, area.Max.Y), fg)
	case terminal.CursorBar:
		c.Picture().Fill(image.Rect(area.Min.X, area.Min.Y, area.Min.X+thick, area.Max.Y), fg)
	default:
		p.drawCell(c.Picture(), p.cursor.X, p.cursor.Y, cell, bg, fg)
	}
	c.Damage(area)
}
