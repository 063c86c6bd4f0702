package encoding

import (
	"image"
	"math/bits"
)

// tile is the working copy of a square of a picture, at most maxTile wide and high.
// Its pixels are canonical ones; those of a format with fewer colours are rounded to
// the colours that the viewer will see, so that equal ones are found equal.
type tile struct {
	width, height int
	// stride is the width rounded up to laneWidth; pixels beyond width repeat the
	// last one of their row, so that they add no colour.
	stride int
	pixels [maxTile * maxTile]uint32
	// masks has, after twoColours, a bit for each pixel of a row that has the other
	// colour, the leftmost pixel lowest.
	masks [maxTile]uint64
}

const (
	maxTile   = 64
	laneWidth = 8 // the pixels that otherPixels compares in one step
)

// load copies r of p.
func (t *tile) load(p *Picture, r image.Rectangle, translator *Translator) {
	t.width, t.height = r.Dx(), r.Dy()
	t.stride = (t.width + laneWidth - 1) &^ (laneWidth - 1)
	for y := range t.height {
		row := t.pixels[y*t.stride : (y+1)*t.stride]
		translator.round(row, p.Row(r.Min.Y+y, r.Min.X, r.Max.X))
		for x := t.width; x < len(row); x++ {
			row[x] = row[t.width-1]
		}
	}
}

// row gives a row without the pixels beyond the width.
func (t *tile) row(y int) []uint32 { return t.pixels[y*t.stride : y*t.stride+t.width] }

// padded gives a row with the pixels beyond the width.
func (t *tile) padded(y int) []uint32 { return t.pixels[y*t.stride : (y+1)*t.stride] }

// repeats tells whether a row is the same as the one above it.
func (t *tile) repeats(y int) bool { return y > 0 && sameRow(t.padded(y), t.padded(y-1)) }

// solid tells whether all pixels are the same.
func (t *tile) solid() bool {
	first := t.padded(0)
	if !sameRow(first[1:], first[:len(first)-1]) {
		return false
	}
	for y := 1; y < t.height; y++ {
		if !sameRow(t.padded(y), first) {
			return false
		}
	}
	return true
}

// twoColours tells whether the tile, which is not solid, has just two colours, and
// fills the masks then.
func (t *tile) twoColours() (base, other uint32, ok bool) {
	base, other = t.firstTwo()
	for y := range t.height {
		if t.repeats(y) {
			t.masks[y] = t.masks[y-1]
			continue
		}
		mask, stray := otherPixels(t.padded(y), base, other)
		if stray {
			return 0, 0, false
		}
		t.masks[y] = mask & (1<<t.width - 1)
	}
	return base, other, true
}

// firstTwo gives the first pixel, and the first that differs.
func (t *tile) firstTwo() (base, other uint32) {
	base = t.pixels[0]
	for _, p := range t.pixels[:t.stride*t.height] {
		if p != base {
			return base, p
		}
	}
	return base, base
}

// invert exchanges the two colours in the masks.
func (t *tile) invert() {
	for y := range t.height {
		t.masks[y] ^= 1<<t.width - 1
	}
}

// count gives the number of pixels that have the other colour.
func (t *tile) count() int {
	n := 0
	for _, m := range t.masks[:t.height] {
		n += bits.OnesCount64(m)
	}
	return n
}

// sameRow compares rows of the same length. Go compares arrays as memory, many pixels
// at a time.
func sameRow(a, b []uint32) bool {
	const chunk = 16
	for len(a) >= chunk && len(b) >= chunk {
		if *(*[chunk]uint32)(a) != *(*[chunk]uint32)(b) {
			return false
		}
		a, b = a[chunk:], b[chunk:]
	}
	for i, v := range a {
		if v != b[i] {
			return false
		}
	}
	return true
}

// otherPixels gives a bit for each pixel of a row that differs from base, the first one
// lowest; stray tells that one of them is not other either. The row is a multiple of
// laneWidth long. Two pixels are compared at a time: canonical pixels leave the upper
// bits of each half free for the carry of the addition, which shows what is not zero.
func otherPixels(row []uint32, base, other uint32) (mask uint64, stray bool) {
	const carry = 0x80000000_80000000
	bases := uint64(base)<<32 | uint64(base)
	wanted := uint64(base^other)<<32 | uint64(base^other)
	strays := uint64(0)
	for shift := 0; len(row) >= laneWidth; shift += laneWidth {
		r := row[:laneWidth]
		x0 := (uint64(r[0]) | uint64(r[1])<<32) ^ bases
		x1 := (uint64(r[2]) | uint64(r[3])<<32) ^ bases
		x2 := (uint64(r[4]) | uint64(r[5])<<32) ^ bases
		x3 := (uint64(r[6]) | uint64(r[7])<<32) ^ bases
		c0 := (x0 + ^uint64(carry)) & carry
		c1 := (x1 + ^uint64(carry)) & carry
		c2 := (x2 + ^uint64(carry)) & carry
		c3 := (x3 + ^uint64(carry)) & carry
		strays |= x0 ^ wanted&(c0-c0>>31)
		strays |= x1 ^ wanted&(c1-c1>>31)
		strays |= x2 ^ wanted&(c2-c2>>31)
		strays |= x3 ^ wanted&(c3-c3>>31)
		lanes := c0>>31 | c1>>29 | c2>>27 | c3>>25 // even pixels from bit 0, odd ones from 32
		mask |= (lanes | lanes>>31) & 0xff << (shift & 63)
		row = row[laneWidth:]
	}
	return mask, strays != 0
}
