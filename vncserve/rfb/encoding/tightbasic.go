package encoding

import (
	"image"
	"slices"

	"vncsec/vncserve/rfb"
)

// header begins a rectangle of the piece.
func (e *tightEncoder) header(r image.Rectangle) {
	e.wire = rfb.NewRectHeader(r.Add(e.at), e.form.Encoding).AppendWire(e.wire)
	e.rectangles++
}

// fill encodes r as one colour.
func (e *tightEncoder) fill(r image.Rectangle, colour uint32) {
	e.header(r)
	e.wire = e.appendPixels(append(e.wire, tightFill), colour)
}

// palette encodes r, which is what was indexed, with the palette that was found.
func (e *tightEncoder) palette(r image.Rectangle) {
	ix := &e.indexed
	switch {
	case ix.n == 1:
		e.fill(r, ix.colours[0])
	case e.isPNG():
		e.pngPalette(r)
	case ix.n == 2:
		e.mono(r, image.Rectangle{Max: r.Size()}, 0, 1)
	case ix.n*e.pixelBytes()+r.Dx()*r.Dy() >= e.pixelBytes()*r.Dx()*r.Dy():
		e.copy(r, e.form.Effort)
	default:
		e.head = e.appendPixels(append(e.head[:0], tightPalette, byte(ix.n-1)), ix.colours[:ix.n]...)
		e.basic(r, tightPaletteStream, e.form.Effort, r.Dx(), func(dst []byte, y int) []byte {
			return append(dst, ix.row(y-r.Min.Y)...)
		})
	}
}

// mono encodes r, the part of what was indexed, as the colour b where that is, and a
// everywhere else.
func (e *tightEncoder) mono(r, part image.Rectangle, a, b uint8) {
	ix := &e.indexed
	e.head = e.appendPixels(append(e.head[:0], tightPalette, 1), ix.colours[a], ix.colours[b])
	effort := e.form.Effort
	if effort == Balanced {
		effort = Small // there are few bytes to search
	}
	e.basic(r, tightMonoStream, effort, (r.Dx()+7)/8, func(dst []byte, y int) []byte {
		row := ix.row(part.Min.Y + y - r.Min.Y)
		return appendBitmap(dst, row[part.Min.X:part.Max.X], b)
	})
}

// copy encodes r without a filter.
func (e *tightEncoder) copy(r image.Rectangle, effort Effort) {
	e.head = e.head[:0]
	e.basic(r, tightCopyStream, effort, e.pixelBytes()*r.Dx(), func(dst []byte, y int) []byte {
		return e.appendPixels(dst, e.shown.Row(y, r.Min.X, r.Max.X)...)
	})
}

// basic encodes r with basic compression: filter and palette are in e.head, which is
// empty for no filter. stream is its kind. appendRow appends the filtered bytes of a row.
func (e *tightEncoder) basic(r image.Rectangle, stream byte, effort Effort, rowBytes int, appendRow func(dst []byte, y int) []byte) {
	e.header(r)
	control := byte(0)
	if len(e.head) > 0 {
		control = tightFilterFollows
	}
	if rowBytes*r.Dy() < minTightCompressed {
		e.wire = append(append(e.wire, control), e.head...)
		for y := r.Min.Y; y < r.Max.Y; y++ {
			e.wire = appendRow(e.wire, y)
		}
		return
	}
	control |= stream << tightStreamShift
	e.wire = append(append(e.wire, control), e.head...)
	e.beginSegment(stream)
	e.compress(r, effort, appendRow, func([]byte) {})
	e.sized(e.deflater.bytes())
}

// beginSegment begins a segment of one of Tight's streams. One that follows another of
// the same stream in the same piece may refer to it.
func (e *tightEncoder) beginSegment(number byte) {
	s := tightStream + stream(number)
	if n := len(e.segments); n > 0 && e.current == s {
		e.deflater.goOn()
		return
	}
	e.current = s
	e.deflater.begin()
	if !slices.ContainsFunc(e.segments, func(first segment) bool { return first.stream == s }) {
		e.segments = append(e.segments, segment{s, len(e.wire)})
	}
}

// filterChunk is the number of bytes that are filtered before they are compressed.
const filterChunk = 16 << 10

// compress hands filtered rows to the deflater, and to see.
func (e *tightEncoder) compress(r image.Rectangle, effort Effort, appendRow func(dst []byte, y int) []byte, see func([]byte)) {
	data := e.filtered[:0]
	for y := r.Min.Y; y < r.Max.Y; y++ {
		data = appendRow(data, y)
		if len(data) >= filterChunk || y == r.Max.Y-1 {
			see(data)
			e.deflater.write(data, effort)
			data = data[:0]
		}
	}
	e.deflater.flush()
	e.filtered = data
}

// sized appends data after its length. Viewers may get the header of a stream with it.
func (e *tightEncoder) sized(data []byte) {
	e.overlong = e.overlong || len(data)+len(zlibHeader) >= maxTightLength
	e.wire = append(appendCompactLength(e.wire, len(data)), data...)
}

// pixelBytes is the size of a TPIXEL.
func (e *tightEncoder) pixelBytes() int {
	if hasTightPixel(e.form.Format) {
		return 3
	}
	return e.form.Format.BytesPerPixel()
}

// appendPixels appends pixels as TPIXELs.
func (e *tightEncoder) appendPixels(dst []byte, pixels ...uint32) []byte {
	if hasTightPixel(e.form.Format) {
		return appendRGB(dst, pixels)
	}
	return e.translator.appendPixels(dst, pixels)
}

// appendRGB appends canonical pixels as red, green and blue.
func appendRGB(dst []byte, pixels []uint32) []byte {
	dst, out := grow(dst, 3*len(pixels))
	for _, p := range pixels {
		b := out[:3]
		b[0], b[1], b[2] = byte(p>>16), byte(p>>8), byte(p)
		out = out[3:]
	}
	return dst
}
