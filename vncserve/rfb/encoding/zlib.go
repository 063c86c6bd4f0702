package encoding

import (
	"bytes"
	"encoding/binary"

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

// ZlibStream is a viewer's zlib stream, made of segments. The zero value is a new
// stream.
type ZlibStream struct{ begun bool }

// Append appends a segment after its length, as ZRLE and Zlib rectangles hold it;
// the first one gets the stream's header.
func (z *ZlibStream) Append(dst, segment []byte) []byte {
	var header []byte
	if !z.begun {
		header, z.begun = zlibHeader, true
	}
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(header)+len(segment)))
	dst = append(dst, header...)
	return append(dst, segment...)
}
