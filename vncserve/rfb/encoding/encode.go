package encoding

import (
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
		return streamed(rfb.EncodingZRLE, zrleStream, r, lazy(&e.zrle).segment(p, src, lazy(&e.tile), lazy(&e.deflater), f.Effort, t))
	case rfb.EncodingZlib:
		return streamed(rfb.EncodingZlib, zlibStream, r, lazy(&e.zlib).segment(p, src, lazy(&e.deflater), f.Effort, t))
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
