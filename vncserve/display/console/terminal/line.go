package terminal

// line is a row of cells and what of it has changed. Cells at its end that are all
// alike are not stored: to clear a line then costs the same at any width.
type line struct {
	width int
	// cells are the first cells; tail is what all others up to width are. It is never
	// half of a wide character.
	cells []Cell
	tail  Cell
	// wrapped is set if the text goes on in the next line.
	wrapped bool
	// dirtyFrom to dirtyTo is the range of cells that changed.
	dirtyFrom, dirtyTo int
}

func newLine(columns int) *line {
	l := &line{width: columns}
	l.fill(0, columns, blank(Style{}))
	return l
}

func (l *line) touch(from, to int) {
	if from >= to {
		return
	}
	if l.dirtyTo == l.dirtyFrom {
		l.dirtyFrom, l.dirtyTo = from, to
		return
	}
	l.dirtyFrom, l.dirtyTo = min(l.dirtyFrom, from), max(l.dirtyTo, to)
}

// reach stores the cells before column n.
func (l *line) reach(n int) {
	from := len(l.cells)
	if n <= from {
		return
	}
	l.extend(n)
	for i := from; i < n; i++ {
		l.cells[i] = l.tail
	}
}

// extend makes n cells stored, of which the new ones want to be written.
func (l *line) extend(n int) {
	if cap(l.cells) < n {
		l.cells = append(make([]Cell, 0, l.width), l.cells...)
	}
	l.cells = l.cells[:n]
}

// all gives all cells.
func (l *line) all() []Cell {
	l.reach(l.width)
	return l.cells
}

// room gives the cells from to to (exclusive), to be overwritten. Wide characters
// across the ends are cut.
func (l *line) room(from, to int) []Cell {
	l.split(from)
	l.split(to)
	l.reach(from)
	if to > len(l.cells) {
		l.extend(to)
	}
	l.touch(from, to)
	return l.cells[from:to]
}

// fill sets the cells from to to (exclusive), cutting wide characters at the ends.
func (l *line) fill(from, to int, c Cell) {
	if from >= to {
		return
	}
	if to < l.width {
		cells := l.room(from, to)
		for i := range cells {
			cells[i] = c
		}
		return
	}
	l.split(from)
	l.reach(from)
	l.cells = l.cells[:from]
	l.tail = c
	l.wrapped = false
	l.touch(from, l.width)
}

// split makes sure that no wide character lies across the left edge of column x, by
// blanking both of its halves.
func (l *line) split(x int) {
	if x <= 0 || x >= len(l.cells) || l.cells[x].Width != 0 {
		return
	}
	l.cells[x-1] = blank(l.cells[x-1].Style)
	l.cells[x] = blank(l.cells[x].Style)
	l.touch(x-1, x+1)
}

// insert moves the cells from column x to end (exclusive) right by n, and blanks what
// becomes free with c.
func (l *line) insert(x, end, n int, c Cell) {
	n = min(n, end-x)
	l.split(x)
	l.split(end)
	l.split(end - n)
	cells := l.all()[x:end]
	copy(cells[n:], cells)
	for i := range n {
		cells[i] = c
	}
	l.touch(x, end)
}

// remove takes out n cells from column x on; those up to end (exclusive) move left.
func (l *line) remove(x, end, n int, c Cell) {
	n = min(n, end-x)
	l.split(x)
	l.split(x + n)
	l.split(end)
	cells := l.all()[x:end]
	copy(cells, cells[n:])
	for i := len(cells) - n; i < len(cells); i++ {
		cells[i] = c
	}
	l.touch(x, end)
}

// resize cuts or fills the line to another width.
func (l *line) resize(columns int) {
	if plain := blank(Style{}); l.tail != plain {
		l.reach(l.width)
		l.tail = plain
	}
	if columns < l.width {
		l.split(columns)
		l.cells = l.cells[:min(len(l.cells), columns)]
	}
	if columns != l.width {
		l.wrapped = false
	}
	l.width = columns
	l.dirtyFrom, l.dirtyTo = 0, columns
}

// isBlank tells whether nothing is on the line.
func (l *line) isBlank() bool {
	if l.tail != blank(Style{}) && len(l.cells) < l.width {
		return false
	}
	for i := range l.cells {
		if l.cells[i] != blank(Style{}) {
			return false
		}
	}
	return true
}
