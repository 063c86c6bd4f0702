package font

// drawBlock draws a block element or a Braille pattern, false if r is
// none.
func (c *canvas) drawBlock(r rune) bool {
	w, h := c.width, c.height
	switch {
	case r == 0x2580: // upper half
		c.fill(0, 0, w, h/2, 255)
	case r >= 0x2581 && r <= 0x2588: // lower eighths
		c.fill(0, h-h*int(r-0x2580)/8, w, h, 255)
	case r >= 0x2589 && r <= 0x258f: // left eighths
		c.fill(0, 0, w*int(0x2590-r)/8, h, 255)
	case r == 0x2590: // right half
		c.fill(w/2, 0, w, h, 255)
	case r >= 0x2591 && r <= 0x2593: // shades
		c.fill(0, 0, w, h, uint8(64*(r-0x2590)))
	case r == 0x2594: // upper eighth
		c.fill(0, 0, w, max(1, h/8), 255)
	case r == 0x2595: // right eighth
		c.fill(w-max(1, w/8), 0, w, h, 255)
	case r >= 0x2596 && r <= 0x259f:
		c.drawQuadrants(quadrants[r-0x2596])
	case r >= 0x2800 && r <= 0x28ff:
		c.drawBraille(uint8(r))
	default:
		return false
	}
	return true
}

// quadrants gives, for U+2596 to U+259F, the covered quarters: upper left 1, upper
// right 2, lower left 4, lower right 8.
var quadrants = [...]uint8{4, 8, 1, 13, 9, 7, 11, 2, 6, 14}

func (c *canvas) drawQuadrants(set uint8) {
	for i := range 4 {
		if set&(1<<i) == 0 {
			continue
		}
		x0, x1, y0, y1 := 0, c.width/2, 0, c.height/2
		if i&1 != 0 {
			x0, x1 = c.width/2, c.width
		}
		if i&2 != 0 {
			y0, y1 = c.height/2, c.height
		}
		c.fill(x0, y0, x1, y1, 255)
	}
}

// drawBraille draws the dots of a pattern: bits 0 to 2 are the left column from the
// top, 3 to 5 the right one, 6 and 7 the lowest row.
func (c *canvas) drawBraille(set uint8) {
	size := max(1, c.width/4)
	for i := range 8 {
		if set&(1<<i) == 0 {
			continue
		}
		column, row := i/3, i%3
		if i >= 6 {
			column, row = i-6, 3
		}
		x := c.width*(2*column+1)/4 - size/2
		y := c.height*(2*row+1)/8 - size/2
		c.fill(x, y, x+size, y+size, 255)
	}
}
