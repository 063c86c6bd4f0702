package encoding

import (
	"encoding/binary"
	"image"

	"vncsec/vncserve/rfb"
)

// Form is how a viewer wants its rectangles. The same pixels in the same form are the
// same bytes, whoever gets them; Form can be compared and is a key for keeping them.
type Form struct {
	// Encoding is one of Encodings.
	Encoding rfb.Encoding
	// Format is that of the pixels, as Translator.Format gives it.
	Format rfb.PixelFormat
	// Effort is what compression may cost.
	Effort Effort
	// Quality is that of JPEG, 0 to 9 as viewers count it, or Lossless.
	Quality int8
	// Split is set if the viewer knows LastRect, so that a piece of the picture may
	// become any number of rectangles. Else it is one.
	Split bool
}

// Effort is what compression may cost. Viewers name ten levels; their differences are
// put into three, for more viewers to share what was compressed once.
type Effort uint8

// The efforts.
const (
	Balanced Effort = iota // the zero value
	Fast
	Small
)

// EffortOf gives the effort for a viewer's compression level, 0 to 9.
func EffortOf(level int) Effort {
	switch {
	case level <= 1:
		return Fast
	case level >= 7:
		return Small
	}
	return Balanced
}

// Lossless is the Quality of pictures that are exact.
const Lossless = -1

// Relevant leaves of f what its encoding heeds, so that forms that make the same bytes
// are equal. LastRect says that the viewer knows that pseudo-encoding.
func Relevant(f Form, lastRect bool) Form {
	tight := f.Encoding == rfb.EncodingTight || f.Encoding == rfb.EncodingTightPNG
	f.Split = tight && lastRect
	if !tight {
		f.Quality = Lossless
	}
	if !tight && f.Encoding != rfb.EncodingZRLE && f.Encoding != rfb.EncodingZlib {
		f.Effort = Balanced
	}
	return f
}

// Supported tells whether Encode knows an encoding.
func Supported(e rfb.Encoding) bool {
	switch e {
	case rfb.EncodingRaw, rfb.EncodingRRE, rfb.EncodingHextile, rfb.EncodingZlib, rfb.EncodingZRLE,
		rfb.EncodingTight, rfb.EncodingTightPNG:
		return true
	}
	return false
}

// Encoded is a piece of a picture on the wire: whole rectangles with their headers. It
// is never changed, so any number of viewers can be sent the same one.
type Encoded struct {
	// Rectangles is their number, 1 unless the form has Split.
	Rectangles int
	wire       []byte
	// stream is the encoding whose zlib stream the piece continues, 0 if none. Such a
	// piece is a single rectangle: a header, a length and a segment of the stream.
	stream rfb.Encoding
}

// Size is the number of bytes.
func (e Encoded) Size() int { return len(e.wire) }

// Streams are a viewer's zlib streams, one for each encoding that has one and lasts as
// long as the connection. The zero value has none begun.
type Streams struct{ zlib, zrle bool }

// begin tells whether the stream of an encoding begins now.
func (s *Streams) begin(e rfb.Encoding) bool {
	begun := &s.zlib
	switch e {
	case rfb.EncodingZlib:
	case rfb.EncodingZRLE:
		begun = &s.zrle
	default:
		return false
	}
	first := !*begun
	*begun = true
	return first
}

// Parts gives what a viewer with the streams s gets for e: one after the other, head,
// which is appended to dst, and the shared rest. The segments that continue a stream
// refer to nothing before them, so all that ties them to a viewer is the stream's
// header before the first.
func (e Encoded) Parts(dst []byte, s *Streams) (head, rest []byte) {
	if !s.begin(e.stream) {
		return dst, e.wire
	}
	const lengthAt = rfb.RectHeaderLen
	length := binary.BigEndian.Uint32(e.wire[lengthAt:])
	dst = append(dst, e.wire[:lengthAt]...)
	dst = binary.BigEndian.AppendUint32(dst, length+uint32(len(zlibHeader)))
	dst = append(dst, zlibHeader...)
	return dst, e.wire[lengthAt+4:]
}

// AppendWire appends what a viewer with the streams s gets for e.
func (e Encoded) AppendWire(dst []byte, s *Streams) []byte {
	dst, rest := e.Parts(dst, s)
	return append(dst, rest...)
}

// Encoder makes rectangles. It holds nothing but working memory: what it makes depends
// on its arguments alone. What an encoding needs is made when it is used first, as
// compressors are large. It is for one goroutine at a time.
type Encoder struct {
	tile     *tile
	deflater *deflater
	rre      *rreEncoder
	hextile  *hextileEncoder
	zlib     *zlibEncoder
	zrle     *zrleEncoder
	tight    *tightEncoder
}

// Encode encodes the part src of p, which a viewer has at the point at. The translator
// is the form's format's.
func (e *Encoder) Encode(p *Picture, src image.Rectangle, at image.Point, f Form, t *Translator) Encoded {
	r := src.Sub(src.Min).Add(at)
	switch f.Encoding {
	case rfb.EncodingZRLE:
		return stream(rfb.EncodingZRLE, r, lazy(&e.zrle).segment(p, src, lazy(&e.tile), lazy(&e.deflater), f.Effort, t))
	case rfb.EncodingZlib:
		return stream(rfb.EncodingZlib, r, lazy(&e.zlib).segment(p, src, lazy(&e.deflater), f.Effort, t))
	case rfb.EncodingTight, rfb.EncodingTightPNG:
		return lazy(&e.tight).piece(p, src, at, lazy(&e.deflater), f, t)
	case rfb.EncodingHextile:
		return lazy(&e.hextile).rectangle(r, p, src, lazy(&e.tile), t)
	case rfb.EncodingRRE:
		return lazy(&e.rre).rectangle(r, p, src, t)
	}
	return single(AppendRaw(nil, r, p, src.Min, t))
}

// lazy makes what an encoding needs when it is used first.
func lazy[T any](p **T) *T {
	if *p == nil {
		*p = new(T)
	}
	return *p
}

// single is a piece of one rectangle.
func single(wire []byte) Encoded { return Encoded{Rectangles: 1, wire: wire} }

// stream is a piece of one rectangle that continues a zlib stream.
func stream(e rfb.Encoding, r image.Rectangle, segment []byte) Encoded {
	wire := make([]byte, 0, rfb.RectHeaderLen+4+len(segment))
	wire = rfb.NewRectHeader(r, e).AppendWire(wire)
	wire = binary.BigEndian.AppendUint32(wire, uint32(len(segment)))
	return Encoded{Rectangles: 1, wire: append(wire, segment...), stream: e}
}
