package encoding

import "image"

// mixed encodes r, which has many colours, as rectangles of tiles that look alike.
func (e *tightEncoder) mixed(r image.Rectangle) {
	e.kinds.find(e.source, e.sourceAt, r)
	for y := range e.kinds.rows {
		for x := range e.kinds.columns {
			kind := e.kinds.at(x, y)
			if kind == doneArea {
				continue
			}
			alike := func(x, y int) bool { return e.belongs(kind, x, y) }
			if kind == solidArea {
				value := e.cornerOf(x, y)
				alike = func(x, y int) bool { return e.kinds.at(x, y) == solidArea && e.cornerOf(x, y) == value }
			}
			area := e.kinds.bounds(e.kinds.take(x, y, alike))
			if kind == solidArea {
				e.fill(area, e.shown.Row(area.Min.Y, area.Min.X, area.Max.X)[0])
			} else {
				e.alike(area, kind)
			}
		}
	}
}

// belongs tells whether a tile can be in a rectangle of a kind. Text has solid tiles
// in between, which cost it hardly anything.
func (e *tightEncoder) belongs(kind areaKind, x, y int) bool {
	k := e.kinds.at(x, y)
	return k == kind || kind == textArea && k == solidArea
}

// cornerOf gives the value of a tile's upper left pixel.
func (e *tightEncoder) cornerOf(x, y int) uint32 {
	at := e.kinds.bounds(image.Rect(x, y, x+1, y+1)).Min
	return e.shown.Row(at.Y, at.X, at.X+1)[0]
}

// take gives the largest rectangle of tiles from x,y on that are alike, first as wide
// and then as high as possible, and marks them as done.
func (k *tightKinds) take(x, y int, alike func(x, y int) bool) image.Rectangle {
	right, bottom := x+1, y+1
	for alike(right, y) {
		right++
	}
	whole := func(row int) bool {
		for column := x; column < right; column++ {
			if !alike(column, row) {
				return false
			}
		}
		return true
	}
	for bottom < k.rows && whole(bottom) {
		bottom++
	}
	for row := y; row < bottom; row++ {
		for column := x; column < right; column++ {
			k.kinds[row*k.columns+column] = doneArea
		}
	}
	return image.Rect(x, y, right, bottom)
}

const (
	// fewInPhoto is the number of colours up to which an area is no photograph,
	// whatever it looks like.
	fewInPhoto = 24
	// minDivided is the number of pixels up to which an area is not divided to find
	// parts with palettes.
	minDivided = 1 << 13
)

// alike encodes r, whose tiles look alike.
func (e *tightEncoder) alike(r image.Rectangle, kind areaKind) {
	limit := maxTightPalette
	if kind == photoArea && e.mayLose() {
		limit = fewInPhoto
	}
	switch {
	case e.indexed.load(e.shown, r, limit):
		e.fewColours(r)
	case kind == photoArea:
		e.manyColours(r, photoArea)
	case r.Dx()*r.Dy() <= minDivided:
		e.manyColours(r, mixedArea) // text has fewer colours
	case r.Dx() > 2*r.Dy():
		middle := r.Min.X + r.Dx()/2
		e.alike(image.Rect(r.Min.X, r.Min.Y, middle, r.Max.Y), kind)
		e.alike(image.Rect(middle, r.Min.Y, r.Max.X, r.Max.Y), kind)
	default:
		middle := r.Min.Y + r.Dy()/2
		e.alike(image.Rect(r.Min.X, r.Min.Y, r.Max.X, middle), kind)
		e.alike(image.Rect(r.Min.X, middle, r.Max.X, r.Max.Y), kind)
	}
}
