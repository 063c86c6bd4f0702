package samplescreen

import (
	"image"

	"golang.org/x/image/font/inconsolata"
	"golang.org/x/image/math/fixed"

	"vncsec/vncserve/display/console/font"
)

// The size of VGA's text mode of 80 x 25 characters.
const (
	VGAWidth  = 80 * vgaCellWidth
	VGAHeight = 25 * vgaCellHeight

	vgaCellWidth  = 9
	vgaCellHeight = 16
)

// VGA is a page of 80 x 25 characters as a VGA adapter's text mode shows it, and QEMU
// before a guest has drivers of its own: every cell has two colours. Frames have
// different text.
func VGA(frame uint64) *Screen {
	s := newScreen(VGAWidth, VGAHeight)
	newPage(80, 25, frame).draw(s, image.Pt(vgaCellWidth, vgaCellHeight), bitmapGlyph)
	return s
}

// Console is a page of text with soft edges, as vncsec's console shows it.
func Console(width, height int, frame uint64) (*Screen, error) {
	f, err := font.New(font.DefaultSize)
	if err != nil {
		return nil, err
	}
	s := newScreen(width, height)
	glyph := func(char byte, at func(x, y int, alpha uint8)) {
		for i, alpha := range f.Mask(rune(char), "", font.Regular, 1) {
			at(i%f.Width, i/f.Width, alpha)
		}
	}
	newPage(width/f.Width, height/f.Height, frame).draw(s, image.Pt(f.Width, f.Height), glyph)
	return s, nil
}

// draw draws the characters of a page in cells of a size.
func (p *page) draw(s *Screen, size image.Point, glyph func(char byte, at func(x, y int, alpha uint8))) {
	for i, c := range p.cells {
		if c.char <= ' ' {
			continue
		}
		left, top := i%p.columns*size.X, i/p.columns*size.Y
		glyph(c.char, func(x, y int, alpha uint8) { s.set(left+x, top+y, blend(c.colour, alpha)) })
	}
}

// blend gives a colour that covers a part of black.
func blend(colour uint32, alpha uint8) uint32 {
	var mixed uint32
	for shift := 0; shift < 24; shift += 8 {
		mixed |= (colour >> shift & 0xff) * uint32(alpha) / 255 << shift
	}
	return mixed
}

// bitmapGlyph draws a letter of a bold font without soft edges, close to the letters
// of VGA adapters: strokes two pixels wide in a cell of 9 x 16.
func bitmapGlyph(char byte, at func(x, y int, alpha uint8)) {
	const baseline, ink = 12, 0x70
	r, mask, from, _, ok := inconsolata.Bold8x16.Glyph(fixed.P(0, baseline), rune(char))
	if !ok {
		return
	}
	for y := r.Min.Y; y < min(r.Max.Y, vgaCellHeight); y++ {
		for x := r.Min.X; x < min(r.Max.X, vgaCellWidth); x++ {
			_, _, _, alpha := mask.At(from.X+x-r.Min.X, from.Y+y-r.Min.Y).RGBA()
			if alpha>>8 >= ink && y >= 0 {
				at(x, y, 255)
			}
		}
	}
}
