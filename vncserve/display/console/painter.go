package console

import (
	"image"
	"slices"
	"time"

	"vncsec/vncserve/display"
	"vncsec/vncserve/display/console/font"
	"vncsec/vncserve/display/console/terminal"
	"vncsec/vncserve/rfb/encoding"
)

// longestPaint is about how long a paint may take, in which nobody gets at the terminal and
// the framebuffer: a large screen full of characters that were not there before, or each of
// another colour, takes many times as long.
const longestPaint = 30 * time.Millisecond

// painter draws a terminal on a framebuffer. It knows what is drawn there, and draws
// and damages only the cells that are to look otherwise.
type painter struct {
	font    *font.Font
	longest time.Duration // how long a paint may take
	// columns and rows are the size of what is shown; shown has a look for each cell,
	// row by row.
	columns, rows int
	shown         []look
	looks         []look // of the row being drawn
	// stale are the rows that may be to look otherwise than shown; the next paint begins
	// with row next.
	stale []bool
	next  int
	// last is what was drawn last.
	last drawn
	// shades is the last ramp.
	shades [256]uint32
}

// drawn is what the last picture showed.
type drawn struct {
	view    view
	top     int
	cursor  int // the row
	sign    bool
	reverse bool
}

// forget makes the next paint draw everything, on a picture that is black.
func (p *painter) forget(t *terminal.Terminal) {
	p.columns, p.rows = t.Size()
	p.shown = make([]look, p.columns*p.rows)
	p.looks = make([]look, p.columns)
	p.stale, p.next = make([]bool, p.rows), 0
	p.last = drawn{top: -1}
}

// paint brings the picture up to date, false if it took too long and has to go on in
// another call.
func (p *painter) paint(c *display.Canvas, t *terminal.Terminal, v view) (done bool) {
	began := time.Now()
	f := newFrame(t, v)
	now := drawn{view: v, top: v.top(t), sign: len(f.sign) > 0, reverse: f.reverse}
	now.cursor = f.cursor.line - now.top
	all := now.view != p.last.view || now.reverse != p.last.reverse || p.last.top < 0
	scroll := t.TakeScroll()
	if moved := scroll.Lines != 0 || now.top != p.last.top; moved && (!v.selection.empty() || slices.Contains(p.stale, true)) {
		all = true // these do not move with what is in a scroll region
	}
	switch live := !v.back && !p.last.view.back; {
	case live:
		p.scroll(c, scroll)
	case p.last.top >= 0:
		p.scroll(c, terminal.Scroll{Bottom: p.rows, Lines: now.top - p.last.top})
		fallthrough
	default:
		all = true
	}
	for y := range p.rows {
		from, to := 0, 0
		if line := now.top + y - t.ScreenLine(); line >= 0 {
			from, to = t.TakeDirty(line)
		}
		p.stale[y] = p.stale[y] || all || from < to || y == now.cursor || y == p.last.cursor
	}
	p.last = now
	return p.drawStale(c, f, began)
}

// drawStale draws the rows that are stale, false if a paint that began then would take too
// long for all of them.
func (p *painter) drawStale(c *display.Canvas, f *frame, began time.Time) (done bool) {
	drawn := false
	for i := range p.rows {
		y := (p.next + i) % p.rows
		switch {
		case !p.stale[y]:
			continue
		case drawn && time.Since(began) > p.longest:
			p.next = y
			return false
		}
		f.row(y, p.looks)
		p.drawRow(c, y)
		p.stale[y], drawn = false, true
	}
	return true
}

// scroll moves the picture.
func (p *painter) scroll(c *display.Canvas, s terminal.Scroll) {
	from, to := max(s.Top, s.Top+s.Lines), min(s.Bottom, s.Bottom+s.Lines)
	if s.Lines == 0 || from >= to {
		return
	}
	src := p.cells(0, from, p.columns, to)
	c.Move(src.Min.Sub(image.Pt(0, s.Lines*p.font.Height)), src)
	copy(p.shown[(from-s.Lines)*p.columns:], slices.Clone(p.shown[from*p.columns:to*p.columns]))
	if p.last.cursor >= s.Top && p.last.cursor < s.Bottom {
		p.last.cursor -= s.Lines
	}
}

// cells gives the pixels of a rectangle of cells.
func (p *painter) cells(x0, y0, x1, y1 int) image.Rectangle {
	w, h := p.font.Width, p.font.Height
	return image.Rect(x0*w, y0*h, x1*w, y1*h)
}

// drawRow draws what of a row looks otherwise than before.
func (p *painter) drawRow(c *display.Canvas, y int) {
	shown := p.shown[y*p.columns : (y+1)*p.columns]
	first, end := p.columns, 0
	for x := range p.looks {
		l := &p.looks[x]
		if *l == shown[x] {
			continue
		}
		shown[x] = *l
		if l.columns > 0 {
			p.drawCell(c.Picture(), x, y, l)
			first, end = min(first, x), x+int(l.columns)
		}
	}
	if first < end {
		c.Damage(p.cells(first, y, end, y+1))
	}
}

func (p *painter) drawCell(dst *encoding.Picture, x, y int, l *look) {
	area := p.cells(x, y, x+int(l.columns), y+1)
	if l.char == 0 {
		dst.Fill(area, l.bg)
	} else {
		p.blend(dst, area, p.font.Mask(l.char, l.marks, l.variant, int(l.columns)), l.fg, l.bg)
	}
	if l.lines != 0 {
		p.drawLines(dst, area, l)
	}
	if l.cursor.shown {
		p.drawCursor(dst, area, l.cursor)
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

// drawLines draws the lines of a cell's attributes.
func (p *painter) drawLines(dst *encoding.Picture, area image.Rectangle, l *look) {
	thick := max(1, p.font.Height/18)
	line := func(y int, colour uint32) {
		r := image.Rect(area.Min.X, area.Min.Y+y, area.Max.X, area.Min.Y+y+thick)
		dst.Fill(r.Intersect(area), colour)
	}
	under := p.font.Baseline + thick
	switch {
	case l.lines&terminal.CurlyUnderline != 0:
		for x := range area.Dx() {
			y := under + []int{0, 1, 2, 1}[(area.Min.X+x)/thick%4]*thick
			at := image.Pt(area.Min.X+x, area.Min.Y+y)
			dst.Fill(image.Rectangle{at, at.Add(image.Pt(1, thick))}.Intersect(area), l.line)
		}
	case l.lines&terminal.DoubleUnderline != 0:
		line(under, l.line)
		line(under+2*thick, l.line)
	case l.lines&terminal.Underline != 0:
		line(under, l.line)
	}
	if l.lines&terminal.Strike != 0 {
		line(p.font.Baseline-p.font.Height/4, l.fg)
	}
	if l.lines&terminal.Overline != 0 {
		line(0, l.fg)
	}
}

// drawCursor draws a cursor that is a line at one side of the cell.
func (p *painter) drawCursor(dst *encoding.Picture, area image.Rectangle, c cursorLook) {
	thick := max(2, p.font.Height/9)
	if c.shape == terminal.CursorUnderline {
		dst.Fill(image.Rect(area.Min.X, area.Max.Y-thick, area.Max.X, area.Max.Y), c.colour)
		return
	}
	dst.Fill(image.Rect(area.Min.X, area.Min.Y, area.Min.X+thick, area.Max.Y), c.colour)
}
