package encoding

import (
	"bytes"
	"encoding/binary"
	"image"

	"vncsec/vncserve/rfb"
)

// rreEncoder makes RRE rectangles.
type rreEncoder struct {
	out []byte
	row []uint32
	// open has, for each column, the subrectangle that begins there.
	open []openSubrect
}

// rectangle encodes src of p. It is Raw where that is smaller: every viewer reads it.
func (e *rreEncoder) rectangle(r image.Rectangle, p *Picture, src image.Rectangle, t *Translator) Encoded {
	width := src.Dx()
	limit := rfb.RectHeaderLen + width*src.Dy()*t.format.BytesPerPixel()
	e.prepare(width)
	var v vote
	for y := src.Min.Y; y < src.Max.Y; y++ {
		v.add(p.Row(y, src.Min.X, src.Max.X))
	}
	background := t.rounded(v.colour)

	out := rfb.NewRectHeader(r, rfb.EncodingRRE).AppendWire(e.out[:0])
	count := uint32(0)
	countAt := len(out)
	out = binary.BigEndian.AppendUint32(out, 0)
	out = t.appendPixel(out, background)
	for y := range src.Dy() {
		t.round(e.row, p.Row(src.Min.Y+y, src.Min.X, src.Max.X))
		before := len(out)
		out = e.appendRow(out, y, background, t)
		count += uint32((len(out) - before) / (t.format.BytesPerPixel() + rreSubrectLen))
		if len(out) > limit {
			e.out = out
			return single(AppendRaw(nil, r, p, src.Min, t))
		}
	}
	binary.BigEndian.PutUint32(out[countAt:], count)
	e.out = out
	return single(bytes.Clone(out))
}

// rreSubrectLen is the size of a subrectangle without its colour.
const rreSubrectLen = 8

func (e *rreEncoder) prepare(width int) {
	if cap(e.row) < width {
		e.row, e.open = make([]uint32, width), make([]openSubrect, width)
	}
	e.row, e.open = e.row[:width], e.open[:width]
	clear(e.open)
}

// appendRow appends the subrectangles that begin in the row, and makes those higher that
// go on in it.
func (e *rreEncoder) appendRow(dst []byte, y int, background uint32, t *Translator) []byte {
	for x := 0; x < len(e.row); {
		colour := e.row[x]
		length := runLength(e.row[x:])
		o := &e.open[x]
		switch {
		case colour == background:
		case o.bottom == y && o.end == x+length && o.colour == colour:
			o.bottom++
			binary.BigEndian.PutUint16(dst[o.at:], binary.BigEndian.Uint16(dst[o.at:])+1)
		default:
			dst = t.appendPixel(dst, colour)
			for _, n := range [...]int{x, y, length, 1} {
				dst = binary.BigEndian.AppendUint16(dst, uint16(n))
			}
			*o = openSubrect{colour: colour, end: x + length, bottom: y + 1, at: len(dst) - 2}
		}
		x += length
	}
	return dst
}
