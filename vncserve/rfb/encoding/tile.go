package encoding

import "image"

// tile is the working copy of a part of a picture, at most maxTile wide and high. Its
// pixels are canonical ones; those of a format with fewer colours are rounded to the
// colours that the viewer will see, so that equal ones are found equal.
type tile struct {
	width, height int
	// stride is the width rounded up to laneWidth; pixels beyond the width repeat
	// the last one of their row, so that they add no colour.
	stride int
	pixels [maxTile * maxTile]uint32
	few    fewColours
}

const maxTile = 64

// load copies r of p.
func (t *tile) load(p *Picture, r image.Rectangle, translator *Translator) {
	t.width, t.height = r.Dx(), r.Dy()
	t.stride = (t.width + laneWidth - 1) &^ (laneWidth - 1)
	for y := range t.height {
		row, src := t.padded(y), p.Row(r.Min.Y+y, r.Min.X, r.Max.X)
		if translator.shown == nil && t.width == hextileSize {
			*(*[hextileSize]uint32)(row) = *(*[hextileSize]uint32)(src) // without a call
			continue
		}
		translator.round(row, src)
		for x := t.width; x < len(row); x++ {
			row[x] = row[t.width-1]
		}
	}
}

// row gives a row without the pixels beyond the width.
func (t *tile) row(y int) []uint32 { return t.pixels[y*t.stride : y*t.stride+t.width] }

// padded gives a row with the pixels beyond the width.
func (t *tile) padded(y int) []uint32 { return t.pixels[y*t.stride : (y+1)*t.stride] }

// values gives all pixels within the width, row by row.
func (t *tile) values() []uint32 {
	for y := 1; y < t.height && t.stride > t.width; y++ {
		copy(t.pixels[y*t.width:], t.row(y))
	}
	t.stride = t.width
	return t.pixels[:t.width*t.height]
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
