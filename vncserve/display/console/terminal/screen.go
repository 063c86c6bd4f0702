package terminal

import (
	"unicode"

	"github.com/clipperhouse/displaywidth"
)

// print shows a character at the cursor.
func (t *Terminal) print(r rune) {
	r = t.cursor.charset.translate(r)
	width := runeWidth(r)
	if width == 0 {
		t.combine(r)
		return
	}
	t.put(r, width)
	t.lastRune = r
}

// runeWidth gives the columns that a character takes, 0 to 2. It must be what programs
// expect, and they go by the C library's wcwidth: Unicode has no widths, and those of
// displaywidth differ for what a grapheme would swallow.
func runeWidth(r rune) int {
	switch {
	case r == softHyphen || unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return 1
	case r >= 0x1160 && r <= 0x11ff, r >= 0xd7b0 && r <= 0xd7fb:
		return 0 // the vowels and final consonants of a Hangul syllable in parts
	}
	return min(displaywidth.Rune(r), 2)
}

const softHyphen = 0xad

// printASCII shows characters of width 1.
func (t *Terminal) printASCII(p []byte) {
	if t.insert || t.cursor.charset.active() {
		for _, c := range p {
			t.print(rune(c))
		}
		return
	}
	for len(p) > 0 {
		t.wrapPending()
		l, x := t.lines[t.cursor.y], t.cursor.x
		n := min(len(p), t.columns-x)
		l.split(x)
		l.split(x + n)
		for i, c := range p[:n] {
			l.cells[x+i] = Cell{Rune: rune(c), Width: 1, Style: t.cursor.style}
		}
		l.touch(x, x+n)
		t.lastRune = rune(p[n-1])
		t.advance(n)
		p = p[n:]
		if !t.wrap && len(p) > 0 {
			p = p[len(p)-1:] // the last column shows the last character
		}
	}
}

func (t *Terminal) put(r rune, width int) {
	t.wrapPending()
	if t.cursor.x+width > t.columns {
		// A wide character in the last column.
		if t.wrap {
			t.nextLine()
		} else {
			t.cursor.x = t.columns - width
		}
	}
	x := t.cursor.x
	l := t.lines[t.cursor.y]
	if t.insert {
		t.insertCells(width)
	}
	l.split(x)
	l.split(x + width)
	l.cells[x] = Cell{Rune: r, Width: uint8(width), Style: t.cursor.style}
	if width == 2 {
		l.cells[x+1] = Cell{Style: t.cursor.style}
	}
	l.touch(x, x+width)
	t.advance(width)
}

// combine puts a mark on the character before the cursor.
func (t *Terminal) combine(r rune) {
	x := t.cursor.x
	if !t.cursor.pending {
		x--
	}
	if x < 0 {
		return
	}
	l := t.lines[t.cursor.y]
	if l.cells[x].Width == 0 && x > 0 {
		x--
	}
	c := &l.cells[x]
	if marks := c.Marks + string(r); c.Rune != 0 && len(marks) <= maxMarks {
		c.Marks = marks
		l.touch(x, x+int(c.Width))
	}
}

// advance moves the cursor after n columns of characters.
func (t *Terminal) advance(n int) {
	t.cursor.x += n
	if t.cursor.x >= t.columns {
		t.cursor.x = t.columns - 1
		t.cursor.pending = t.wrap
	}
}

// wrapPending begins the next line if the last column was filled before.
func (t *Terminal) wrapPending() {
	if t.cursor.pending {
		t.nextLine()
	}
}

func (t *Terminal) nextLine() {
	t.cursor.x = 0
	t.lineFeed()
}

// lineFeed moves down, and scrolls in the last line of the region.
func (t *Terminal) lineFeed() {
	t.cursor.pending = false
	switch {
	case t.cursor.y == t.bottom-1:
		t.scroll(t.top, t.bottom, 1)
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
		l.fill(0, t.columns, blank(t.cursor.style.erased()))
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
	turned := append(append(make([]*line, 0, len(lines)), lines[n:]...), lines[:n]...)
	copy(lines, turned)
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

// moveTo puts the cursor at column x and line y, which counts from the region's top
// in origin mode. Both are put within the screen.
func (t *Terminal) moveTo(x, y int) {
	top, bottom := 0, t.rows
	if t.cursor.origin {
		top, bottom = t.top, t.bottom
	}
	t.cursor.x = max(0, min(x, t.columns-1))
	t.cursor.y = max(top, min(y+top, bottom-1))
	t.cursor.pending = false
}

// moveBy moves the cursor; the edges of the region stop it unless it is beyond them.
func (t *Terminal) moveBy(dx, dy int) {
	first, last := 0, t.rows-1
	if t.cursor.y >= t.top {
		first = t.top
	}
	if t.cursor.y < t.bottom {
		last = t.bottom - 1
	}
	t.cursor.x = max(0, min(t.cursor.x+dx, t.columns-1))
	if dy < 0 {
		t.cursor.y = max(first, t.cursor.y+dy)
	} else if dy > 0 {
		t.cursor.y = min(last, t.cursor.y+dy)
	}
	t.cursor.pending = false
}

// erase blanks the cells from x0 to x1 (exclusive) of line y.
func (t *Terminal) erase(y, x0, x1 int) {
	t.lines[y].fill(x0, min(x1, t.columns), blank(t.cursor.style.erased()))
}

func (t *Terminal) eraseLines(top, bottom int) {
	for y := top; y < bottom; y++ {
		t.erase(y, 0, t.columns)
	}
}

// insertCells moves the rest of the line right by n.
func (t *Terminal) insertCells(n int) {
	x, l := t.cursor.x, t.lines[t.cursor.y]
	n = min(n, t.columns-x)
	l.split(x)
	l.split(t.columns - n)
	copy(l.cells[x+n:], l.cells[x:])
	l.set(x, x+n, blank(t.cursor.style.erased()))
	l.touch(x, t.columns)
}

// deleteCells moves the rest of the line left by n.
func (t *Terminal) deleteCells(n int) {
	x, l := t.cursor.x, t.lines[t.cursor.y]
	n = min(n, t.columns-x)
	l.split(x)
	l.split(x + n)
	copy(l.cells[x:], l.cells[x+n:])
	l.set(t.columns-n, t.columns, blank(t.cursor.style.erased()))
	l.touch(x, t.columns)
}

// swapScreens shows the other screen.
func (t *Terminal) swapScreens() {
	t.lines, t.other = t.other, t.lines
	t.alternate = !t.alternate
	t.scrolled = Scroll{}
	t.touchLines(0, t.rows)
}

// setAlternate shows the alternate screen or the main one.
func (t *Terminal) setAlternate(on bool) {
	if on != t.alternate {
		t.swapScreens()
	}
}

func (t *Terminal) saveCursor() { t.saved[screenIndex(t.alternate)] = t.cursor }

func (t *Terminal) restoreCursor() {
	t.cursor = t.saved[screenIndex(t.alternate)]
}

func screenIndex(alternate bool) int {
	if alternate {
		return 1
	}
	return 0
}
