package terminal

import "slices"

// Resize changes the size, put within the bounds. Lines are cut or filled at the
// right. When lines must go, blank ones below the cursor go first and then those at
// the top, into the history; they come back when there is room again.
func (t *Terminal) Resize(columns, rows int) {
	columns, rows = clampSize(columns, rows)
	if columns == t.columns && rows == t.rows {
		return
	}
	main, alternate := &t.lines, &t.other
	if t.alternate {
		main, alternate = alternate, main
	}
	mainCursor, alternateCursor := &t.cursor, &t.saved[screenIndex(!t.alternate)]
	if t.alternate {
		mainCursor, alternateCursor = alternateCursor, mainCursor
	}
	*main = t.resizeMain(*main, rows, mainCursor)
	*alternate = cutTop(*alternate, rows, alternateCursor)
	for _, screen := range []*[]*line{main, alternate} {
		*screen = fitScreen(*screen, columns, rows)
	}
	t.columns, t.rows = columns, rows
	for _, c := range []*cursor{&t.cursor, &t.saved[0], &t.saved[1]} {
		c.x, c.y = min(c.x, columns-1), max(0, min(c.y, rows-1))
		c.pending = false
	}
	t.top, t.bottom = 0, rows
	t.scrolled = Scroll{}
	t.resizeTabs()
}

// resizeMain gives the main screen its number of lines, as far as the history can
// take and give them.
func (t *Terminal) resizeMain(lines []*line, rows int, c *cursor) []*line {
	excess := len(lines) - rows
	for excess > 0 && len(lines) > c.y+1 && lines[len(lines)-1].isBlank() {
		lines = lines[:len(lines)-1]
		excess--
	}
	for excess > 0 && c.y > 0 {
		t.history.push(lines[0])
		t.scrolledOff++
		lines = lines[1:]
		c.y--
		excess--
	}
	var back []*line
	for excess < 0 && t.history.count > 0 {
		back = append(back, t.history.pop(t.columns))
		t.scrolledOff--
		c.y++
		excess++
	}
	slices.Reverse(back)
	return append(back, lines...)
}

// cutTop takes lines from the top that would push the cursor off the bottom.
func cutTop(lines []*line, rows int, c *cursor) []*line {
	excess := max(0, c.y-(rows-1))
	c.y -= excess
	return lines[excess:]
}

// fitScreen cuts and fills a screen at the right and at the bottom.
func fitScreen(lines []*line, columns, rows int) []*line {
	lines = slices.Clone(lines[:min(len(lines), rows)])
	for _, l := range lines {
		l.resize(columns)
	}
	for len(lines) < rows {
		lines = append(lines, newLine(columns))
	}
	return lines
}

// resizeTabs sets tab stops in new columns.
func (t *Terminal) resizeTabs() {
	old := len(t.tabs)
	t.tabs = append(slices.Clip(t.tabs[:min(old, t.columns)]), make([]bool, max(0, t.columns-old))...)
	for x := (old + 7) / 8 * 8; x < t.columns; x += 8 {
		t.tabs[x] = x > 0
	}
}
