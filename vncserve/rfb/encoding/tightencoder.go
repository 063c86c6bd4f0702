package encoding

import (
	"image"

	"vncsec/vncserve/rfb"
)

// tightEncoder makes Tight and TightPNG rectangles. Each resets the stream that it uses, so
// it can be sent to any viewer at any time. One that went on with a stream after a reset
// would be smaller, but noVNC 1.3.0 ends the connection then: its zlib keeps no window.
type tightEncoder struct {
	colours  tightColours
	pixels   []byte // filtered, before compression
	images   tightImages
	deflater *deflater
	photo    photoCompressor

	// These are of the piece that is being made.
	form       Form
	translator *Translator
	shift      image.Point // from the source to the desktop
	wire       []byte
	rectangles int
	list       []strip
}

// What has more colours than a palette holds is cut into blocks that are judged on their
// own, down to these sizes in pixels. JPEG images are larger: each has tables of its own.
const (
	tightBlock      = 16 << 10
	tightImageBlock = 64 << 10
)

// piece encodes the part src of p for the place at.
func (e *tightEncoder) piece(p *Picture, src image.Rectangle, at image.Point, d *deflater, f Form, t *Translator) Encoded {
	e.deflater, e.form, e.translator, e.shift = d, f, t, at.Sub(src.Min)
	e.wire, e.rectangles = e.wire[:0], 0
	e.photo.begin(d, f.Effort)
	if !f.Split && src.Dx() > maxTightWidth {
		return single(AppendRaw(nil, src.Add(e.shift), p, src.Min, t))
	}
	e.area(p, src)
	return Encoded{Rectangles: e.rectangles, wire: append([]byte(nil), e.wire...)}
}

// area encodes r, in parts if that is allowed and better.
func (e *tightEncoder) area(p *Picture, r image.Rectangle) {
	fits := r.Dx() <= maxTightWidth
	few := fits && e.colours.find(p, r, e.translator)
	switch {
	case few && e.colours.n == 1:
		e.fill(r)
	case few && e.colours.n > 2 && e.form.Split && e.strips(p, r):
	case few && e.paletteIsSmaller(r):
		e.paletted(p, r)
	case fits && e.lossy() && r.Dx()*r.Dy() <= tightImageBlock && busy(p, r):
		e.begin(r, tightJPEG)
		e.wire = appendCompactData(e.wire, e.images.jpeg(p, r, e.translator, int(e.form.Quality)))
	case fits && (!e.form.Split || r.Dx()*r.Dy() <= tightBlock):
		e.fullColour(p, r)
	default:
		one, other := halves(r)
		e.area(p, one)
		e.area(p, other)
	}
}

// lossy tells whether photographs are sent as JPEG. In a piece that must not be cut
// text would suffer with them.
func (e *tightEncoder) lossy() bool {
	f := &e.form
	return f.Quality != Lossless && f.Split && f.Format.TrueColour && f.Format.BitsPerPixel > 8
}

// halves cuts r across its longer side.
func halves(r image.Rectangle) (one, other image.Rectangle) {
	one, other = r, r
	if r.Dx() > r.Dy() {
		one.Max.X = r.Min.X + (r.Dx()/2+maxTile-1)/maxTile*maxTile
		if one.Max.X >= r.Max.X {
			one.Max.X = r.Min.X + r.Dx()/2
		}
		other.Min.X = one.Max.X
		return one, other
	}
	one.Max.Y = r.Min.Y + r.Dy()/2
	other.Min.Y = one.Max.Y
	return one, other
}

// begin appends a header and a control byte.
func (e *tightEncoder) begin(r image.Rectangle, control byte) {
	e.wire = rfb.NewRectHeader(r.Add(e.shift), e.form.Encoding).AppendWire(e.wire)
	e.wire = append(e.wire, control)
	e.rectangles++
}

func (e *tightEncoder) fill(r image.Rectangle) {
	e.begin(r, tightFill)
	e.wire = e.appendPixels(e.wire, e.colours.values[:1])
}

// paletteIsSmaller tells whether indices save what the palette costs.
func (e *tightEncoder) paletteIsSmaller(r image.Rectangle) bool {
	pixels, size := r.Dx()*r.Dy(), e.pixelBytes()
	indices := pixels
	if e.colours.n == 2 {
		indices = (r.Dx() + 7) / 8 * r.Dy()
	}
	return indices+size*e.colours.n < size*pixels
}

