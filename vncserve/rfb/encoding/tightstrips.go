package encoding

import "image"

// strip is a part of an area, from side to side, that has two colours at the most, or
// more than that in each of its rows.
type strip struct {
	top, bottom int
	colours     [2]uint32
	n           int // of the colours, 3 for more
}

// leastStrip is the height that strips must have on the average to be worth their
// headers: half a line of text.
const leastStrip = 8

// strips encodes r in strips, if that pays: a line of text most often has two colours,
// and then a bit is enough for a pixel.
func (e *tightEncoder) strips(p *Picture, r image.Rectangle) bool {
	list := e.cutStrips(p, r)
	if len(list) < 2 || len(list)*leastStrip > r.Dy() || 2*richRows(list) > r.Dy() {
		return false
	}
	for _, s := range list {
		part := image.Rect(r.Min.X, s.top, r.Max.X, s.bottom)
		e.colours.find(p, part, e.translator)
		if e.colours.n == 1 {
			e.fill(part)
		} else {
			e.paletted(p, part)
		}
	}
	return true
}

// richRows counts the rows of more than two colours. Strips of such rows have palettes of
// their own, so that what repeats on the screen does not repeat in their indices.
func richRows(list []strip) int {
	rows := 0
	for _, s := range list {
		if s.n > len(s.colours) {
			rows += s.bottom - s.top
		}
	}
	return rows
}

// cutStrips cuts r into the highest strips, from the top on. It gives up when there are
// too many.
func (e *tightEncoder) cutStrips(p *Picture, r image.Rectangle) []strip {
	list := e.list[:0]
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := strip{top: y, bottom: y + 1}
		row.look(p.Row(y, r.Min.X, r.Max.X), e.translator)
		if last := len(list) - 1; last >= 0 && list[last].join(&row) {
			continue
		}
		list = append(list, row)
		if len(list)*leastStrip > r.Dy() {
			break
		}
	}
	e.list = list
	return list
}

// look finds the colours of a row.
func (s *strip) look(row []uint32, t *Translator) {
	last := row[0]
	s.add(t.rounded(last))
	for _, v := range row {
		if v == last {
			continue
		}
		last = v
		if s.add(t.rounded(v)); s.n > len(s.colours) {
			return
		}
	}
}

func (s *strip) add(colour uint32) {
	for _, have := range s.colours[:min(s.n, len(s.colours))] {
		if have == colour {
			return
		}
	}
	if s.n < len(s.colours) {
		s.colours[s.n] = colour
	}
	s.n++
}

// join makes s one with the row below it, if both together are a strip.
func (s *strip) join(row *strip) bool {
	most := len(s.colours)
	both := *s
	if row.n <= most {
		for _, c := range row.colours[:row.n] {
			both.add(c)
		}
	}
	if (s.n > most) != (row.n > most) || s.n <= most && both.n > most {
		return false
	}
	s.bottom = row.bottom
	if s.n <= most {
		s.n, s.colours = both.n, both.colours
	}
	return true
}
