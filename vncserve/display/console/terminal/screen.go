package terminal

func (t *Terminal) nextLine() {
	t.cursor.x = 0
	t.lineFeed()
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
	t.lines[y].fill(x0, min(x1, t.columns), t.erased())
}

func (t *Terminal) eraseLines(top, bottom int) {
	for y := top; y < bottom; y++ {
		t.erase(y, 0, t.columns)
	}
}

// erased is what erasing leaves: the background of now (terminfo's bce).
func (t *Terminal) erased() Cell { return blank(Style{Bg: t.cursor.style.Bg}) }

// insertCells moves the rest of the line right by n.
func (t *Terminal) insertCells(n int) {
	t.lines[t.cursor.y].insert(t.cursor.x, t.columns, n, t.erased())
}

// deleteCells moves the rest of the line left by n.
func (t *Terminal) deleteCells(n int) {
	t.lines[t.cursor.y].remove(t.cursor.x, t.columns, n, t.erased())
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
