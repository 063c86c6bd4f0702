package encoding

import "image"

// tile is a part of a picture, at most maxTile wide and high. Its pixels are canonical
// ones; those of a format with fewer colours are rounded to the colours that the viewer
// will see, so that equal ones are found equal.
type tile struct {
	width, height int
	// lanes is the width rounded up to laneWidth; pixels beyond the width repeat the
	// last one of their row, so that they add no colour.
	lanes int
	// pixels has the rows, which begin stride apart. It is the picture's own memory if
	// that has all in the right way, else the copy.
	pixels []uint32
	stride int
	copy   [maxTile * maxTile]uint32
	few    fewColours
}

const maxTile = 64

// load makes the tile one of r of p. It is valid until p changes.
func (t *tile) load(p *Picture, r image.Rectangle, translator *Translator) {
	t.width, t.height = r.Dx(), r.Dy()
	t.lanes = (t.width + laneWidth - 1) &^ (laneWidth - 1)
	if translator.shown == nil && t.lanes == t.width {
		t.pixels, t.stride = p.Pix[r.Min.Y*p.Width+r.Min.X:], p.Width
		return
	}
	t.pixels, t.stride = t.copy[:], t.lanes
	for y := range t.height {
		row := t.padded(y)
		translator.round(row, p.Row(r.Min.Y+y, r.Min.X, r.Max.X))
		for x := t.width; x < len(row); x++ {
			row[x] = row[t.width-1]
		}
	}
}

// row gives a row without the pixels beyond the width.
func (t *tile) row(y int) []uint32 { return t.pixels[y*t.stride:][:t.width] }

// padded gives a row with the pixels beyond the width.
func (t *tile) padded(y int) []uint32 { return t.pixels[y*t.stride:][:t.lanes] }

// values gives all pixels within the width, row by row.
func (t *tile) values() []uint32 {
	size := t.width * t.height
	if t.stride == t.width {
		return t.pixels[:size]
	}
	for y := range t.height {
		copy(t.copy[y*t.width:], t.row(y))
	}
	t.pixels, t.stride, t.lanes = t.copy[:], t.width, t.width
	return t.copy[:size]
}

// busy tells whether most pixels differ from the ones beside and above them, as in
// photographs. It looks at some of the rows.
func (t *tile) busy() bool {
	const step, few = 4, 8
	corners, seen := 0, 0
	for y := 1; y < t.height; y += step {
		row, above := t.row(y), t.row(y-1)
		left := row[0]
		for x, p := range row {
			if p != left && p != above[x] {
				corners++
			}
			left = p
		}
		seen += len(row) - 1
	}
	return seen > few && 4*corners > 3*seen
}
