package encoding

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
)

// tightImages makes the whole images in Tight rectangles. The results are valid until
// the next call.
type tightImages struct {
	out     bytes.Buffer
	rgba    image.RGBA
	encoder png.Encoder
	buffers pngBuffers
}

// jpegQualities are those of JPEG, in percent, for the ten that viewers name. Others have
// much the same ones.
var jpegQualities = [...]int{15, 29, 41, 42, 62, 77, 79, 86, 92, 100}

// jpeg encodes r of p.
func (i *tightImages) jpeg(p *Picture, r image.Rectangle, t *Translator, quality int) []byte {
	i.out.Reset()
	i.load(p, r, t)
	// A bytes.Buffer does not fail, and the size is far from JPEG's limit.
	_ = jpeg.Encode(&i.out, &i.rgba, &jpeg.Options{Quality: jpegQualities[quality]})
	return i.out.Bytes()
}

// png encodes r of p.
func (i *tightImages) png(p *Picture, r image.Rectangle, t *Translator) []byte {
	i.load(p, r, t)
	return i.encodePNG(&i.rgba)
}

// paletted encodes the indices of colours as an image of a size.
func (i *tightImages) paletted(c *tightColours, size image.Point) []byte {
	palette := make(color.Palette, c.n)
	for at, v := range c.values[:c.n] {
		palette[at] = color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 0xff}
	}
	return i.encodePNG(&image.Paletted{Pix: c.indices, Stride: size.X, Rect: image.Rectangle{Max: size}, Palette: palette})
}

func (i *tightImages) encodePNG(img image.Image) []byte {
	i.out.Reset()
	i.encoder = png.Encoder{CompressionLevel: png.BestSpeed, BufferPool: &i.buffers}
	_ = i.encoder.Encode(&i.out, img) // see jpeg
	return i.out.Bytes()
}

// load makes rgba the part r of p, in the colours that the viewer can show.
func (i *tightImages) load(p *Picture, r image.Rectangle, t *Translator) {
	var pix []byte
	i.rgba.Pix, pix = grow(i.rgba.Pix[:0], 4*r.Dx()*r.Dy())
	i.rgba.Stride, i.rgba.Rect = 4*r.Dx(), image.Rectangle{Max: r.Size()}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x, v := range p.Row(y, r.Min.X, r.Max.X) {
			b := pix[4*x : 4*x+4]
			v = t.rounded(v)
			b[0], b[1], b[2], b[3] = byte(v>>16), byte(v>>8), byte(v), 0xff
		}
		pix = pix[4*r.Dx():]
	}
}

// pngBuffers keeps the memory of the encoder for the next image.
type pngBuffers struct{ kept *png.EncoderBuffer }

// Get implements png.EncoderBufferPool.
func (b *pngBuffers) Get() *png.EncoderBuffer { return b.kept }

// Put implements png.EncoderBufferPool.
func (b *pngBuffers) Put(used *png.EncoderBuffer) { b.kept = used }
