package encoding

import (
	"fmt"
	"image"
	"io"
)

// zlibEncoder makes the segments of Zlib rectangles: Raw's pixels, compressed.
type zlibEncoder struct{ raw []byte }

// zlibChunk is about the number of bytes that are compressed at a time.
const zlibChunk = 32 << 10

// segment encodes r of p into a segment of a zlib stream. The result is valid until the
// next call.
func (e *zlibEncoder) segment(p *Picture, r image.Rectangle, d *deflater, effort Effort, t *Translator) []byte {
	d.begin()
	e.raw = e.raw[:0]
	for y := r.Min.Y; y < r.Max.Y; y++ {
		e.raw = t.appendPixels(e.raw, p.Row(y, r.Min.X, r.Max.X))
		if len(e.raw) >= zlibChunk {
			d.write(e.raw, effort)
			e.raw = e.raw[:0]
		}
	}
	d.write(e.raw, effort)
	d.flush()
	return d.bytes()
}

// zlibRect reads a Zlib rectangle (rfbproto).
func (d *Decoder) zlibRect(r io.Reader, area image.Rectangle) error {
	data, err := d.zlib.begin(r)
	if err != nil {
		return err
	}
	if err := d.raw(data, d.Picture, area); err != nil {
		return fmt.Errorf("its compressed pixels: %w", err)
	}
	return d.zlib.end()
}
