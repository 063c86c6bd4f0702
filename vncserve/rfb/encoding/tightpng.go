package encoding

import (
	"encoding/binary"
	"hash"
	"hash/adler32"
	"hash/crc32"
	"image"
)

// The PNG files of TightPNG (ISO/IEC 15948), as far as they are needed.
const (
	pngSignature = "\x89PNG\r\n\x1a\n"

	pngColour        = 2
	pngColourPalette = 3

	// deflateEnd is a stored block that is empty and the last (RFC 1951 section 3.2.4).
	deflateEnd = "\x01\x00\x00\xff\xff"

	pngNoFilter = 0
	pngAverage  = 3
)

// pngEncoder has the memory for PNG images.
type pngEncoder struct {
	file, data []byte
	sum        hash.Hash32 // of the filtered pixels
}

// pngPalette encodes r, which is what was indexed, as PNG with a palette.
func (e *tightEncoder) pngPalette(r image.Rectangle) {
	ix := &e.indexed
	e.beginPNG(r, pngDepth(ix.n), pngColourPalette)
	e.head = appendRGB(e.head[:0], ix.colours[:ix.n])
	e.png.chunk("PLTE", e.head)
	e.pngPixels(r, e.form.Effort, func(dst []byte, y int) []byte {
		return appendIndices(append(dst, pngNoFilter), ix.row(y-r.Min.Y), pngDepth(ix.n))
	})
}

// pngTrueColour encodes r as PNG without a palette.
func (e *tightEncoder) pngTrueColour(r image.Rectangle, kind areaKind, effort Effort) {
	e.beginPNG(r, 8, pngColour)
	if kind != photoArea {
		e.pngPixels(r, effort, func(dst []byte, y int) []byte {
			return appendRGB(append(dst, pngNoFilter), e.shown.Row(y, r.Min.X, r.Max.X))
		})
		return
	}
	black := make([]uint32, r.Dx())
	e.pngPixels(r, huffmanOnly, func(dst []byte, y int) []byte {
		above := black
		if y > r.Min.Y {
			above = e.shown.Row(y-1, r.Min.X, r.Max.X)
		}
		return appendAverage(append(dst, pngAverage), e.shown.Row(y, r.Min.X, r.Max.X), above)
	})
}

// beginPNG begins an image of r.
func (e *tightEncoder) beginPNG(r image.Rectangle, depth, colour byte) {
	e.header(r)
	e.wire = append(e.wire, tightPNG)
	w := &e.png
	w.file = append(w.file[:0], pngSignature...)
	e.head = binary.BigEndian.AppendUint32(e.head[:0], uint32(r.Dx()))
	e.head = binary.BigEndian.AppendUint32(e.head, uint32(r.Dy()))
	w.chunk("IHDR", append(e.head, depth, colour, 0, 0, 0))
}

// pngPixels ends an image with its compressed pixels. appendRow appends the filtered
// bytes of a row.
func (e *tightEncoder) pngPixels(r image.Rectangle, effort Effort, appendRow func(dst []byte, y int) []byte) {
	w := &e.png
	if w.sum == nil {
		w.sum = adler32.New()
	}
	w.sum.Reset()
	e.deflater.begin()
	e.compress(r, effort, appendRow, func(data []byte) { _, _ = w.sum.Write(data) })
	w.data = append(append(w.data[:0], zlibHeader...), e.deflater.bytes()...)
	w.data = w.sum.Sum(append(w.data, deflateEnd...))
	w.chunk("IDAT", w.data)
	w.chunk("IEND", nil)
	e.sized(w.file)
}

// chunk appends a chunk of the file.
func (w *pngEncoder) chunk(kind string, data []byte) {
	w.file = binary.BigEndian.AppendUint32(w.file, uint32(len(data)))
	start := len(w.file)
	w.file = append(append(w.file, kind...), data...)
	w.file = binary.BigEndian.AppendUint32(w.file, crc32.ChecksumIEEE(w.file[start:]))
}

// pngDepth is the number of bits for an index into n colours.
func pngDepth(n int) byte {
	switch {
	case n <= 2:
		return 1
	case n <= 4:
		return 2
	case n <= 16:
		return 4
	}
	return 8
}

// appendIndices appends indices of some bits each, the leftmost highest.
func appendIndices(dst []byte, row []uint8, depth byte) []byte {
	switch depth {
	case 8:
		return append(dst, row...)
	case 1:
		return appendBitmap(dst, row, 1)
	}
	perByte := int(8 / depth)
	for len(row) > 0 {
		n, packed := min(perByte, len(row)), uint8(0)
		for i, index := range row[:n] {
			packed |= index << (8 - int(depth)*(i+1))
		}
		dst, row = append(dst, packed), row[n:]
	}
	return dst
}

// appendAverage appends the differences of a row from the average of the pixels to the
// left and above.
func appendAverage(dst []byte, row, above []uint32) []byte {
	dst, out := grow(dst, 3*len(row))
	left := uint32(0)
	for i, p := range row {
		up := above[i]
		b := out[3*i : 3*i+3]
		b[0] = byte(p>>16) - byte((left>>16&0xff+up>>16&0xff)/2)
		b[1] = byte(p>>8) - byte((left>>8&0xff+up>>8&0xff)/2)
		b[2] = byte(p) - byte((left&0xff+up&0xff)/2)
		left = p
	}
	return dst
}
