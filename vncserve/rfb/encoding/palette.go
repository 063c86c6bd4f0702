package encoding

// palette collects the colours of a tile, up to maxPalette of them.
type palette struct {
	n      int // number of colours, more than maxPalette if there were too many
	values [maxPalette]uint32
	// slots is a hash table with linear probing; an entry is an index plus one.
	slots [paletteSlots]uint8
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

// slot finds the slot that holds v, or the free one where it belongs. The table is
// never full, as it has twice the slots of the values.
func (p *palette) slot(v uint32) uint32 {
	const golden = 0x9e3779b1 // 2^32 / phi: Fibonacci hashing
	i := v * golden >> (32 - paletteBits)
	for p.slots[i] != 0 && p.values[p.slots[i]-1] != v {
		i = (i + 1) % paletteSlots
	}
	return i
}

// add makes sure that v is in the palette, unless that has overflowed.
func (p *palette) add(v uint32) {
	if p.n > maxPalette {
		return
	}
	i := p.slot(v)
	if p.slots[i] != 0 {
		return
	}
	if p.n < maxPalette {
		p.values[p.n] = v
		p.slots[i] = uint8(p.n + 1)
	}
	p.n++
}

// index gives the index of v, which has been added.
func (p *palette) index(v uint32) uint8 { return p.slots[p.slot(v)] - 1 }

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

// appendPacked appends the values as packed indices, each row beginning a byte.
func (p *palette) appendPacked(dst []byte, values []uint32, width int) []byte {
	size := indexBits(p.n)
	last, index := values[0], p.index(values[0])
	for ; len(values) > 0; values = values[width:] {
		bits, used := uint8(0), 0
		for _, v := range values[:width] {
			if v != last {
				last, index = v, p.index(v)
			}
			bits |= index << (8 - size - used)
			if used += size; used == 8 {
				dst = append(dst, bits)
				bits, used = 0, 0
			}
		}
		if used > 0 {
			dst = append(dst, bits)
		}
	}
	return dst
}

// runFlag marks an index that is followed by a run length.
const runFlag = 128

// appendRuns appends the values as runs of indices.
func (p *palette) appendRuns(dst []byte, values []uint32) []byte {
	for len(values) > 0 {
		length, index := runLength(values), p.index(values[0])
		if length == 1 {
			dst = append(dst, index)
		} else {
			dst = appendRunLength(append(dst, index|runFlag), length)
		}
		values = values[length:]
	}
	return dst
}