// paletted encodes r by the palette that was found.
func (e *tightEncoder) paletted(p *Picture, r image.Rectangle) {
	if e.form.Encoding == rfb.EncodingTightPNG {
		e.begin(r, tightPNG)
		e.wire = appendCompactData(e.wire, e.images.paletted(&e.colours, r.Size()))
		return
	}
	c := &e.colours
	e.begin(r, tightFilterFollows|tightResetStream)
	e.wire = append(e.wire, tightPalette, byte(c.n-1))
	e.wire = e.appendPixels(e.wire, c.values[:c.n])
	indices, effort := c.indices, e.form.Effort
	if c.n == 2 {
		e.pixels = c.appendBits(e.pixels[:0], r.Dx())
		indices = e.pixels
		if effort == Balanced {
			effort = Small // there are few bytes to search
		}
	}
	if len(indices) < minTightCompressed {
		e.wire = append(e.wire, indices...)
		return
	}
	e.compress(func() { e.deflater.add(indices, effort) })
}

// fullColour encodes the pixels of r as they are.
func (e *tightEncoder) fullColour(p *Picture, r image.Rectangle) {
	if e.form.Encoding == rfb.EncodingTightPNG {
		e.begin(r, tightPNG)
		e.wire = appendCompactData(e.wire, e.images.png(p, r, e.translator))
		return
	}
	e.begin(r, tightResetStream)
	if e.pixelBytes()*r.Dx()*r.Dy() < minTightCompressed {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			e.wire = e.appendPixels(e.wire, p.Row(y, r.Min.X, r.Max.X))
		}
		return
	}
	e.compress(func() { e.addPhoto(p, r) })
}

func (e *tightEncoder) addPhoto(p *Picture, r image.Rectangle) {
	e.pixels = e.pixels[:0]
	for y := r.Min.Y; y < r.Max.Y; y++ {
		e.pixels = e.appendPixels(e.pixels, p.Row(y, r.Min.X, r.Max.X))
		if len(e.pixels) >= 2*photoBlock {
			e.photo.add(e.pixels)
			e.pixels = e.pixels[:0]
		}
	}
	if len(e.pixels) > 0 {
		e.photo.add(e.pixels)
	}
}

// compress appends what add gives the deflater, as a zlib stream of its own, after its
// length.
func (e *tightEncoder) compress(add func()) {
	e.deflater.begin()
	add()
	segment := e.deflater.bytes()
	e.wire = appendCompactLength(e.wire, len(zlibHeader)+len(segment))
	e.wire = append(e.wire, zlibHeader...)
	e.wire = append(e.wire, segment...)
}

func (e *tightEncoder) pixelBytes() int {
	if hasTightPixel(e.form.Format) {
		return 3
	}
	return e.form.Format.BytesPerPixel()
}

// appendPixels appends canonical pixels as TPIXELs.
func (e *tightEncoder) appendPixels(dst []byte, pixels []uint32) []byte {
	if !hasTightPixel(e.form.Format) {
		return e.translator.appendPixels(dst, pixels)
	}
	dst, out := grow(dst, 3*len(pixels))
	for i, p := range pixels {
		b := out[3*i : 3*i+3]
		b[0], b[1], b[2] = byte(p>>16), byte(p>>8), byte(p)
	}
	return dst
}

// appendCompactData appends data after its length.
func appendCompactData(dst, data []byte) []byte {
	return append(appendCompactLength(dst, len(data)), data...)
}

// appendCompactLength appends a length, below 1<<22, as one to three bytes of seven
// bits, the lowest first; the third has eight.
func appendCompactLength(dst []byte, n int) []byte {
	switch {
	case n < 1<<7:
		return append(dst, byte(n))
	case n < 1<<14:
		return append(dst, byte(n)|0x80, byte(n>>7))
	}
	return append(dst, byte(n)|0x80, byte(n>>7)|0x80, byte(n>>14))
}

// busy tells whether most pixels differ from the ones beside and above them, as in
// photographs and not in text. It looks at some of the rows.
func busy(p *Picture, r image.Rectangle) bool {
	const step = 4
	corners, seen := 0, 0
	for y := r.Min.Y + 1; y < r.Max.Y; y += step {
		row, above := p.Row(y, r.Min.X, r.Max.X), p.Row(y-1, r.Min.X, r.Max.X)
		left := row[0]
		for x, v := range row {
			if v != left && v != above[x] {
				corners++
			}
			left = v
		}
		seen += len(row) - 1
	}
	return 4*corners > 3*seen && seen > 0
}
