package encoding

// runs finds the runs of pixels of a tile, which go on from row to row, and encodes
// them.
type runs struct {
	palette palette
	list    [zrleTile * zrleTile]run
}

// run is a number of pixels of one colour.
type run struct {
	colour uint32
	length uint16
	index  uint8 // of the palette
}

// appendTile appends a tile in the form that takes the fewest bytes.
func (e *runs) appendTile(dst []byte, w *tile, t *Translator) []byte {
	values := w.values()
	list, fits := e.find(values)
	kind, best := byte(tileRaw), t.compact*len(values)
	consider := func(k byte, size int) {
		if size < best {
			kind, best = k, size
		}
	}
	plain, indexed := 0, 0 // bytes for the runs, without and with a palette
	for _, r := range list {
		length := runBytes(int(r.length))
		plain += t.compact + length
		indexed++
		if r.length > 1 {
			indexed += length
		}
	}
	consider(tilePlainRLE, plain)
	n := e.palette.n
	if fits {
		consider(tilePaletteRLE+byte(n), t.compact*n+indexed)
	}
	if fits && n <= maxPacked {
		consider(byte(n), t.compact*n+packedBytes(n, w.width)*w.height)
	}
	switch {
	case kind == tileRaw:
		return appendRawTile(dst, w, t)
	case kind == tilePlainRLE:
		return appendPlainRuns(append(dst, kind), list, t)
	}
	e.sortPalette(list)
	dst = t.appendCompact(append(dst, kind), e.palette.colours()...)
	if kind <= maxPacked {
		return appendPacked(dst, list, w.width)
	}
	return appendIndexedRuns(dst, list)
}

// find gives the runs, and tells whether the palette has room for their colours.
func (e *runs) find(values []uint32) (list []run, fits bool) {
	e.palette.reset()
	n := 0
	fits = true
	for len(values) > 0 {
		length := runLength(values)
		r := run{colour: values[0], length: uint16(length)}
		if fits {
			r.index, fits = e.palette.add(r.colour)
		}
		e.list[n] = r
		n++
		values = values[length:]
	}
	return e.list[:n], fits
}

func (e *runs) sortPalette(list []run) {
	moved := e.palette.sort()
	for i := range list {
		list[i].index = moved[list[i].index]
	}
}

// runLength gives the number of values at the front that are the same.
func runLength(values []uint32) int {
	first := values[0]
	for i, v := range values {
		if v != first {
			return i
		}
	}
	return len(values)
}

// runBytes is the size of a run's length.
func runBytes(length int) int { return (length-1)/255 + 1 }

func appendRunLength(dst []byte, length int) []byte {
	for length--; length >= 255; length -= 255 {
		dst = append(dst, 255)
	}
	return append(dst, byte(length))
}

func appendPlainRuns(dst []byte, list []run, t *Translator) []byte {
	for _, r := range list {
		dst = appendRunLength(t.appendCompact(dst, r.colour), int(r.length))
	}
	return dst
}

// runFlag marks an index that is followed by a run length.
const runFlag = 128

func appendIndexedRuns(dst []byte, list []run) []byte {
	for _, r := range list {
		if r.length == 1 {
			dst = append(dst, r.index)
		} else {
			dst = appendRunLength(append(dst, r.index|runFlag), int(r.length))
		}
	}
	return dst
}

// appendPacked appends four-bit indices, each row of a width beginning a byte.
func appendPacked(dst []byte, list []run, width int) []byte {
	x := 0
	for _, r := range list {
		for range r.length {
			if x%2 == 0 {
				dst = append(dst, r.index<<4)
			} else {
				dst[len(dst)-1] |= r.index
			}
			if x++; x == width {
				x = 0
			}
		}
	}
	return dst
}
