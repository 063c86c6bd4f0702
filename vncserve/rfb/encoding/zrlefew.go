package encoding

import (
	"encoding/binary"
	"math/bits"
)

// appendFew appends a tile of few colours as a palette and packed pixels. Runs would
// often be shorter, but bits are compressed better.
func appendFew(dst []byte, w *tile, t *Translator) []byte {
	few := &w.few
	few.sort()
	dst = t.appendCompact(append(dst, byte(few.n)), few.colours[:few.n]...)
	switch few.n {
	case 1: // tileSolid
		return dst
	case 2:
		return appendBits(dst, few.planes[1][:w.height], w.width)
	}
	size := packedBytes(few.n, w.width)
	for y := range w.height {
		low := few.planes[1][y]
		high := few.planes[2][y]
		if few.n == maxFew {
			low |= few.planes[3][y]
			high |= few.planes[3][y]
		}
		dst = appendPairs(dst, bits.Reverse64(low), bits.Reverse64(high), size)
	}
	return dst
}

// appendBits appends rows of bits, the first pixel of each being the highest bit of a
// byte.
func appendBits(dst []byte, rows []uint64, width int) []byte {
	size := (width + 7) / 8
	var row [8]byte
	for _, bitsOfRow := range rows {
		binary.BigEndian.PutUint64(row[:], bits.Reverse64(bitsOfRow))
		dst = append(dst, row[:size]...)
	}
	return dst
}

// appendPairs appends a row of two-bit indices whose lower and higher bits are given,
// the first pixel uppermost.
func appendPairs(dst []byte, low, high uint64, size int) []byte {
	var row [16]byte
	binary.BigEndian.PutUint64(row[:], spread(high>>32)<<1|spread(low>>32))
	binary.BigEndian.PutUint64(row[8:], spread(high&0xffffffff)<<1|spread(low&0xffffffff))
	return append(dst, row[:size]...)
}

// spread moves bit i of a 32-bit number to bit 2i.
func spread(v uint64) uint64 {
	v = (v | v<<16) & 0x0000ffff_0000ffff
	v = (v | v<<8) & 0x00ff00ff_00ff00ff
	v = (v | v<<4) & 0x0f0f0f0f_0f0f0f0f
	v = (v | v<<2) & 0x33333333_33333333
	return (v | v<<1) & 0x55555555_55555555
}
