package encoding

import "image"

// areaKind is what the pixels of an area look like.
type areaKind uint8

const (
	doneArea  areaKind = iota // encoded already
	solidArea                 // one colour
	textArea                  // sharp edges between stretches of one colour
	calmArea                  // neither sharp edges nor many changes: what its neighbours are
	mixedArea                 // text and photographs
	photoArea                 // nearly all pixels differ, but not much, from their neighbours
)

// kindSide is the width and height of the tiles that are judged on their own.
const kindSide = 32

// tightKinds has the kinds of the tiles of an area.
type tightKinds struct {
	area          image.Rectangle
	columns, rows int
	kinds         []areaKind
}

// find judges the tiles of r, whose upper left corner p has at r.Min plus at.
func (k *tightKinds) find(p *Picture, at image.Point, r image.Rectangle) {
	k.area = r
	k.columns, k.rows = (r.Dx()+kindSide-1)/kindSide, (r.Dy()+kindSide-1)/kindSide
	k.kinds = k.kinds[:0]
	for row := range k.rows {
		for column := range k.columns {
			tile := k.bounds(image.Rect(column, row, column+1, row+1)).Add(at)
			k.kinds = append(k.kinds, p.kindOf(tile))
		}
	}
	k.settle()
}

// bounds gives the pixels of tiles.
func (k *tightKinds) bounds(tiles image.Rectangle) image.Rectangle {
	return image.Rectangle{tiles.Min.Mul(kindSide), tiles.Max.Mul(kindSide)}.Add(k.area.Min).Intersect(k.area)
}

// at gives the kind of a tile, doneArea for those beyond the edges.
func (k *tightKinds) at(x, y int) areaKind {
	if x < 0 || y < 0 || x >= k.columns || y >= k.rows {
		return doneArea
	}
	return k.kinds[y*k.columns+x]
}

// settle makes calm tiles part of a photograph if two of their neighbours are, else
// text.
func (k *tightKinds) settle() {
	for i, kind := range k.kinds {
		if kind != calmArea {
			continue
		}
		x, y, photos := i%k.columns, i/k.columns, 0
		for _, beside := range [...]areaKind{k.at(x-1, y), k.at(x+1, y), k.at(x, y-1), k.at(x, y+1)} {
			if beside == photoArea {
				photos++
			}
		}
		k.kinds[i] = textArea
		if photos >= 2 {
			k.kinds[i] = photoArea
		}
	}
}

// count counts the tiles of a kind.
func (k *tightKinds) count(kind areaKind) int {
	n := 0
	for _, have := range k.kinds {
		if have == kind {
			n++
		}
	}
	return n
}

// solid tells whether r has one colour.
func solid(p *Picture, r image.Rectangle) bool {
	first := p.Row(r.Min.Y, r.Min.X, r.Max.X)
	for _, v := range first {
		if v != first[0] {
			return false
		}
	}
	for y := r.Min.Y + 1; y < r.Max.Y; y++ {
		if !sameRow(p.Row(y, r.Min.X, r.Max.X), first) {
			return false
		}
	}
	return true
}

// kindOf judges an area. If it has more than one colour it looks at some of the rows, and
// there at pixels that differ from the ones to their left, and at those that differ much.
func (p *Picture) kindOf(r image.Rectangle) areaKind {
	if solid(p, r) {
		return solidArea
	}
	const (
		step  = 4
		sharp = 40
	)
	pixels, changes, edges := 0, 0, 0
	for y := r.Min.Y; y < r.Max.Y; y += step {
		row := p.Row(y, r.Min.X, r.Max.X)
		left := row[0]
		for _, v := range row {
			if v != left {
				changes++
				if distance(v, left) > sharp {
					edges++
				}
			}
			left = v
		}
		pixels += len(row)
	}
	switch {
	case 3*changes > 2*pixels:
		return photoArea // with sharp edges, as of leaves
	case 4*edges > changes:
		return textArea
	case 3*changes > pixels:
		return photoArea
	}
	return calmArea
}

// distance is the largest difference of the three colours of two pixels.
func distance(a, b uint32) int32 {
	d := int32(0)
	for shift := 0; shift <= 16; shift += 8 {
		c := int32(a>>shift&0xff) - int32(b>>shift&0xff)
		d = max(d, c, -c)
	}
	return d
}
