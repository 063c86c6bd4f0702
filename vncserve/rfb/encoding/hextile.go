package encoding

import (
	"bytes"
	"image"

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
	start, limit := len(dst), 1+w.width*w.height*t.format.BytesPerPixel()
	fits := true
	switch {
	case w.findFew():
		dst = e.appendFew(dst, w, t)
	case w.busy():
		fits = false
	default:
		dst, fits = e.appendMany(dst, w, t, limit)
	}
	if !fits || len(dst)-start > limit {
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
