package encoding

import (
	"errors"
	"image"
	"io"
)

// components are a pixel's red, green and blue, as large as its format has them.
type components [3]uint16

// tightGradient reads a rectangle whose pixels are differences from what the ones to
// the left and above let expect, for each of the three colours on its own.
func (d *Decoder) tightGradient(r io.Reader, stream int, area image.Rectangle) error {
	if !d.pixels.format.TrueColour {
		return errors.New("a gradient of pixels that are indices into a colour map")
	}
	width := area.Dx()
	// Both begin with the pixel to the left of the rectangle, which counts as 0.
	above, row := make([]components, width+1), make([]components, width+1)
	return d.tightData(r, stream, d.tightPixelBytes()*width*area.Dy(), func(data io.Reader) error {
		return eachRow(d.Picture, area, func(pixels []uint32) error {
			if err := d.readComponents(data, row[1:]); err != nil {
				return err
			}
			d.addExpected(above, row)
			for x := range pixels {
				pixels[x] = d.pixelOf(row[x+1])
			}
			above, row = row, above
			return nil
		})
	})
}

// addExpected turns differences into colours.
func (d *Decoder) addExpected(above, row []components) {
	f := d.pixels.format
	for c, most := range [...]uint16{f.RedMax, f.GreenMax, f.BlueMax} {
		for x := 1; x < len(row); x++ {
			expected := int(row[x-1][c]) + int(above[x][c]) - int(above[x-1][c])
			row[x][c] = (row[x][c] + uint16(max(0, min(expected, int(most))))) & most
		}
	}
}

// readComponents reads TPIXELs as their parts.
func (d *Decoder) readComponents(r io.Reader, dst []components) error {
	size := d.tightPixelBytes()
	var whole []byte
	d.tight.data, whole = grow(d.tight.data[:0], size*len(dst))
	if _, err := io.ReadFull(r, whole); err != nil {
		return err
	}
	f := d.pixels.format
	for i := range dst {
		b := whole[i*size : (i+1)*size]
		if hasTightPixel(f) {
			dst[i] = components{uint16(b[0]), uint16(b[1]), uint16(b[2])}
			continue
		}
		v := d.pixels.number(b)
		dst[i] = components{uint16(v >> f.RedShift), uint16(v >> f.GreenShift), uint16(v >> f.BlueShift)}
	}
	return nil
}

// pixelOf gives the canonical pixel of its parts.
func (d *Decoder) pixelOf(c components) uint32 {
	f := d.pixels.format
	return d.pixels.canonical(uint32(c[0])<<f.RedShift | uint32(c[1])<<f.GreenShift | uint32(c[2])<<f.BlueShift)
}
