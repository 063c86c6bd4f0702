package encoding

// laneWidth is the number of pixels that are compared in one step.
const laneWidth = 8

// carry has the uppermost bit of each half. Canonical pixels leave the upper bits of a
// half free, so two can be compared in one number: adding all ones but the uppermost
// carries into that one unless the half is zero.
const carry = 0x80000000_80000000

// pairs gives eight pixels, each exclusive-or'ed with the same one, as four numbers.
func pairs(row []uint32, with uint64) (a, b, c, d uint64) {
	r := row[:laneWidth]
	return (uint64(r[0]) | uint64(r[1])<<32) ^ with,
		(uint64(r[2]) | uint64(r[3])<<32) ^ with,
		(uint64(r[4]) | uint64(r[5])<<32) ^ with,
		(uint64(r[6]) | uint64(r[7])<<32) ^ with
}

// lanes gathers the carries of eight pixels into eight bits, the first pixel lowest.
func lanes(a, b, c, d uint64) uint64 {
	both := a>>31 | b>>29 | c>>27 | d>>25 // even pixels from bit 0, odd ones from bit 32
	return (both | both>>31) & 0xff
}

func twice(pixel uint32) uint64 { return uint64(pixel)<<32 | uint64(pixel) }

// equalPixels gives a bit for each pixel of a row, the first one lowest, that is the
// same as one. The row is a multiple of laneWidth long, at most 64.
func equalPixels(row []uint32, one uint32) uint64 {
	with, unequal := twice(one), uint64(0)
	shift := 0
	for ; len(row) >= laneWidth; shift += laneWidth {
		a, b, c, d := pairs(row, with)
		unequal |= lanes((a+^uint64(carry))&carry, (b+^uint64(carry))&carry,
			(c+^uint64(carry))&carry, (d+^uint64(carry))&carry) << (shift & 63)
		row = row[laneWidth:]
	}
	return ^unequal
}

// otherPixels gives a bit for each pixel of a row, as equalPixels does, that is not
// base; stray tells that one of them is not other either.
func otherPixels(row []uint32, base, other uint32) (mask uint64, stray bool) {
	with, wanted := twice(base), twice(base^other)
	strays := uint64(0)
	for shift := 0; len(row) >= laneWidth; shift += laneWidth {
		a, b, c, d := pairs(row, with)
		i := (a + ^uint64(carry)) & carry
		j := (b + ^uint64(carry)) & carry
		k := (c + ^uint64(carry)) & carry
		l := (d + ^uint64(carry)) & carry
		strays |= a ^ wanted&(i-i>>31)
		strays |= b ^ wanted&(j-j>>31)
		strays |= c ^ wanted&(k-k>>31)
		strays |= d ^ wanted&(l-l>>31)
		mask |= lanes(i, j, k, l) << (shift & 63)
		row = row[laneWidth:]
	}
	return mask, strays != 0
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
