package terminal

// history keeps the lines that scrolled off the top of the main screen, the oldest
// of them forgotten first. Lines are kept encoded (see historyline.go).
type history struct {
	// maxLines and maxBytes bound it.
	maxLines, maxBytes int
	// ring holds count lines, the oldest at first. Other places keep buffers to use
	// again.
	ring         [][]byte
	first, count int
	bytes        int // of all buffers of lines
	scratch      []byte
}

// bytesPerLine is what a line may take on average before the oldest are forgotten
// earlier than their number asks for: text of some colours takes half of it.
const bytesPerLine = 256

// minHistoryBytes is the least of maxBytes: at least a few of the largest lines.
const minHistoryBytes = 1 << 20

func newHistory(lines int) history {
	return history{maxLines: lines, maxBytes: max(minHistoryBytes, lines*bytesPerLine)}
}

// at gives line i, counted from the oldest.
func (h *history) at(i int) []byte { return h.ring[(h.first+i)%len(h.ring)] }

// push adds a line.
func (h *history) push(l *line) {
	if h.maxLines == 0 {
		return
	}
	h.scratch = encodeLine(h.scratch[:0], l)
	if h.count == h.maxLines {
		h.drop(true)
	}
	h.grow()
	place := &h.ring[(h.first+h.count)%len(h.ring)]
	*place = refill(*place, h.scratch)
	h.count++
	h.bytes += cap(*place)
	for h.bytes > h.maxBytes && h.count > 1 {
		h.drop(false)
	}
}

// refill puts b into a buffer, a new one if the old one is too small or much too
// large.
func refill(old, b []byte) []byte {
	if n := cap(old); n < len(b) || n > 2*len(b)+64 {
		old = make([]byte, 0, len(b))
	}
	return append(old[:0], b...)
}

// drop forgets the oldest line; its buffer may be used again.
func (h *history) drop(reuse bool) {
	h.bytes -= cap(h.ring[h.first])
	if !reuse {
		h.ring[h.first] = nil
	}
	h.first = (h.first + 1) % len(h.ring)
	h.count--
}

// grow makes room for another line.
func (h *history) grow() {
	if h.count < len(h.ring) {
		return
	}
	ring := make([][]byte, min(h.maxLines, max(64, 2*len(h.ring))))
	for i := range h.count {
		ring[i] = h.at(i)
	}
	h.ring, h.first = ring, 0
}

// pop takes the newest line back, at least as wide as the screen is.
func (h *history) pop(columns int) *line {
	last := (h.first + h.count - 1) % len(h.ring)
	cells, wrapped := decodeLine(nil, h.ring[last], MaxColumns)
	l := &line{width: max(columns, len(cells)), cells: cells, tail: blank(Style{}), wrapped: wrapped}
	h.bytes -= cap(h.ring[last])
	h.ring[last] = nil
	h.count--
	return l
}

// clear forgets everything.
func (h *history) clear() { *h = history{maxLines: h.maxLines, maxBytes: h.maxBytes} }

// KeepHistory sets how many lines are kept that scrolled off the main screen. What
// was kept so far is forgotten.
func (t *Terminal) KeepHistory(lines int) { t.history = newHistory(max(0, lines)) }

// Lines have numbers for all their life: the first one of the first screen is 0.
// Those from FirstLine to ScreenLine-1 are in the history, the screen's begin at
// ScreenLine.

// ScreenLine gives the number of the screen's first line.
func (t *Terminal) ScreenLine() int { return t.scrolledOff }

// FirstLine gives the number of the oldest line that there is. The alternate screen
// has no history.
func (t *Terminal) FirstLine() int {
	if t.alternate {
		return t.scrolledOff
	}
	return t.scrolledOff - t.history.count
}

// Line gives the cells of a line by its number, not to be changed and valid until the
// next call, and whether its text goes on in the next line. Lines of the history have
// the width they had; here they are cut or filled to that of the screen.
func (t *Terminal) Line(number int) (cells []Cell, wrapped bool) {
	if y := number - t.scrolledOff; y >= 0 {
		return t.lines[y].all(), t.lines[y].wrapped
	}
	i := number - (t.scrolledOff - t.history.count)
	t.decoded, wrapped = decodeLine(t.decoded[:0], t.history.at(i), t.columns)
	for len(t.decoded) < t.columns {
		t.decoded = append(t.decoded, blank(Style{}))
	}
	return t.decoded, wrapped
}

// scrollOff puts the first n lines of the screen into the history.
func (t *Terminal) scrollOff(n int) {
	for _, l := range t.lines[:n] {
		t.history.push(l)
	}
	t.scrolledOff += n
}
