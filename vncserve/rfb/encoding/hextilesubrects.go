package encoding

import "math/bits"

// appendFew appends a tile of few colours from its planes.
func (e *hextileEncoder) appendFew(dst []byte, w *tile, t *Translator) []byte {
	few := &w.few
	background := few.mostFrequent(w.height)
	at := len(dst)
	dst = e.appendBackground(append(dst, 0), at, few.colours[background], t)
	if few.n == 1 {
		return dst
	}
	dst[at] |= hextileSubrects
	if few.n == 2 {
		foreground := 1 - background
		dst = e.appendForeground(dst, at, few.colours[foreground], t)
		count := len(dst)
		dst = append(dst, 0)
		return appendPlane(dst, count, few.planes[foreground][:w.height], nil)
	}
	e.beginColoured(dst, at)
	count := len(dst)
	dst = append(dst, 0)
	var buf [4]byte
	for i := range few.n {
		if i != background {
			pixel := t.appendPixel(buf[:0], few.colours[i])
			dst = appendPlane(dst, count, few.planes[i][:w.height], pixel)
		}
	}
	return dst
}

// beginColoured says in the subencoding that subrectangles have colours of their own.
// Some viewers take the last of these for the foreground from then on.
func (e *hextileEncoder) beginColoured(dst []byte, at int) {
	e.hasForeground = false
	dst[at] |= hextileSubrects | hextileColoured
}

// appendPlane appends the subrectangles that cover the bits of a plane, which is used
// up, each after its pixel, if that is not empty; the byte at count counts them. Each
// run of bits reaches down as far as its bits are set.
func appendPlane(dst []byte, count int, plane []uint64, pixel []byte) []byte {
	for y := range plane {
		for mask := plane[y]; mask != 0; {
			x := bits.TrailingZeros64(mask)
			width := bits.TrailingZeros64(^(mask >> x))
			run := (uint64(1)<<width - 1) << x
			mask &^= run
			height := 1
			for y+height < len(plane) && plane[y+height]&run == run {
				plane[y+height] &^= run
				height++
			}
			dst = append(dst, pixel...)
			dst = append(dst, byte(x<<4|y), byte((width-1)<<4|(height-1)))
			dst[count]++
		}
	}
	return dst
}

// appendMany appends a tile of many colours. It gives up when the tile takes more
// bytes than limit, so that there are fewer than 256 subrectangles.
func (e *hextileEncoder) appendMany(dst []byte, w *tile, t *Translator, limit int) (_ []byte, fits bool) {
	var v vote
	for y := range w.height {
		v.add(w.row(y))
	}
	start := len(dst)
	dst = e.appendBackground(append(dst, 0), start, v.colour, t)
	e.beginColoured(dst, start)
	count := len(dst)
	dst = append(dst, 0)
	clear(e.open[:])
	for y := range w.height {
		row := w.row(y)
		for x := 0; x < len(row); {
			colour, end := row[x], x+1
			for end < len(row) && row[end] == colour {
				end++
			}
			if colour != v.colour && !e.extend(dst, x, end, y, colour) {
				dst = t.appendPixel(dst, colour)
				dst = append(dst, byte(x<<4|y), byte((end-x-1)<<4))
				dst[count]++
				e.open[x] = openSubrect{colour, end, y + 1, len(dst) - 1}
			}
			x = end
		}
		if len(dst)-start > limit {
			return dst, false
		}
	}
	return dst, true
}

// extend continues the subrectangle above a run, if it has the same columns and colour.
func (e *hextileEncoder) extend(dst []byte, x, end, y int, colour uint32) bool {
	o := &e.open[x]
	if o.bottom != y || o.end != end || o.colour != colour {
		return false
	}
	o.bottom++
	dst[o.at]++ // the height, in the lower four bits
	return true
}
