package terminal

// control acts on a C0 control.
func (t *Terminal) control(c byte) {
	switch c {
	case bel:
		t.events.Bell = true
	case '\b':
		t.moveBy(-1, 0)
	case '\t':
		t.tab(1)
	case '\n', '\v', '\f':
		t.lineFeed()
		if t.newline {
			t.cursor.x = 0
		}
	case '\r':
		t.cursor.x, t.cursor.pending = 0, false
	case 0x0e:
		t.cursor.charset.shift = 1
	case 0x0f:
		t.cursor.charset.shift = 0
	}
}

// tab moves the cursor n tab stops on, or back if n is negative.
func (t *Terminal) tab(n int) {
	x, step := t.cursor.x, 1
	if n < 0 {
		n, step = -n, -1
	}
	for range min(n, t.columns) {
		for x += step; x > 0 && x < t.columns-1 && !t.tabs[x]; x += step {
		}
	}
	t.cursor.x = max(0, min(x, t.columns-1))
	t.cursor.pending = t.cursor.pending && step > 0
}

// esc acts on ESC and a final byte.
func (t *Terminal) esc(final byte) {
	switch final {
	case '7': // DECSC
		t.saveCursor()
	case '8': // DECRC
		t.restoreCursor()
	case '=': // DECKPAM
		t.modes.AppKeypad = true
	case '>': // DECKPNM
		t.modes.AppKeypad = false
	case 'D': // IND
		t.lineFeed()
	case 'E': // NEL
		t.nextLine()
	case 'H': // HTS
		t.tabs[t.cursor.x] = true
	case 'M': // RI
		t.reverseLineFeed()
	case 'N', 'O': // SS2, SS3
		t.cursor.charset.single = final - 'N' + 3
	case 'n', 'o': // LS2, LS3
		t.cursor.charset.shift = final - 'n' + 2
	case 'Z': // DECID
		t.primaryAttributes()
	case 'c': // RIS
		t.reset()
	}
}

// escIntermediate acts on ESC, intermediate bytes and a final byte.
func (t *Terminal) escIntermediate(intermediates []byte, final byte) {
	switch i := intermediates[0]; {
	case len(intermediates) > 1:
	case i >= '(' && i <= '+':
		t.cursor.charset.drawing[i-'('] = final == '0'
	case i == '#' && final == '8': // DECALN
		t.align()
	}
}

// align fills the screen with E (DECALN).
func (t *Terminal) align() {
	t.top, t.bottom = 0, t.rows
	t.cursor.origin = false
	t.moveTo(0, 0)
	for _, l := range t.lines {
		l.fill(0, t.columns, Cell{Rune: 'E', Width: 1})
	}
}
