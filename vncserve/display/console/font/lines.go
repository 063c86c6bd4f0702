package font

import "math"

// The weights of the arms of a box-drawing character.
const (
	none   = '0'
	light  = '1'
	heavy  = '2'
	double = '3'
)

// The directions of the arms, in the order of boxArms.
const (
	up = iota
	right
	down
	left
)

// boxArms gives, for U+2500 to U+257F, the weights of the arms up, right, down and
// left. Dashes, arcs and diagonals have none.
const boxArms = "" +
	"0101 0202 1010 2020 0000 0000 0000 0000 " + // 2500
	"0000 0000 0000 0000 0110 0210 0120 0220 " + // 2508
	"0011 0012 0021 0022 1100 1200 2100 2200 " + // 2510
	"1001 1002 2001 2002 1110 1210 2110 1120 " + // 2518
	"2120 2210 1220 2220 1011 1012 2011 1021 " + // 2520
	"2021 2012 1022 2022 0111 0112 0211 0212 " + // 2528
	"0121 0122 0221 0222 1101 1102 1201 1202 " + // 2530
	"2101 2102 2201 2202 1111 1112 1211 1212 " + // 2538
	"2111 1121 2121 2112 2211 1122 1221 2212 " + // 2540
	"1222 2122 2221 2222 0000 0000 0000 0000 " + // 2548
	"0303 3030 0310 0130 0330 0013 0031 0033 " + // 2550
	"1300 3100 3300 1003 3001 3003 1310 3130 " + // 2558
	"3330 1013 3031 3033 0313 0131 0333 1303 " + // 2560
	"3101 3303 1313 3131 3333 0000 0000 0000 " + // 2568
	"0000 0000 0000 0000 0001 1000 0100 0010 " + // 2570
	"0002 2000 0200 0020 0201 1020 0102 2010 " // 2578

const boxFirst, boxLast = 0x2500, 0x257f

// dashes gives the number of dashes of the dashed lines. Even characters of a pair
// are light, odd ones heavy; of four, the first two are horizontal.
var dashes = map[rune]int{0x2504: 3, 0x2508: 4, 0x254c: 2}

// drawLines draws a box-drawing character or one of DEC's scan lines, false if r is
// none.
func (c *canvas) drawLines(r rune) bool {
	switch {
	case r >= 0x23ba && r <= 0x23bd: // scan lines 1, 3, 7 and 9
		t := c.stroke()
		y := (c.height - t) * []int{0, 1, 3, 4}[r-0x23ba] / 4
		c.fill(0, y, c.width, y+t, 255)
	case r < boxFirst || r > boxLast:
		return false
	case r >= 0x256d && r <= 0x2570:
		c.drawArc(r)
	case r >= 0x2571 && r <= 0x2573:
		c.drawDiagonals(r)
	case dashes[r&^3] > 0:
		c.drawDashes(dashes[r&^3], r&2 != 0, r&1 != 0)
	default:
		at := int(r-boxFirst) * 5
		c.drawArms(boxArms[at : at+4])
	}
	return true
}

// drawArms draws lines from the centre to the edges of the cell.
func (c *canvas) drawArms(arms string) {
	for direction := range 4 {
		weight := arms[direction]
		// The sides are the arms across this one: before is the one towards smaller
		// coordinates.
		before, after, opposite := arms[left], arms[right], arms[(direction+2)%4]
		if direction == right || direction == left {
			before, after = arms[up], arms[down]
		}
		switch weight {
		case light:
			c.drawArm(direction, 0, 1, singleStart(before, after, opposite))
		case heavy:
			c.drawArm(direction, -1, 2, singleStart(before, after, opposite))
		case double:
			c.drawArm(direction, -1, 0, doubleStart(before, after))
			c.drawArm(direction, 1, 2, doubleStart(after, before))
		}
	}
}

// singleStart tells where a single line begins that meets the lines before and after
// across it, in strokes from the centre towards the line's own end: at the far side
// of a corner, so that there is no notch; at the near one of a double line that
// passes by.
func singleStart(before, after, opposite byte) int {
	switch {
	case before == double || after == double:
		if opposite != none {
			return 0
		}
		if before != none && after != none {
			return 1
		}
		return -1
	case before == heavy || after == heavy:
		return -1
	}
	return 0
}

// doubleStart is singleStart for one of the strokes of a double line: near is the
// arm on its own side, far the one beyond the other stroke.
func doubleStart(near, far byte) int {
	switch {
	case near == double:
		return 1
	case near == none && far == double:
		return -1
	}
	return 0
}

// drawArm draws a line from the centre in a direction. It covers the strokes from to
// to (exclusive) across, and begins start strokes from the centre.
func (c *canvas) drawArm(direction, from, to, start int) {
	t := c.stroke()
	cx, cy := (c.width-t)/2, (c.height-t)/2
	switch direction {
	case up:
		c.fill(cx+from*t, 0, cx+to*t, cy+t-start*t, 255)
	case down:
		c.fill(cx+from*t, cy+start*t, cx+to*t, c.height, 255)
	case left:
		c.fill(0, cy+from*t, cx+t-start*t, cy+to*t, 255)
	case right:
		c.fill(cx+start*t, cy+from*t, c.width, cy+to*t, 255)
	}
}

func (c *canvas) drawDashes(n int, vertical, isHeavy bool) {
	t := c.stroke()
	from, to := 0, t
	if isHeavy {
		from, to = -t, 2*t
	}
	length, across := c.width, (c.height-t)/2
	if vertical {
		length, across = c.height, (c.width-t)/2
	}
	gap := max(1, length/(4*n))
	for i := range n {
		start, end := i*length/n, (i+1)*length/n-gap
		if vertical {
			c.fill(across+from, start, across+to, end, 255)
		} else {
			c.fill(start, across+from, end, across+to, 255)
		}
	}
}

// drawArc draws a light corner with a round edge: U+256D to U+2570 are down and
// right, down and left, up and left, up and right.
func (c *canvas) drawArc(r rune) {
	t := float64(c.stroke())
	// The middle of the light lines, which the arc must meet.
	mx, my := float64((c.width-c.stroke())/2)+t/2, float64((c.height-c.stroke())/2)+t/2
	sx, sy := 1.0, 1.0 // the quadrant of the arms
	if r == 0x256e || r == 0x256f {
		sx = -1
	}
	if r == 0x256f || r == 0x2570 {
		sy = -1
	}
	radius := math.Min(mx, my)
	c.shape(func(x, y float64) bool {
		dx, dy := (x-mx)*sx, (y-my)*sy // towards the arms
		switch {
		case dx >= radius: // the horizontal arm
			return math.Abs(dy) <= t/2
		case dy >= radius: // the vertical arm
			return math.Abs(dx) <= t/2
		case dx < -t || dy < -t:
			return false
		}
		return math.Abs(math.Hypot(dx-radius, dy-radius)-radius) <= t/2
	})
}

func (c *canvas) drawDiagonals(r rune) {
	w, h := float64(c.width), float64(c.height)
	half := float64(c.stroke()) * 0.6 * math.Hypot(w, h)
	rising := func(x, y float64) bool { return math.Abs(x*h+y*w-w*h) <= half }
	falling := func(x, y float64) bool { return math.Abs(x*h-y*w) <= half }
	if r != 0x2572 {
		c.shape(rising)
	}
	if r != 0x2571 {
		c.shape(falling)
	}
}
