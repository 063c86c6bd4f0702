package encoding

import (
	"fmt"
	"image"
	"image/color"
)

// MaxPixels bounds a picture: a little more than an 8K screen.
const MaxPixels = 1 << 25

// Picture is a framebuffer's content: pixels 0x00RRGGBB, row by row. It is an
// image.Image, so that it can be written as PNG.
type Picture struct {
	Width, Height int
	Pix           []uint32
}

// NewPicture makes a black picture.
func NewPicture(width, height int) *Picture {
	return &Picture{Width: width, Height: height, Pix: make([]uint32, width*height)}
}

// newBoundedPicture is NewPicture for sizes that a peer chose.
func newBoundedPicture(width, height, maxPixels int) (*Picture, error) {
	if err := checkSize(width, height, maxPixels); err != nil {
		return nil, err
	}
	return NewPicture(width, height), nil
}

func checkSize(width, height, maxPixels int) error {
	if width < 0 || height < 0 || width > 0xffff || height > 0xffff || width*height > maxPixels {
		return fmt.Errorf("a picture of %d x %d is too large", width, height)
	}
	return nil
}

// resize keeps what both sizes have in common; the rest is black. The memory is used again,
// as a peer may choose one size after the other.
func (p *Picture) resize(width, height, maxPixels int) error {
	if err := checkSize(width, height, maxPixels); err != nil {
		return err
	}
	from, need := p.Pix, width*height
	if need > cap(p.Pix) {
		p.Pix = make([]uint32, 0, min(max(need, 2*cap(p.Pix)), maxPixels))
	}
	p.Pix = p.Pix[:need]
	rows, common := min(p.Height, height), min(p.Width, width)
	move := func(y int) {
		row := p.Pix[y*width : (y+1)*width]
		copy(row, from[y*p.Width:y*p.Width+common])
		clear(row[common:])
	}
	if width <= p.Width { // rows move up in the memory, and none over one that is still to be moved
		for y := range rows {
			move(y)
		}
	} else {
		for y := rows - 1; y >= 0; y-- {
			move(y)
		}
	}
	clear(p.Pix[rows*width:])
	p.Width, p.Height = width, height
	return nil
}

// holds tells whether r lies within the picture. Unlike image.Rectangle.In it also
// refuses empty rectangles that lie outside.
func (p *Picture) holds(r image.Rectangle) bool {
	return r.Min.X >= 0 && r.Min.Y >= 0 && r.Max.X <= p.Width && r.Max.Y <= p.Height
}

// Row gives the pixels x0 to x1 of line y, which can be written to.
func (p *Picture) Row(y, x0, x1 int) []uint32 {
	return p.Pix[y*p.Width+x0 : y*p.Width+x1 : y*p.Width+x1]
}

// Fill paints r, which must lie within the picture.
func (p *Picture) Fill(r image.Rectangle, pixel uint32) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := p.Row(y, r.Min.X, r.Max.X)
		for i := range row {
			row[i] = pixel
		}
	}
}

// Move copies the pixels of src to where dst is its upper left corner. Both must lie
// within the picture; they may overlap.
func (p *Picture) Move(dst image.Point, src image.Rectangle) {
	width := src.Dx()
	move := func(i int) {
		copy(p.Row(dst.Y+i, dst.X, dst.X+width), p.Row(src.Min.Y+i, src.Min.X, src.Max.X))
	}
	if dst.Y <= src.Min.Y {
		for i := range src.Dy() {
			move(i)
		}
		return
	}
	for i := src.Dy() - 1; i >= 0; i-- {
		move(i)
	}
}

// Bounds implements image.Image.
func (p *Picture) Bounds() image.Rectangle { return image.Rect(0, 0, p.Width, p.Height) }

// ColorModel implements image.Image.
func (p *Picture) ColorModel() color.Model { return color.RGBAModel }

// At implements image.Image.
func (p *Picture) At(x, y int) color.Color {
	if !(image.Pt(x, y).In(p.Bounds())) {
		return color.RGBA{}
	}
	v := p.Pix[y*p.Width+x]
	return color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 0xff}
}
