package encoding

import (
	"bytes"

	"github.com/klauspost/compress/flate"
)

// zlibHeader begins a zlib stream: deflate, a window of 32 KiB, no dictionary, the
// fastest level (RFC 1950 section 2.2).
var zlibHeader = []byte{0x78, 0x01}

// deflateLevels are flate's for each effort.
var deflateLevels = [...]int{Balanced: 5, Fast: 1, Small: 7}

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
	return d.out.Bytes()
}

// begin starts a segment. It is complete after every call of add.
func (d *deflater) begin() {
	d.current = nil
	d.out.Reset()
}

// add compresses data as blocks of their own, so that their codes suit them.
func (d *deflater) add(data []byte, effort Effort) {
	if w := d.writer(effort); w != d.current {
		w.Reset(&d.out) // forgets what it has seen, before which there now is more
		d.current = w
	}
	// A bytes.Buffer does not fail. Flush ends with an empty stored block, zlib's
	// Z_SYNC_FLUSH, after which a decoder has all data and stands on a byte.
	_, _ = d.current.Write(data)
	_ = d.current.Flush()
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
