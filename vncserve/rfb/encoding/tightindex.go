package encoding

import (
	"encoding/binary"
	"image"
)

// indexed is an area of a picture as indices into a palette, one byte a pixel and row
// by row. The first colour of the area is the first of the palette, and so on.
type indexed struct {
	width   int
	pixels  []uint8
	n       int // number of colours
	colours [maxTightPalette]uint32
	// rows has a bit for each of the first 32 colours that a row holds.
	rows []uint32
	// slots is a hash table with linear probing; an entry is an index plus one. It
	// is never full, as it has more slots than there are colours.
	slots [indexSlots]uint16
}

const (
	indexSlotBits = 10
	indexSlots    = 1 << indexSlotBits
)

// load indexes the area r of p, unless it has more colours than a limit, which is at
// most maxTightPalette. Then it gives up early.
func (ix *indexed) load(p *Picture, r image.Rectangle, limit int) bool {
	ix.width, ix.n = r.Dx(), 0
	clear(ix.slots[:])
	ix.rows = ix.rows[:0]
	if size := r.Dx() * r.Dy(); cap(ix.pixels) < size {
		ix.pixels = make([]uint8, size)
	} else {
		ix.pixels = ix.pixels[:size]
	}
	var above []uint32
	for y := range r.Dy() {
		row := p.Row(r.Min.Y+y, r.Min.X, r.Max.X)
		dst := ix.row(y)
		if above != nil && sameRow(row, above) {
			copy(dst, ix.row(y-1))
			ix.rows = append(ix.rows, ix.rows[y-1])
		} else if !ix.loadRow(dst, row, limit) {
			return false
		}
		above = row
	}
	return true
}

// row gives the indices of line y.
func (ix *indexed) row(y int) []uint8 { return ix.pixels[y*ix.width : (y+1)*ix.width] }

// loadRow indexes one row, eight pixels at a time where they have one colour.
func (ix *indexed) loadRow(dst []uint8, row []uint32, limit int) bool {
	const lane = 8
	index, ok := ix.index(row[0], limit)
	if !ok {
		return false
	}
	last, before, beforeIndex := row[0], row[0], index // text goes to and fro between two colours
	seen := uint32(1) << (index & 31)
	for len(row) > 0 {
		if len(row) >= lane && len(dst) >= lane && allSame(row, last) {
			binary.LittleEndian.PutUint64(dst, uint64(index)*0x0101010101010101)
			row, dst = row[lane:], dst[lane:]
			continue
		}
		n := min(lane, len(row))
		next := dst[:n]
		for i, v := range row[:n] {
			switch v {
			case last:
			case before:
				last, index, before, beforeIndex = before, beforeIndex, last, index
			default:
				before, beforeIndex, last = last, index, v
				if index, ok = ix.index(v, limit); !ok {
					return false
				}
				seen |= 1 << (index & 31)
			}
			next[i] = index
		}
		row, dst = row[n:], dst[n:]
	}
	ix.rows = append(ix.rows, seen)
	return true
}

// index gives the index of a colour, which it adds if need be; false if there are too
// many.
func (ix *indexed) index(v uint32, limit int) (uint8, bool) {
	const golden = 0x9e3779b1 // 2^32 / phi: Fibonacci hashing
	slot := v * golden >> (32 - indexSlotBits)
	for ix.slots[slot] != 0 {
		if index := ix.slots[slot] - 1; ix.colours[index] == v {
			return uint8(index), true
		}
		slot = (slot + 1) % indexSlots
	}
	if ix.n == limit {
		return 0, false
	}
	ix.colours[ix.n] = v
	ix.n++
	ix.slots[slot] = uint16(ix.n)
	return uint8(ix.n - 1), true
}

// allSame tells whether eight pixels are the same as one.
func allSame(row []uint32, v uint32) bool {
	r := row[:8]
	return (r[0]^v)|(r[1]^v)|(r[2]^v)|(r[3]^v)|(r[4]^v)|(r[5]^v)|(r[6]^v)|(r[7]^v) == 0
}

// appendBitmap appends a row of indices below 128 as one bit each, 1 for those that are ink,
// the leftmost highest.
func appendBitmap(dst []byte, row []uint8, ink uint8) []byte {
	const ones = 0x0101010101010101
	inks := uint64(ink) * ones
	pack := func(eight uint64) byte {
		equal := (ones<<7 - (eight ^ inks)) >> 7 & ones
		// Multiplying moves the lowest bit of each byte to its place in the highest.
		return byte(equal * 0x8040201008040201 >> 56)
	}
	for ; len(row) >= 8; row = row[8:] {
		dst = append(dst, pack(binary.LittleEndian.Uint64(row)))
	}
	if len(row) > 0 {
		last := [8]uint8{ink ^ 1, ink ^ 1, ink ^ 1, ink ^ 1, ink ^ 1, ink ^ 1, ink ^ 1, ink ^ 1}
		copy(last[:], row)
		dst = append(dst, pack(binary.LittleEndian.Uint64(last[:])))
	}
	return dst
}
