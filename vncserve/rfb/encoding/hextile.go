package encoding

import (
	"bytes"
	"image"
	"math/bits"

	"vncsec/vncserve/rfb"
)

// hextileSize is the width and height of Hextile's tiles, those at the right and lower
// edges excepted.
const hextileSize = 16

// The bits of a tile's subencoding (RFC 6143 section 7.7.4).
const (
	hextileRaw        = 1
	hextileBackground = 2
	hextileForeground = 4
	hextileSubrects   = 8
	hextileColoured   = 16
)

// hextileEncoder makes Hextile rectangles.
type hextileEncoder struct {
	out []byte
	// The viewer's background and foreground, as far as it surely has them.
	background, foreground       uint32
	hasBackground, hasForeground bool
	// open has, for each column, the subrectangle that begins there and reaches down
	// to the row above.
	open [hextileSize]openSubrect
}

// openSubrect may be continued by the same run in the next row.
type openSubrect struct {
	colour uint32
	end    int // the column after the last
	bottom int // the row after the last
	at     int // the place of its height in the output
}

// rectangle encodes src of p.
func (e *hextileEncoder) rectangle(r image.Rectangle, p *Picture, src image.Rectangle, w *tile, t *Translator) Encoded {
	e.hasBackground, e.hasForeground = false, false
	out := rfb.NewRectHeader(r, rfb.EncodingHextile).AppendWire(e.out[:0])
	for y := src.Min.Y; y < src.Max.Y; y += hextileSize {
		for x := src.Min.X; x < src.Max.X; x += hextileSize {
			w.load(p, image.Rect(x, y, x+hextileSize, y+hextileSize).Intersect(src), t)
			out = e.appendTile(out, w, t)
		}
	}
	e.out = out
	return single(bytes.Clone(out))
}

// appendTile appends one tile in the form that suits it.
func (e *hextileEncoder) appendTile(dst []byte, w *tile, t *Translator) []byte {
	if w.solid() {
		dst = append(dst, 0)
		return e.appendBackground(dst, len(dst)-1, w.pixels[0], t)
	}
	start, limit := len(dst), 1+w.width*w.height*t.format.BytesPerPixel()
	if base, other, ok := w.twoColours(); ok {
		dst = e.appendTwoColours(dst, w, base, other, t)
	} else {
		dst, ok = e.appendColoured(dst, w, t, limit)
		if !ok {
			return e.appendRaw(dst[:start], w, t)
		}
	}
	if len(dst)-start > limit {
		return e.appendRaw(dst[:start], w, t)
	}
	return dst
}

// appendRaw appends the pixels as they are. What colours viewers have after that is
// not the same for all, so they are told anew.
func (e *hextileEncoder) appendRaw(dst []byte, w *tile, t *Translator) []byte {
	e.hasBackground, e.hasForeground = false, false
	dst = append(dst, hextileRaw)
	for y := range w.height {
		dst = t.appendPixels(dst, w.row(y))
	}
	return dst
}

// appendBackground appends the background if the viewer has another, and says so in the
// subencoding, which is at a place of dst.
func (e *hextileEncoder) appendBackground(dst []byte, at int, colour uint32, t *Translator) []byte {
	if e.hasBackground && e.background == colour {
		return dst
	}
	e.background, e.hasBackground = colour, true
	dst[at] |= hextileBackground
	return t.appendPixel(dst, colour)
}

// appendForeground is appendBackground for the foreground.
func (e *hextileEncoder) appendForeground(dst []byte, at int, colour uint32, t *Translator) []byte {
	if e.hasForeground && e.foreground == colour {
		return dst
	}
	e.foreground, e.hasForeground = colour, true
	dst[at] |= hextileForeground
	return t.appendPixel(dst, colour)
}

// appendTwoColours appends a tile that has just two colours, from its masks.
func (e *hextileEncoder) appendTwoColours(dst []byte, w *tile, background, foreground uint32, t *Translator) []byte {
	if 2*w.count() > w.width*w.height {
		background, foreground = foreground, background
		w.invert()
	}
	at := len(dst)
	dst = append(dst, hextileSubrects)
	dst = e.appendBackground(dst, at, background, t)
	dst = e.appendForeground(dst, at, foreground, t)
	return appendMasked(dst, w.masks[:w.height])
}

// appendMasked appends the number of subrectangles and those that cover the masks,
// which are used up. Each run of bits reaches down as far as the bits are set.
func appendMasked(dst []byte, masks []uint64) []byte {
	count := len(dst)
	dst = append(dst, 0)
	for y := range masks {
		for mask := masks[y]; mask != 0; {
			x := bits.TrailingZeros64(mask)
			width := bits.TrailingZeros64(^(mask >> x))
			run := (uint64(1)<<width - 1) << x
			height := 1
			for y+height < len(masks) && masks[y+height]&run == run {
				masks[y+height] &^= run
				height++
			}
			mask &^= run
			dst = append(dst, byte(x<<4|y), byte((width-1)<<4|(height-1)))
			dst[count]++
		}
	}
	return dst
}

// appendColoured appends a tile of more colours, each subrectangle with its own. It
// gives up when the tile takes more bytes than limit.
func (e *hextileEncoder) appendColoured(dst []byte, w *tile, t *Translator, limit int) (_ []byte, ok bool) {
	if w.busy() {
		return dst, false
	}
	start := len(dst)
	background := w.majority()
	// Some viewers take the last subrectangle's colour for the foreground.
	e.hasForeground = false
	dst = e.appendBackground(append(dst, hextileSubrects|hextileColoured), start, background, t)
	count := len(dst)
	dst = append(dst, 0)
	clear(e.open[:])
	for y := range w.height {
		for row, x := w.row(y), 0; x < len(row); {
			colour, end := row[x], x+1
			for end < len(row) && row[end] == colour {
				end++
			}
			if colour != background && !e.extend(dst, x, end, y, colour) {
				dst = t.appendPixel(dst, colour)
				dst = append(dst, byte(x<<4|y), byte((end-x-1)<<4))
				dst[count]++
				e.open[x] = openSubrect{colour, end, y + 1, len(dst) - 1}
			}
			x = end
		}
		if len(dst)-start > limit {
			return dst, false
		}
	}
	return dst, true
}

// extend continues the subrectangle above a run, if it has the same columns and colour.
func (e *hextileEncoder) extend(dst []byte, x, end, y int, colour uint32) bool {
	o := &e.open[x]
	if o.bottom != y || o.end != end || o.colour != colour || y == 0 {
		return false
	}
	o.bottom++
	dst[o.at]++ // the height, in the lower four bits
	return true
}

// busy tells whether most pixels differ from both their neighbours, as in photographs.
// It looks at some of the rows.
func (t *tile) busy() bool {
	corners, seen := 0, 0
	for y := 1; y < t.height; y += 4 {
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
	return seen > 8 && 4*corners > 3*seen
}

// majority gives a colour that fits as the background.
func (t *tile) majority() uint32 {
	var v vote
	for y := range t.height {
		v.add(t.row(y))
	}
	return v.colour
}

// vote finds the colour of most pixels if one has more than half of them, else some
// colour that is there (the vote of Boyer and Moore).
type vote struct {
	colour uint32
	lead   int
}

func (v *vote) add(row []uint32) {
	for _, p := range row {
		switch {
		case p == v.colour:
			v.lead++
		case v.lead == 0:
			v.colour, v.lead = p, 1
		default:
			v.lead--
		}
	}
}
