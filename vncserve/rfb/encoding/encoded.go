package encoding

import (
	"encoding/binary"
	"image"
	"iter"

	"vncsec/vncserve/rfb"
)

// Encoded is a piece of a picture on the wire: whole rectangles with their headers. It
// is never changed, so any number of viewers can be sent the same one.
type Encoded struct {
	// Rectangles is their number, 1 unless the form has Split.
	Rectangles int
	wire       []byte
	// segments are the first ones in each of the zlib streams that the piece goes on with.
	segments []segment
}

// segment is a part of a zlib stream that refers to nothing before it but segments of the
// same piece.
type segment struct {
	stream stream
	// lengthAt is where its length is in the wire, just before its bytes.
	lengthAt int
}

// stream is one of the zlib streams of a connection.
type stream uint8

const (
	zlibStream stream = iota
	zrleStream
	tightStream // the first of four
	streams     = tightStream + tightStreams
)

// Streams are those of a viewer's zlib streams that have begun. They last as long as the
// connection. The zero value has none.
type Streams [streams]bool

// Size is the number of bytes, without the headers of streams that begin.
func (e Encoded) Size() int { return len(e.wire) }

// Parts gives what a viewer with the streams s gets for e, one after the other. As segments
// refer to nothing that other viewers may not have, all that ties them to a viewer are the
// headers of streams that begin: they come between parts that are shared.
func (e Encoded) Parts(s *Streams) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		rest := e.wire
		for _, first := range e.segments {
			if s[first.stream] {
				continue
			}
			s[first.stream] = true
			at := first.lengthAt - (len(e.wire) - len(rest))
			head, length := first.stream.begin(rest[at:])
			if !yield(rest[:at]) || !yield(head) {
				return
			}
			rest = rest[at+length:]
		}
		yield(rest)
	}
}

// begin gives the length of a segment and the stream's header before it, for those of the
// segment alone, and how many bytes that is.
func (s stream) begin(segment []byte) (head []byte, length int) {
	if s < tightStream {
		n := binary.BigEndian.Uint32(segment) + uint32(len(zlibHeader))
		return append(binary.BigEndian.AppendUint32(nil, n), zlibHeader...), 4
	}
	n, length := compactLength(segment)
	return append(appendCompactLength(nil, n+len(zlibHeader)), zlibHeader...), length
}

// AppendWire appends what a viewer with the streams s gets for e.
func (e Encoded) AppendWire(dst []byte, s *Streams) []byte {
	for part := range e.Parts(s) {
		dst = append(dst, part...)
	}
	return dst
}

// single is a piece of one rectangle.
func single(wire []byte) Encoded { return Encoded{Rectangles: 1, wire: wire} }

// streamed is a piece of one rectangle that is a segment of a stream.
func streamed(e rfb.Encoding, s stream, r image.Rectangle, data []byte) Encoded {
	wire := make([]byte, 0, rfb.RectHeaderLen+4+len(data))
	wire = rfb.NewRectHeader(r, e).AppendWire(wire)
	wire = binary.BigEndian.AppendUint32(wire, uint32(len(data)))
	return Encoded{Rectangles: 1, wire: append(wire, data...), segments: []segment{{s, rfb.RectHeaderLen}}}
}
