package encoding

import (
	"encoding/binary"
	"image"
)

// tightColours finds the colours of an area and each pixel's index among them.
type tightColours struct {
	n       int
	values  [maxTightPalette]uint32
	indices []byte
	// slots is a hash table with linear probing; an entry is an index plus one.
	slots [tightSlots]uint16
	row   []uint32 // as the viewer sees it, if its format has fewer colours
}

const (
	tightSlotBits = 10
	tightSlots    = 1 << tightSlotBits
)

// find tells whether the area has no more colours than a palette holds, and fills the
// palette and the indices then.
func (c *tightColours) find(p *Picture, r image.Rectangle, t *Translator) bool {
	c.n = 0
	clear(c.slots[:])
	width := r.Dx()
	c.indices, _ = grow(c.indices[:0], width*r.Dy())
	var above []uint32
	for y := range r.Dy() {
		row := p.Row(r.Min.Y+y, r.Min.X, r.Max.X)
		indices := c.indices[y*width : (y+1)*width]
		if above != nil && sameRow(row, above) {
			copy(indices, c.indices[(y-1)*width:])
			continue
		}
		above = row
		if t.shown != nil {
			c.row = resized(c.row, width)
			t.round(c.row, row)
			row = c.row
		}
		if !c.findRow(row, indices) {
			return false
		}
	}
	return true
}

// findRow fills the indices of a row, false if there are too many colours.
func (c *tightColours) findRow(row []uint32, indices []byte) bool {
	indices = indices[:len(row)]
	last, index := ^row[0], byte(0)
	for x, v := range row {
		if v != last {
			var ok bool
			if index, ok = c.index(v); !ok {
				return false
			}
			last = v
		}
		indices[x] = index
	}
	return true
}

// index gives the index of v, which it adds if need be.
func (c *tightColours) index(v uint32) (index byte, ok bool) {
	const golden = 0x9e3779b1 // 2^32 / phi: Fibonacci hashing
	i := v * golden >> (32 - tightSlotBits)
	for c.slots[i] != 0 {
		if at := c.slots[i] - 1; c.values[at] == v {
			return byte(at), true
		}
		i = (i + 1) % tightSlots
	}
	if c.n == maxTightPalette {
		return 0, false
	}
	c.values[c.n] = v
	c.n++
	c.slots[i] = uint16(c.n)
	return byte(c.n - 1), true
}

// appendBits appends the indices of a palette of two, eight to a byte, the leftmost the
// highest, each row beginning a byte.
func (c *tightColours) appendBits(dst []byte, width int) []byte {
	// The product has the lowest bits of eight bytes, the first one highest, in its
	// uppermost byte.
	const gather = 0x8040201008040201
	for indices := c.indices; len(indices) > 0; indices = indices[width:] {
		row := indices[:width]
		for ; len(row) >= 8; row = row[8:] {
			dst = append(dst, byte(binary.LittleEndian.Uint64(row)*gather>>56))
		}
		if len(row) > 0 {
			var rest [8]byte
			copy(rest[:], row)
			dst = append(dst, byte(binary.LittleEndian.Uint64(rest[:])*gather>>56))
		}
	}
	return dst
}

// resized gives n pixels of any content, in the memory of b if it is enough.
func resized(b []uint32, n int) []uint32 {
	if cap(b) < n {
		return make([]uint32, n)
	}
	return b[:n]
}
