package encoding

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
)

// imageFormat is one of the formats of whole images in Tight rectangles.
type imageFormat struct {
	size   func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

var (
	jpegFormat = imageFormat{jpeg.DecodeConfig, jpeg.Decode}
	pngFormat  = imageFormat{png.DecodeConfig, png.Decode}
)

// maxScans bounds the passes over a JPEG image, as a scan of a few bytes makes the
// decoder visit all of its pixels. Progressive images have about ten.
const maxScans = 32

// maxImage bounds the pixels of an image, as a progressive JPEG of a few bytes makes the
// decoder take 15 bytes and more for each. Servers split rectangles long before.
const maxImage = 1 << 22

// tightImage reads a JPEG or PNG image that fills area.
func (d *Decoder) tightImage(r io.Reader, area image.Rectangle, f imageFormat) error {
	if area.Dx()*area.Dy() > maxImage {
		return fmt.Errorf("its image has more than %d pixels", maxImage)
	}
	n, err := readCompactLength(r)
	if err != nil {
		return err
	}
	var data []byte
	d.tight.data, data = grow(d.tight.data[:0], n)
	if _, err := io.ReadFull(r, data); err != nil {
		return err
	}
	config, err := f.size(bytes.NewReader(data))
	if err != nil {
		return err
	}
	if config.Width != area.Dx() || config.Height != area.Dy() {
		return fmt.Errorf("its image is %d x %d", config.Width, config.Height)
	}
	if bytes.Count(data, []byte{0xff, 0xda}) > maxScans {
		return errors.New("its image has too many scans")
	}
	img, err := f.decode(bytes.NewReader(data))
	if err != nil {
		return err
	}
	d.Picture.paste(area, img)
	return nil
}

// paste fills area with an image of its size.
func (p *Picture) paste(area image.Rectangle, img image.Image) {
	from := img.Bounds().Min
	at := pixelFunc(img)
	for y := range area.Dy() {
		row := p.Row(area.Min.Y+y, area.Min.X, area.Max.X)
		for x := range row {
			row[x] = at(from.X+x, from.Y+y)
		}
	}
}

// pixelFunc gives the canonical pixels of an image, those of usual kinds quickly.
func pixelFunc(img image.Image) func(x, y int) uint32 {
	if i, ok := img.(*image.YCbCr); ok {
		return func(x, y int) uint32 {
			c := i.COffset(x, y)
			r, g, b := color.YCbCrToRGB(i.Y[i.YOffset(x, y)], i.Cb[c], i.Cr[c])
			return uint32(r)<<16 | uint32(g)<<8 | uint32(b)
		}
	}
	return func(x, y int) uint32 {
		r, g, b, _ := img.At(x, y).RGBA()
		return r>>8<<16 | g>>8<<8 | b>>8
	}
}
