package encoding

import (
	"cmp"
	"image"
	"math/bits"
	"slices"
)

// textLayout cuts an indexed area into rectangles of at most two colours each. A page
// of text has a few colours, but most lines, or parts of lines, have only two; those
// are compressed to less than half as pixels of one bit.
type textLayout struct {
	done []textRect
	open []textRect // of the last line, from left to right
	next []textRect
	// columns has the colours of each column of a line.
	columns []uint32
}

// textRect is a rectangle and a bit for each of its colours.
type textRect struct {
	image.Rectangle
	colours uint32
}

const (
	// maxTextColours is the largest palette that is cut up.
	maxTextColours = 32
	// minTextRect is the number of pixels that rectangles must have on average to be
	// worth their headers.
	minTextRect = 2000
)

// find cuts ix; false if that does not pay.
func (l *textLayout) find(ix *indexed) bool {
	l.done, l.open = l.done[:0], l.open[:0]
	height := len(ix.rows)
	most := ix.width * height / minTextRect
	for top := 0; top < height; {
		bottom := lineEnd(ix.rows, top)
		if !l.addLine(ix, top, bottom) || len(l.done)+len(l.open) > most {
			return false
		}
		top = bottom
	}
	l.done = append(l.done, l.open...)
	return true
}

// lineEnd gives the end of a line that begins with empty rows, of one colour, and goes
// on until there are such again.
func lineEnd(rows []uint32, y int) int {
	for y < len(rows) && oneColour(rows[y]) {
		y++
	}
	for y < len(rows) && !oneColour(rows[y]) {
		y++
	}
	return y
}

func oneColour(set uint32) bool { return set&(set-1) == 0 }

func fits(set uint32) bool { return bits.OnesCount32(set) <= 2 }

// addLine adds the rows from top to bottom.
func (l *textLayout) addLine(ix *indexed, top, bottom int) bool {
	set := uint32(0)
	for _, row := range ix.rows[top:bottom] {
		set |= row
	}
	if len(l.open) == 1 && fits(l.open[0].colours|set) {
		l.open[0].colours |= set
		l.open[0].Max.Y = bottom
		return true
	}
	if fits(set) && len(l.open) <= 1 {
		l.begin(append(l.next[:0], textRect{image.Rect(0, top, ix.width, bottom), set}))
		return true
	}
	l.findColumns(ix, top, bottom)
	if l.goesOn() {
		for i := range l.open {
			l.open[i].colours |= l.coloursOf(l.open[i])
			l.open[i].Max.Y = bottom
		}
		return true
	}
	parts, ok := l.cut(top, bottom)
	if ok {
		l.begin(parts)
	}
	return ok
}

// goesOn tells whether the line fits into the rectangles of the one above.
func (l *textLayout) goesOn() bool {
	for _, r := range l.open {
		if !fits(r.colours | l.coloursOf(r)) {
			return false
		}
	}
	return len(l.open) > 0
}

// coloursOf gives the colours that the line has between the sides of r.
func (l *textLayout) coloursOf(r textRect) uint32 {
	set := uint32(0)
	for _, column := range l.columns[r.Min.X:r.Max.X] {
		set |= column
	}
	return set
}

// begin closes the rectangles of the line above, except those that go on in the same
// place, and opens others.
func (l *textLayout) begin(parts []textRect) {
	for _, r := range l.open {
		if !continues(parts, r) {
			l.done = append(l.done, r)
		}
	}
	l.open, l.next = parts, l.open[:0]
}

// continues makes r part of the rectangle below it, if that is as wide and fits.
func continues(parts []textRect, r textRect) bool {
	for i, p := range parts {
		if p.Min.X == r.Min.X && p.Max.X == r.Max.X && fits(p.colours|r.colours) {
			parts[i].Min.Y = r.Min.Y
			parts[i].colours |= r.colours
			return true
		}
	}
	return false
}

// findColumns finds the colours of each column from top to bottom.
func (l *textLayout) findColumns(ix *indexed, top, bottom int) {
	if cap(l.columns) < ix.width {
		l.columns = make([]uint32, ix.width)
	}
	l.columns = l.columns[:ix.width]
	clear(l.columns)
	for y := top; y < bottom; y++ {
		for x, index := range ix.row(y) {
			l.columns[x] |= 1 << (index & 31)
		}
	}
}

// cut divides a line where a third colour begins: where the line above is cut, if
// there is a gap of one colour, else as far to the right as possible.
func (l *textLayout) cut(top, bottom int) (parts []textRect, ok bool) {
	parts = l.next[:0]
	part := textRect{Rectangle: image.Rect(0, top, 0, bottom)}
	gap := 0 // where the last columns of one colour begin
	for x, set := range l.columns {
		if !fits(set) {
			return nil, false
		}
		if !fits(part.colours | set) {
			part.Max.X = l.alignedCut(max(gap, part.Min.X), x, set)
			parts = append(parts, part)
			part = textRect{image.Rect(part.Max.X, top, x, bottom), 0}
			part.colours = l.coloursOf(part)
		}
		part.colours |= set
		if !oneColour(set) {
			gap = x + 1
		}
	}
	part.Max.X = len(l.columns)
	return append(parts, part), true
}

// alignedCut gives the x of a cut between two that the line above also has, if what is
// to the right of it goes with the set of colours at to, else to.
func (l *textLayout) alignedCut(from, to int, set uint32) int {
	for _, r := range l.open {
		if x := r.Max.X; x > from && x < to {
			if gap := l.columns[x]; fits(gap|set) && l.same(x, to) {
				return x
			}
		}
	}
	return to
}

// same tells whether columns have the same colours.
func (l *textLayout) same(from, to int) bool {
	for _, set := range l.columns[from:to] {
		if set != l.columns[from] {
			return false
		}
	}
	return true
}

// fewColours encodes r, which is what was indexed and may be cut.
func (e *tightEncoder) fewColours(r image.Rectangle) {
	n := e.indexed.n
	if e.isPNG() || n <= 2 || n > maxTextColours || !e.text.find(&e.indexed) {
		e.palette(r)
		return
	}
	slices.SortFunc(e.text.done, func(a, b textRect) int {
		return cmp.Or(cmp.Compare(a.Min.Y, b.Min.Y), cmp.Compare(a.Min.X, b.Min.X))
	})
	for _, part := range e.text.done {
		area := part.Add(r.Min)
		a, b := bits.TrailingZeros32(part.colours), bits.Len32(part.colours)-1
		if a == b {
			e.fill(area, e.indexed.colours[a])
		} else {
			e.mono(area, part.Rectangle, uint8(a), uint8(b))
		}
	}
}
