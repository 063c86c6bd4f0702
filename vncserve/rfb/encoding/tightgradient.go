package encoding

import "image"

// gradient encodes r as the differences from what the pixels to the left and above let
// expect. In photographs they are small numbers, for which short codes do better, in a
// tenth of the time, than a search for repetitions.
func (e *tightEncoder) gradient(r image.Rectangle) {
	e.head = append(e.head[:0], tightGradient)
	e.basic(r, tightGradientStream, huffmanOnly, 3*r.Dx(), func(dst []byte, y int) []byte {
		row := e.shown.Row(y, r.Min.X, r.Max.X)
		dst, out := grow(dst, 3*len(row))
		if y == r.Min.Y {
			differencesAlong(out, row)
		} else {
			differences(out, row, e.shown.Row(y-1, r.Min.X, r.Max.X))
		}
		return dst
	})
}

// differencesAlong is for the first row, whose neighbours above count as 0.
func differencesAlong(dst []byte, row []uint32) {
	left := uint32(0)
	for _, p := range row {
		b := dst[:3]
		b[0], b[1], b[2] = byte(p>>16)-byte(left>>16), byte(p>>8)-byte(left>>8), byte(p)-byte(left)
		dst, left = dst[3:], p
	}
}

func differences(dst []byte, row, above []uint32) {
	left, corner := uint32(0), uint32(0)
	above = above[:len(row)]
	for i, p := range row {
		up := above[i]
		b := dst[:3]
		b[0] = byte(p>>16) - expected(left>>16&0xff, up>>16&0xff, corner>>16&0xff)
		b[1] = byte(p>>8) - expected(left>>8&0xff, up>>8&0xff, corner>>8&0xff)
		b[2] = byte(p) - expected(left&0xff, up&0xff, corner&0xff)
		dst, left, corner = dst[3:], p, up
	}
}

// expected continues the gradient of three neighbours.
func expected(left, up, corner uint32) byte {
	return byte(max(0, min(255, int32(left+up-corner))))
}
