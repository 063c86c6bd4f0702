package encoding

import "slices"

// palette collects the colours of a tile, up to maxPalette of them.
type palette struct {
	n      int
	values [maxPalette]uint32
	// slots is a hash table with linear probing; an entry is an index plus one. It
	// is never full, as it has twice the slots of the values.
	slots [paletteSlots]uint8
	keys  [maxPalette]uint64
}

const (
	paletteBits  = 8
	paletteSlots = 1 << paletteBits
)

func (p *palette) reset() {
	p.n = 0
	clear(p.slots[:])
}

// colours gives the values by index.
func (p *palette) colours() []uint32 { return p.values[:p.n] }

// add gives the index of v, which it adds if need be; false if there is no room.
func (p *palette) add(v uint32) (index uint8, ok bool) {
	const golden = 0x9e3779b1 // 2^32 / phi: Fibonacci hashing
	i := v * golden >> (32 - paletteBits)
	for p.slots[i] != 0 {
		if index := p.slots[i] - 1; p.values[index] == v {
			return index, true
		}
		i = (i + 1) % paletteSlots
	}
	if p.n == maxPalette {
		return 0, false
	}
	p.values[p.n] = v
	p.n++
	p.slots[i] = uint8(p.n)
	return uint8(p.n - 1), true
}

// sort brings the values into order, so that tiles with the same colours have the same
// indices for them and what repeats on the screen repeats on the wire. It gives the new
// index for each old one. No values can be added after that.
func (p *palette) sort() (moved [maxPalette]uint8) {
	keys := p.keys[:p.n]
	for i, v := range p.colours() {
		keys[i] = uint64(v)<<8 | uint64(i)
	}
	slices.Sort(keys)
	for i, key := range keys {
		p.values[i] = uint32(key >> 8)
		moved[uint8(key)] = uint8(i)
	}
	return moved
}

// indexBits is the size of a packed index into a palette of n colours.
func indexBits(n int) int {
	switch {
	case n <= 2:
		return 1
	case n <= 4:
		return 2
	}
	return 4
}

// packedBytes is the size of a row of packed indices.
func packedBytes(n, width int) int { return (width*indexBits(n) + 7) / 8 }
