package display

import (
	"image"
	"slices"
	"sync/atomic"
)

// maxCopies bounds the moves that a view remembers.
const maxCopies = 8

// view is what one viewer has not seen yet. This holds always: a viewer that carries
// out the copies in their order has the right pixels everywhere but in the damage.
type view struct {
	awake chan struct{} // has an entry when there may be something new
	// pending is set while there is something that the viewer has not been sent.
	pending atomic.Bool

	damage region
	copies []copyRect
	news   news
}

// news is what a viewer has to be told beside pixels.
type news struct{ size, cursor, pointer, leds, name, bell bool }

// copyRect is a move of pixels from src by delta.
type copyRect struct {
	src   image.Rectangle
	delta image.Point
}

func (c copyRect) dst() image.Rectangle { return c.src.Add(c.delta) }

// change notes that there is something new and wakes the viewer.
func (v *view) change() {
	v.pending.Store(true)
	v.wake()
}

// settle clears pending if there is nothing left.
func (v *view) settle() {
	if len(v.damage.rects) == 0 && len(v.copies) == 0 && v.news == (news{}) {
		v.pending.Store(false)
	}
}

func (v *view) wake() {
	select {
	case v.awake <- struct{}{}:
	default:
	}
}

// move notes that src was copied by delta. What was damaged in src is damaged in the
// copy as well; what was damaged where the copy went is not any more.
func (v *view) move(src image.Rectangle, delta image.Point) {
	c := copyRect{src, delta}
	carried := slices.Collect(v.damage.within(src))
	v.damage.subtract(c.dst())
	for _, r := range carried {
		v.damage.add(r.Add(delta))
	}
	if last := len(v.copies) - 1; last >= 0 && v.merge(&v.copies[last], c) {
		return
	}
	v.copies = append(v.copies, c)
	if len(v.copies) > maxCopies {
		v.forgetCopies()
	}
}

// merge makes one copy of two that scroll in the same direction over the same
// columns, as the lines of a burst of output do. Pixels that were moved by only one
// of the two become damage.
func (v *view) merge(first *copyRect, second copyRect) bool {
	if first.delta.X != 0 || second.delta.X != 0 || (first.delta.Y < 0) != (second.delta.Y < 0) ||
		first.src.Min.X != second.src.Min.X || first.src.Max.X != second.src.Max.X {
		return false
	}
	both := copyRect{
		src:   first.src.Intersect(second.src.Sub(first.delta)),
		delta: first.delta.Add(second.delta),
	}
	if both.src.Empty() {
		return false
	}
	for _, c := range []copyRect{*first, second} {
		for _, r := range appendDifference(nil, c.dst(), both.dst()) {
			v.damage.add(r)
		}
	}
	*first = both
	return true
}

// forgetCopies turns the copies into damage.
func (v *view) forgetCopies() {
	for _, c := range v.copies {
		v.damage.add(c.dst())
	}
	v.copies = v.copies[:0]
}

// resized notes that the framebuffer has another size.
func (v *view) resized(size image.Point) {
	v.unseen(image.Rectangle{Max: size})
	v.news.size = true
}

// unseen makes all of the picture damage, for a viewer that has nothing of it.
func (v *view) unseen(picture image.Rectangle) {
	v.copies = v.copies[:0]
	v.damage.clear()
	v.damage.add(picture)
}
