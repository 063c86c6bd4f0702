package encoding

import (
	"encoding/binary"
	"image"
	"slices"

	"vncsec/vncserve/rfb"
)

// AppendRaw appends r as a Raw rectangle with its header (RFC 6143 section 7.7.1),
// with the pixels that p has from point at on.
func AppendRaw(dst []byte, r image.Rectangle, p *Picture, at image.Point, t *Translator) []byte {
	dst = slices.Grow(dst, rfb.RectHeaderLen+r.Dx()*r.Dy()*t.format.BytesPerPixel())
	dst = rfb.NewRectHeader(r, rfb.EncodingRaw).AppendWire(dst)
	for y := range r.Dy() {
		dst = t.appendPixels(dst, p.Row(at.Y+y, at.X, at.X+r.Dx()))
	}
	return dst
}

// AppendCopyRect appends a CopyRect rectangle with its header: the viewer fills dst
// from where it has src as the upper left corner (RFC 6143 section 7.7.2).
func AppendCopyRect(b []byte, dst image.Rectangle, src image.Point) []byte {
	b = rfb.NewRectHeader(dst, rfb.EncodingCopyRect).AppendWire(b)
	b = binary.BigEndian.AppendUint16(b, uint16(src.X))
	return binary.BigEndian.AppendUint16(b, uint16(src.Y))
}
