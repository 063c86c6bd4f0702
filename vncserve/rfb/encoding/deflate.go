package encoding

import (
	"bytes"

	"github.com/klauspost/compress/flate"
)

// zlibHeader begins a zlib stream: deflate, a window of 32 KiB, no dictionary, the
// fastest level (RFC 1950 section 2.2).
var zlibHeader = []byte{0x78, 0x01}

// deflateLevel compresses ZRLE's tiles, which are mostly packed already. Levels
// above it cost much and save little on text pages.
const deflateLevel = 2

// deflater compresses data into segments: runs of deflate blocks that refer to
// nothing before them and end on a byte boundary. Segments can follow each other in
// any order, so one serves in the zlib stream of every viewer.
type deflater struct {
	w   *flate.Writer
	out bytes.Buffer
}

// segment compresses data. The result is valid until the next call.
func (d *deflater) segment(data []byte) []byte {
	d.out.Reset()
	if d.w == nil {
		w, err := flate.NewWriter(&d.out, deflateLevel)
		if err != nil {
			panic(err) // the level is a constant that flate knows
		}
		d.w = w
	} else {
		d.w.Reset(&d.out)
	}
	// A bytes.Buffer does not fail. Flush ends with an empty stored block, zlib's
	// Z_SYNC_FLUSH, after which a decoder has all data and stands on a byte.
	_, _ = d.w.Write(data)
	_ = d.w.Flush()
	return d.out.Bytes()
}
