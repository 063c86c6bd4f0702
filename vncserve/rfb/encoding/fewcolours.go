package encoding

import "math/bits"

// maxFew is the largest number of colours that are told apart by planes of bits.
const maxFew = 4

// fewColours is what is known of a tile of a few colours, as text mostly is.
type fewColours struct {
	n       int
	colours [maxFew]uint32
	// planes has for each colour and row a bit for each pixel that has the colour,
	// the leftmost pixel lowest.
	planes [maxFew][maxTile]uint64
}

// findFew tells whether the tile has few colours, and fills t.few then.
func (t *tile) findFew() bool {
	f := &t.few
	f.n, f.colours[0] = 1, t.pixels[0]
	full := ^uint64(0) >> (64 - t.width)
	last := 1 // the colour that was last found beside the first
	var row, above []uint32
	for y := range t.height {
		row, above = t.padded(y), row
		if y > 0 && sameRow(row, above) {
			for i := range f.n {
				f.planes[i][y] = f.planes[i][y-1]
			}
			continue
		}
		for i := range f.n {
			f.planes[i][y] = 0
		}
		if f.n > 1 {
			if mask, stray := otherPixels(row, f.colours[0], f.colours[last]); !stray {
				f.planes[0][y], f.planes[last][y] = full&^mask, full&mask
				continue
			}
		}
		found := uint64(0)
		for i := 0; found != full; i++ {
			if i == maxFew {
				return false
			}
			if i == f.n {
				f.colours[i] = row[bits.TrailingZeros64(^found)]
				f.n++
				clear(f.planes[i][:y])
			}
			mask := full & equalPixels(row, f.colours[i])
			f.planes[i][y] = mask
			found |= mask
			if mask != 0 {
				last = max(i, 1)
			}
		}
	}
	return true
}

// sort brings the colours into the order of their values, so that tiles with the same
// colours have the same numbers for them.
func (f *fewColours) sort() {
	for i := 1; i < f.n; i++ {
		for j := i; j > 0 && f.colours[j] < f.colours[j-1]; j-- {
			f.colours[j], f.colours[j-1] = f.colours[j-1], f.colours[j]
			f.planes[j], f.planes[j-1] = f.planes[j-1], f.planes[j]
		}
	}
}

// mostFrequent gives the colour of most pixels in the first rows.
func (f *fewColours) mostFrequent(rows int) int {
	if f.n == 1 {
		return 0
	}
	best, most := 0, -1
	for i := range f.n {
		count := 0
		for _, mask := range f.planes[i][:rows] {
			count += bits.OnesCount64(mask)
		}
		if count > most {
			best, most = i, count
		}
	}
	return best
}
