package font

import (
	"image"
	"math"
)

// canvas is a mask being drawn.
type canvas struct {
	width, height int
	mask          Mask
}

func newCanvas(width, height int) *canvas {
	return &canvas{width, height, make(Mask, width*height)}
}

// addAlpha adds a glyph's picture at r, whose pixels begin at point at of src. What
// lies outside of the cell is cut off.
func (c *canvas) addAlpha(r image.Rectangle, src *image.Alpha, at image.Point) {
	cell := image.Rect(0, 0, c.width, c.height)
	for p := r.Intersect(cell); p.Min.Y < p.Max.Y; p.Min.Y++ {
		for x := p.Min.X; x < p.Max.X; x++ {
			a := src.AlphaAt(at.X+x-r.Min.X, at.Y+p.Min.Y-r.Min.Y).A
			i := p.Min.Y*c.width + x
			c.mask[i] = max(c.mask[i], shade(a))
		}
	}
}

// shade rounds a coverage to one of 16. The eye does not tell, and text of one colour
// then has few enough colours to be sent in four bits a pixel.
func shade(alpha uint8) uint8 { return uint8((int(alpha)*15 + 127) / 255 * 17) }

// fill covers the pixels from x0,y0 to x1,y1 (exclusive), as far as they exist.
func (c *canvas) fill(x0, y0, x1, y1 int, alpha uint8) {
	for y := max(0, y0); y < min(y1, c.height); y++ {
		for x := max(0, x0); x < min(x1, c.width); x++ {
			c.mask[y*c.width+x] = max(c.mask[y*c.width+x], alpha)
		}
	}
}

// embolden makes what is drawn thicker, for fonts without a bold variant.
func (c *canvas) embolden() {
	for y := range c.height {
		row := c.mask[y*c.width:][:c.width]
		for range c.stroke() {
			for x := c.width - 1; x > 0; x-- {
				row[x] = max(row[x], row[x-1])
			}
		}
	}
}

// slantPerLine is how far a line of a slanted character lies to the right of the one
// below, in pixels.
const slantPerLine = 0.2

// slant leans what is drawn to the right, for fonts without an italic variant.
func (c *canvas) slant(baseline int) {
	middle := baseline / 2 // stays where it is, so that little is cut off
	for y := range c.height {
		row := c.mask[y*c.width:][:c.width]
		switch by := int(math.Round(float64(middle-y) * slantPerLine)); {
		case by > 0:
			by = min(by, c.width)
			copy(row[by:], row)
			clear(row[:by])
		case by < 0:
			by = min(-by, c.width)
			copy(row, row[by:])
			clear(row[c.width-by:])
		}
	}
}

// samples is how finely shapes are sampled, per pixel and direction.
const samples = 4

// shape covers the pixels by the share of their points that are inside.
func (c *canvas) shape(inside func(x, y float64) bool) {
	for y := range c.height {
		for x := range c.width {
			hits := 0
			for i := range samples * samples {
				dx := (float64(i%samples) + 0.5) / samples
				dy := (float64(i/samples) + 0.5) / samples
				if inside(float64(x)+dx, float64(y)+dy) {
					hits++
				}
			}
			c.fill(x, y, x+1, y+1, shade(uint8(hits*255/(samples*samples))))
		}
	}
}

// stroke gives the thickness of a light line.
func (c *canvas) stroke() int { return max(1, int(math.Round(float64(c.height)/18))) }

// drawMissing draws the outline of a box, for a character that no font has.
func (c *canvas) drawMissing() {
	t := c.stroke()
	x0, y0, x1, y1 := t, c.height/6, c.width-t, c.height-c.height/5
	c.fill(x0, y0, x1, y0+t, 255)
	c.fill(x0, y1-t, x1, y1, 255)
	c.fill(x0, y0, x0+t, y1, 255)
	c.fill(x1-t, y0, x1, y1, 255)
}
