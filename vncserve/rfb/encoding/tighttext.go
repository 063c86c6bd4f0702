package encoding

import (
	"cmp"
	"image"
	"math/bits"
	"slices"
)

// textLayout divides an indexed area into pixels of two colours, paper and ink, and
// rectangles of other colours that are drawn over them. A page of text has a few colours,
// but most of it has only two, and so have the lines and words of others. As pixels of one
// bit they are compressed to less than half.
type textLayout struct {
	paper, ink uint8
	over       []textRect
	open       []textRect // those that reach down to the last line
	next       []textRect
	// columns and above have the colours of each column of this line and of the last.
	columns, above []uint32
	aboveTop       int
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

// find divides ix; false if that does not pay.
func (l *textLayout) find(ix *indexed) bool {
	l.over, l.open = l.over[:0], l.open[:0]
	l.findPaper(ix)
	height := len(ix.rows)
	most := ix.width * height / minTextRect
	for top := 0; top < height; {
		bottom := lineEnd(ix.rows, top)
		if !l.addLine(ix, top, bottom) || 1+len(l.over)+len(l.open) > most {
			return false
		}
		top = bottom
	}
	l.over = append(l.over, l.open...)
	return true
}

// findPaper finds the two colours that the most rows have.
func (l *textLayout) findPaper(ix *indexed) {
	var rows [maxTextColours]int
	for _, set := range ix.rows {
		for ; set != 0; set &= set - 1 {
			rows[bits.TrailingZeros32(set)]++
		}
	}
	l.paper, l.ink = 0, 1
	if rows[1] > rows[0] {
		l.paper, l.ink = 1, 0
	}
	for i := 2; i < ix.n; i++ {
		switch {
		case rows[i] > rows[l.paper]:
			l.paper, l.ink = uint8(i), l.paper
		case rows[i] > rows[l.ink]:
			l.ink = uint8(i)
		}
	}
}

// plain tells whether a set has no other colours than paper and ink.
func (l *textLayout) plain(set uint32) bool { return set&^(1<<l.paper|1<<l.ink) == 0 }

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

// addLine finds what has other colours between the rows top and bottom.
func (l *textLayout) addLine(ix *indexed, top, bottom int) bool {
	set := uint32(0)
	for _, row := range ix.rows[top:bottom] {
		set |= row
	}
	l.next = l.next[:0]
	if !l.plain(set) {
		l.findColumns(ix, top, bottom)
		if !l.findParts(top, bottom) {
			return false
		}
		l.goOn()
	}
	l.over = append(l.over, l.open...)
	l.open, l.next, l.aboveTop = l.next, l.open, top
	return true
}

// findColumns finds the colours of each column from top to bottom.
func (l *textLayout) findColumns(ix *indexed, top, bottom int) {
	l.columns, l.above = l.above, l.columns
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

// findParts makes parts of the columns of the line that have other colours, with what is
// between those of the same two.
func (l *textLayout) findParts(top, bottom int) bool {
	var part textRect
	between := uint32(0)
	for x, set := range l.columns {
		plain := l.plain(set)
		if part.Dx() > 0 && fits(part.colours|between|set) {
			between |= set
			if !plain {
				part.Max.X = x + 1
				part.colours |= between
			}
			continue
		}
		if part.Dx() > 0 {
			l.next = append(l.next, part)
			part = textRect{}
		}
		if plain {
			continue
		}
		if !fits(set) {
			return false
		}
		part, between = textRect{image.Rect(x, top, x+1, bottom), set}, 0
	}
	if part.Dx() > 0 {
		l.next = append(l.next, part)
	}
	return true
}

// goOn makes the rectangles of the line above that can go on parts of those below them.
func (l *textLayout) goOn() {
	for i, part := range l.next {
		for j, above := range l.open {
			if joined, ok := l.join(above, part); ok {
				l.next[i] = joined
				l.open = slices.Delete(l.open, j, j+1)
				break
			}
		}
	}
}

// join joins a rectangle and a part of the line below it, if the rectangle around both has
// two colours. A rectangle of several lines gets no wider: what is beside it is not known
// any more.
func (l *textLayout) join(above, part textRect) (_ textRect, ok bool) {
	if above.Max.X <= part.Min.X || part.Max.X <= above.Min.X {
		return textRect{}, false
	}
	around := above.Union(part.Rectangle)
	colours := above.colours | coloursOf(l.columns, around)
	if wider := around.Dx() > above.Dx(); wider {
		if above.Min.Y < l.aboveTop {
			return textRect{}, false
		}
		colours |= coloursOf(l.above, around)
	}
	return textRect{around, colours}, fits(colours)
}

// coloursOf gives the colours that a line's columns have between the sides of r.
func coloursOf(columns []uint32, r image.Rectangle) uint32 {
	set := uint32(0)
	for _, column := range columns[r.Min.X:r.Max.X] {
		set |= column
	}
	return set
}

// fewColours encodes r, which is what was indexed and may be divided.
func (e *tightEncoder) fewColours(r image.Rectangle) {
	n := e.indexed.n
	if e.isPNG() || n <= 2 || n > maxTextColours || !e.text.find(&e.indexed) {
		e.palette(r)
		return
	}
	e.mono(r, image.Rectangle{Max: r.Size()}, e.text.paper, e.text.ink)
	slices.SortFunc(e.text.over, func(a, b textRect) int {
		return cmp.Or(cmp.Compare(a.Min.Y, b.Min.Y), cmp.Compare(a.Min.X, b.Min.X))
	})
	for _, part := range e.text.over {
		area := part.Add(r.Min)
		a, b := bits.TrailingZeros32(part.colours), bits.Len32(part.colours)-1
		if a == b {
			e.fill(area, e.indexed.colours[a])
		} else {
			e.mono(area, part.Rectangle, uint8(a), uint8(b))
		}
	}
}
