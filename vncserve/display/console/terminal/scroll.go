package terminal

import "slices"

// lineFeed moves down, and scrolls in the last line of the region.
func (t *Terminal) lineFeed() {
	t.cursor.pending = false
	switch {
	case t.cursor.y == t.bottom-1:
		t.scrollUp(1)
	case t.cursor.y < t.rows-1:
		t.cursor.y++
	}
}

// reverseLineFeed moves up, and scrolls back in the first line of the region.
func (t *Terminal) reverseLineFeed() {
	t.cursor.pending = false
	switch {
	case t.cursor.y == t.top:
		t.scroll(t.top, t.bottom, -1)
	case t.cursor.y > 0:
		t.cursor.y--
	}
}

// scrollUp scrolls the region up by n. What leaves the main screen at its top goes to
// the history.
func (t *Terminal) scrollUp(n int) {
	n = min(n, t.bottom-t.top)
	if t.top == 0 && !t.alternate {
		t.scrollOff(n)
	}
	t.scroll(t.top, t.bottom, n)
}

// scroll moves the lines from top to bottom (exclusive) up by n, or down if n is
// negative, and blanks what becomes free.
func (t *Terminal) scroll(top, bottom, n int) {
	height := bottom - top
	if height <= 0 || n == 0 {
		return
	}
	n = max(-height, min(n, height))
	t.noteScroll(Scroll{top, bottom, n})
	region := t.lines[top:bottom]
	rotate(region, n)
	freed := region[height-max(n, 0):]
	if n < 0 {
		freed = region[:-n]
	}
	for _, l := range freed {
		l.fill(0, t.columns, t.erased())
	}
}

// rotate moves lines n places to the front, round the end.
func rotate(lines []*line, n int) {
	n = (n%len(lines) + len(lines)) % len(lines)
	if n == 1 {
		first := lines[0]
		copy(lines, lines[1:])
		lines[len(lines)-1] = first
		return
	}
	slices.Reverse(lines[:n])
	slices.Reverse(lines[n:])
	slices.Reverse(lines)
}

// noteScroll adds a scroll to the one that waits to be drawn. If they do not add up
// to one scroll, their lines are drawn anew.
func (t *Terminal) noteScroll(s Scroll) {
	have := &t.scrolled
	if have.Lines == 0 {
		*have = s
		return
	}
	if have.Top == s.Top && have.Bottom == s.Bottom && (have.Lines < 0) == (s.Lines < 0) {
		height := s.Bottom - s.Top
		have.Lines = max(-height, min(have.Lines+s.Lines, height))
		return
	}
	t.touchLines(min(have.Top, s.Top), max(have.Bottom, s.Bottom))
	*have = Scroll{}
}
