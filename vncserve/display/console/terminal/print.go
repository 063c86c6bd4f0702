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
		x := t.cursor.x
		n := min(len(p), t.columns-x)
		cells := t.lines[t.cursor.y].room(x, x+n)
		c := Cell{Width: 1, Style: t.cursor.style}
		for i := range cells {
			c.Rune = rune(p[i])
			cells[i] = c
		}
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
			t.wrapLine()
		} else {
			t.cursor.x = t.columns - width
		}
	}
	x := t.cursor.x
	if t.insert {
		t.insertCells(width)
	}
	cells := t.lines[t.cursor.y].room(x, x+width)
	cells[0] = Cell{Rune: r, Width: uint8(width), Style: t.cursor.style}
	if width == 2 {
		cells[1] = Cell{Style: t.cursor.style}
	}
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
	l.reach(x + 1)
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
		t.wrapLine()
	}
}

// wrapLine goes on in the next line.
func (t *Terminal) wrapLine() {
	t.lines[t.cursor.y].wrapped = true
	t.nextLine()
}

// repeat shows the last character n times more (REP), at most as often as the screen
// has cells. Programs do not go beyond the line, so what is slow does not either.
func (t *Terminal) repeat(n int) {
	if t.lastRune == 0 {
		return
	}
	n = min(n, t.columns*t.rows)
	if !t.wrap {
		n = min(n, t.columns) // the last column shows the same, however often
	}
	if t.insert || runeWidth(t.lastRune) != 1 {
		for range min(n, t.columns) {
			t.put(t.lastRune, runeWidth(t.lastRune))
		}
		return
	}
	for n > 0 {
		t.wrapPending()
		x, k := t.cursor.x, min(n, t.columns-t.cursor.x)
		t.lines[t.cursor.y].fill(x, x+k, Cell{Rune: t.lastRune, Width: 1, Style: t.cursor.style})
		t.advance(k)
		n -= k
	}
}
