package display

import (
	"image"
	"iter"
	"slices"
)

// maxRegion bounds the rectangles of a region. Beyond it they are put together,
// which makes the region larger than what was added, never smaller.
const maxRegion = 64

// region is a set of pixels, kept as rectangles that do not overlap.
type region struct{ rects []image.Rectangle }

func (g *region) clear() { g.rects = g.rects[:0] }

// add puts r into the region.
func (g *region) add(r image.Rectangle) {
	if r.Empty() {
		return
	}
	for i, have := range g.rects {
		if r.In(have) {
			return
		}
		if joined, ok := join(have, r); ok {
			g.remove(i)
			g.add(joined)
			return
		}
	}
	g.subtract(r)
	g.rects = append(g.rects, r)
	g.limit()
}

// join puts two rectangles together if they share a side or one holds the other.
func join(a, b image.Rectangle) (image.Rectangle, bool) {
	sameColumns := a.Min.X == b.Min.X && a.Max.X == b.Max.X && a.Min.Y <= b.Max.Y && b.Min.Y <= a.Max.Y
	sameRows := a.Min.Y == b.Min.Y && a.Max.Y == b.Max.Y && a.Min.X <= b.Max.X && b.Min.X <= a.Max.X
	return a.Union(b), sameColumns || sameRows || a.In(b)
}

func (g *region) remove(i int) {
	last := len(g.rects) - 1
	g.rects[i] = g.rects[last]
	g.rects = g.rects[:last]
}

// limit replaces the rectangles by one around them if there are too many.
func (g *region) limit() {
	if len(g.rects) <= maxRegion {
		return
	}
	var all image.Rectangle
	for _, r := range g.rects {
		all = all.Union(r)
	}
	g.rects = append(g.rects[:0], all)
}

// subtract takes r out of the region.
func (g *region) subtract(r image.Rectangle) {
	g.rects = slices.DeleteFunc(g.rects, func(have image.Rectangle) bool { return have.In(r) })
	if !slices.ContainsFunc(g.rects, r.Overlaps) {
		return
	}
	old := g.rects
	g.rects = make([]image.Rectangle, 0, len(old)+4)
	for _, have := range old {
		g.rects = appendDifference(g.rects, have, r)
	}
	g.limit()
}

// appendDifference appends what of a is outside b: up to four rectangles.
func appendDifference(dst []image.Rectangle, a, b image.Rectangle) []image.Rectangle {
	b = b.Intersect(a)
	if b.Empty() {
		return append(dst, a)
	}
	for _, r := range [...]image.Rectangle{
		image.Rect(a.Min.X, a.Min.Y, a.Max.X, b.Min.Y),
		image.Rect(a.Min.X, b.Min.Y, b.Min.X, b.Max.Y),
		image.Rect(b.Max.X, b.Min.Y, a.Max.X, b.Max.Y),
		image.Rect(a.Min.X, b.Max.Y, a.Max.X, a.Max.Y),
	} {
		if !r.Empty() {
			dst = append(dst, r)
		}
	}
	return dst
}

// within gives the parts of the region that lie in r.
func (g *region) within(r image.Rectangle) iter.Seq[image.Rectangle] {
	return func(yield func(image.Rectangle) bool) {
		for _, have := range g.rects {
			if part := have.Intersect(r); !part.Empty() && !yield(part) {
				return
			}
		}
	}
}
