package encoding

import (
	"bytes"

	"github.com/klauspost/compress/flate"
)

// zlibHeader begins a zlib stream: deflate, a window of 32 KiB, no dictionary, the
// fastest level (RFC 1950 section 2.2).
var zlibHeader = []byte{0x78, 0x01}

// deflateLevels are flate's for each effort. Measured on pages of text and a desktop
// with a photo: what lies between them costs as much or is hardly smaller.
var deflateLevels = [...]int{Balanced: 6, Fast: 1, Small: 8}

// huffmanOnly is the way to compress without a search for repetitions.
const huffmanOnly Effort = 3

// deflater compresses data into segments: runs of deflate blocks that refer to
// nothing before them and end on a byte boundary. Segments can follow each other in
// any order, so one serves in the zlib stream of every viewer.
type deflater struct {
	// writers are made when needed; they are large.
	writers [4]*flate.Writer
	// current is the writer that may refer to what it has seen in this segment.
	current *flate.Writer
	out     bytes.Buffer
}

// segment compresses data. The result is valid until the next call.
func (d *deflater) segment(data []byte, effort Effort) []byte {
	d.begin()
	d.add(data, effort)
	return d.bytes()
}

// begin starts a segment.
func (d *deflater) begin() {
	d.current = nil
	d.out.Reset()
}

// goOn starts a segment that follows the last one and may refer to it.
func (d *deflater) goOn() { d.out.Reset() }

// bytes gives the segment after a flush, until the next one.
func (d *deflater) bytes() []byte { return d.out.Bytes() }

// add compresses data as blocks of their own, whose codes suit it.
func (d *deflater) add(data []byte, effort Effort) {
	d.write(data, effort)
	d.flush()
}

// write compresses data. There must be a flush before the effort changes.
func (d *deflater) write(data []byte, effort Effort) {
	if w := d.writer(effort); w != d.current {
		w.Reset(&d.out) // to what it has seen, no distance would be right now
		d.current = w
	}
	_, _ = d.current.Write(data) // a bytes.Buffer does not fail
}

// flush ends the blocks with an empty stored one, zlib's Z_SYNC_FLUSH, after which a
// decoder has all data and stands on a byte.
func (d *deflater) flush() {
	if d.current != nil {
		_ = d.current.Flush()
	}
}

func (d *deflater) writer(effort Effort) *flate.Writer {
	if d.writers[effort] == nil {
		level := flate.HuffmanOnly
		if effort != huffmanOnly {
			level = deflateLevels[effort]
		}
		w, err := flate.NewWriter(&d.out, level)
		if err != nil {
			panic(err) // the levels are constants that flate knows
		}
		d.writers[effort] = w
	}
	return d.writers[effort]
}
