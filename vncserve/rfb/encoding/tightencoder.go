package encoding

import (
	"image"
	"slices"

	"vncsec/vncserve/rfb"
)

// tightEncoder makes Tight and TightPNG rectangles (rfbproto).
type tightEncoder struct {
	indexed  indexed
	text     textLayout
	kinds    tightKinds
	photo    jpegEncoder
	png      pngEncoder
	deflater *deflater
	head     []byte // filter and palette of a rectangle
	filtered []byte // pixels, before compression
	rounded  Picture

	// These are of the piece that is being made.
	form       Form
	translator *Translator
	// source has the pixels, its own ones, from sourceAt on.
	source   *Picture
	sourceAt image.Point
	// shown has the same as the viewer's format shows them, from 0,0 on.
	shown      *Picture
	at         image.Point // where 0,0 is on the desktop
	wire       []byte
	rectangles int
	overlong   bool // a rectangle was longer than can be said
	// segments are the first ones in each stream, and current is the last one's stream.
	segments []segment
	current  stream
}

// piece encodes the part src of p for the place at.
func (e *tightEncoder) piece(p *Picture, src image.Rectangle, at image.Point, d *deflater, f Form, t *Translator) Encoded {
	all := image.Rectangle{Max: src.Size()}
	if all.Empty() || !f.Split && all.Dx() > maxTightWidth {
		return single(AppendRaw(nil, all.Add(at), p, src.Min, t))
	}
	e.form, e.translator, e.at, e.deflater = f, t, at, d
	e.source, e.sourceAt, e.shown = p, src.Min, p
	if t.shown != nil || src != p.Bounds() {
		e.round(src)
	}
	e.wire, e.rectangles, e.overlong = e.wire[:0], 0, false
	e.segments = e.segments[:0]
	if f.Split {
		e.split(all)
	} else {
		e.single(all)
	}
	e.source, e.shown = nil, nil
	if e.overlong {
		return single(AppendRaw(nil, all.Add(at), p, src.Min, t))
	}
	return Encoded{Rectangles: e.rectangles, wire: slices.Clone(e.wire), segments: slices.Clone(e.segments)}
}

// round makes shown of the part src of the source.
func (e *tightEncoder) round(src image.Rectangle) {
	v := &e.rounded
	v.Width, v.Height = src.Dx(), src.Dy()
	v.Pix = slices.Grow(v.Pix[:0], v.Width*v.Height)[:v.Width*v.Height]
	for y := range v.Height {
		e.translator.round(v.Row(y, 0, v.Width), e.source.Row(src.Min.Y+y, src.Min.X, src.Max.X))
	}
	e.shown = v
}

// maxTightPiece is the largest number of pixels that is looked at as a whole.
const maxTightPiece = 1 << 19

// split encodes r as the rectangles that suit it.
func (e *tightEncoder) split(r image.Rectangle) {
	one, other := r, r
	switch height := maxTightPiece / min(r.Dx(), maxTightWidth); {
	case r.Dx() > maxTightWidth:
		one.Max.X = r.Min.X + maxTightWidth
		other.Min.X = one.Max.X
	case r.Dy() > height:
		one.Max.Y = r.Min.Y + height
		other.Min.Y = one.Max.Y
	case e.indexed.load(e.shown, r, maxTightPalette):
		e.fewColours(r)
		return
	default:
		e.mixed(r)
		return
	}
	e.split(one)
	e.split(other)
}

// single encodes r as one rectangle.
func (e *tightEncoder) single(r image.Rectangle) {
	if e.indexed.load(e.shown, r, maxTightPalette) {
		e.palette(r)
		return
	}
	e.kinds.find(e.source, e.sourceAt, r)
	photos, texts := e.kinds.count(photoArea), e.kinds.count(textArea)
	switch {
	case photos > fewTexts*texts:
		e.manyColours(r, photoArea)
	case photos > texts/fewPhotos:
		e.manyColours(r, mixedArea)
	default:
		e.manyColours(r, textArea)
	}
}

const (
	// fewTexts is how many tiles of a photograph there are to one of text when what
	// must not be cut is a photograph.
	fewTexts = 16
	// fewPhotos is how many tiles of text there are to one of a photograph when a
	// thorough search for repetitions would take long.
	fewPhotos = 4
)

// manyColours encodes r, of more colours than a palette has, as one rectangle.
func (e *tightEncoder) manyColours(r image.Rectangle, kind areaKind) {
	effort := e.form.Effort
	if kind == mixedArea && effort == Balanced {
		effort = Fast
	}
	switch {
	case kind == photoArea && e.mayLose() && r.Dx()*r.Dy() >= minJPEG:
		e.jpeg(r)
	case e.isPNG():
		e.pngTrueColour(r, kind, effort)
	case kind == photoArea && e.mayPredict():
		e.gradient(r)
	case kind == photoArea && effort != Small:
		e.copy(r, huffmanOnly)
	default:
		e.copy(r, effort)
	}
}

func (e *tightEncoder) isPNG() bool { return e.form.Encoding == rfb.EncodingTightPNG }

// mayLose tells whether photographs may be JPEG images. Formats of eight bits have
// none (rfbproto).
func (e *tightEncoder) mayLose() bool {
	return !e.exact() && e.form.Format.TrueColour && e.form.Format.BitsPerPixel > 8
}

// mayPredict tells whether the gradient filter can be used.
func (e *tightEncoder) mayPredict() bool { return e.exact() && hasTightPixel(e.form.Format) }

// exact tells whether the viewer wants no JPEG. noVNC 1.3.0, which has no gradient filter,
// always wants it.
func (e *tightEncoder) exact() bool { return e.form.Quality == Lossless }
