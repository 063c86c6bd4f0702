package encoding

import (
	"bytes"
	"image"
	"image/jpeg"
)

// jpegQualities are libjpeg's for the qualities 0 to 9 of viewers, about those of other
// servers.
var jpegQualities = [...]int{15, 29, 41, 42, 62, 77, 79, 86, 92, 100}

// minJPEG is the number of pixels from which on a JPEG image is worth its tables, which
// take 600 bytes.
const minJPEG = 2048

// jpegEncoder has the memory for JPEG images.
type jpegEncoder struct {
	pixels []byte
	out    bytes.Buffer
}

// jpeg encodes r as a JPEG image.
func (e *tightEncoder) jpeg(r image.Rectangle) {
	j := &e.photo
	j.pixels = j.pixels[:0]
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := e.source.Row(e.sourceAt.Y+y, e.sourceAt.X+r.Min.X, e.sourceAt.X+r.Max.X)
		j.pixels = appendRGBX(j.pixels, row)
	}
	img := &image.RGBA{Pix: j.pixels, Stride: 4 * r.Dx(), Rect: image.Rectangle{Max: r.Size()}}
	j.out.Reset()
	quality := jpegQualities[max(0, min(int(e.form.Quality), len(jpegQualities)-1))]
	// A bytes.Buffer does not fail, and no side is beyond JPEG's 65535 pixels.
	_ = jpeg.Encode(&j.out, img, &jpeg.Options{Quality: quality})
	e.header(r)
	e.wire = append(e.wire, tightJPEG)
	e.sized(j.out.Bytes())
}

// appendRGBX appends canonical pixels as red, green, blue and a byte that is opaque.
func appendRGBX(dst []byte, pixels []uint32) []byte {
	dst, out := grow(dst, 4*len(pixels))
	for _, p := range pixels {
		b := out[:4]
		b[0], b[1], b[2], b[3] = byte(p>>16), byte(p>>8), byte(p), 0xff
		out = out[4:]
	}
	return dst
}
