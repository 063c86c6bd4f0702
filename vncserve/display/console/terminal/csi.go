package terminal

import (
	"fmt"
	"strconv"
)

// csi acts on a control sequence: private marker and intermediate bytes, and the
// final byte. The parameters are in the parser.
func (t *Terminal) csi(prefix string, final byte) {
	switch prefix {
	case "":
		if !t.csiCursor(final) && !t.csiEdit(final) {
			t.csiOther(final)
		}
	case "?":
		t.csiPrivate(final)
	case ">":
		switch final {
		case 'c': // DA2: a VT220, of no particular version
			t.reply("\x1b[>1;10;0c")
		case 'm': // XTMODKEYS
			t.modifyKeys()
		}
	case " ":
		if final == 'q' {
			t.cursorShape()
		}
	case "!":
		if final == 'p' {
			t.softReset()
		}
	case "$":
		if final == 'p' {
			t.reportMode("", t.ansiMode(t.parser.num(0, 0)))
		}
	case "?$":
		if final == 'p' {
			t.reportMode("?", t.privateMode(t.parser.num(0, 0)))
		}
	}
}

// csiCursor acts on the sequences that move the cursor.
func (t *Terminal) csiCursor(final byte) bool {
	p := &t.parser
	n := p.num(0, 1)
	switch final {
	case 'A': // CUU
		t.moveBy(0, -n)
	case 'B', 'e': // CUD, VPR
		t.moveBy(0, n)
	case 'C', 'a': // CUF, HPR
		t.moveBy(n, 0)
	case 'D': // CUB
		t.moveBy(-n, 0)
	case 'E': // CNL
		t.moveBy(-t.columns, n)
	case 'F': // CPL
		t.moveBy(-t.columns, -n)
	case 'G', '`': // CHA, HPA
		t.moveBy(n-1-t.cursor.x, 0)
	case 'H', 'f': // CUP, HVP
		t.moveTo(p.num(1, 1)-1, n-1)
	case 'I': // CHT
		t.tab(n)
	case 'Z': // CBT
		t.tab(-n)
	case 'd': // VPA
		t.moveTo(t.cursor.x, n-1)
	case 's': // SCOSC
		t.saveCursor()
	case 'u': // SCORC
		t.restoreCursor()
	default:
		return false
	}
	return true
}

// csiEdit acts on the sequences that change the screen.
func (t *Terminal) csiEdit(final byte) bool {
	p := &t.parser
	n := p.num(0, 1)
	inRegion := t.cursor.y >= t.top && t.cursor.y < t.bottom
	switch final {
	case '@': // ICH
		t.insertCells(n)
	case 'P': // DCH
		t.deleteCells(n)
	case 'X': // ECH
		t.erase(t.cursor.y, t.cursor.x, t.cursor.x+n)
	case 'J': // ED
		t.eraseDisplay(p.num(0, 0))
	case 'K': // EL
		t.eraseLine(p.num(0, 0))
	case 'L', 'M': // IL, DL
		if !inRegion {
			return true
		}
		if final == 'L' {
			n = -n
		}
		t.scroll(t.cursor.y, t.bottom, n)
		t.cursor.x = 0
	case 'S': // SU
		t.scrollUp(n)
	case 'T': // SD, unless it is xterm's highlight tracking
		if len(p.params) <= 1 {
			t.scroll(t.top, t.bottom, -n)
		}
	case 'b': // REP
		t.repeat(n)
		return true
	default:
		return false
	}
	t.cursor.pending = false
	return true
}

func (t *Terminal) eraseDisplay(how int) {
	switch how {
	case 0:
		t.eraseLine(0)
		t.eraseLines(t.cursor.y+1, t.rows)
	case 1:
		t.eraseLines(0, t.cursor.y)
		t.eraseLine(1)
	case 2:
		t.eraseLines(0, t.rows)
	case 3: // xterm's: the history
		t.history.clear()
	}
}

func (t *Terminal) eraseLine(how int) {
	switch how {
	case 0:
		t.erase(t.cursor.y, t.cursor.x, t.columns)
	case 1:
		t.erase(t.cursor.y, 0, t.cursor.x+1)
	case 2:
		t.erase(t.cursor.y, 0, t.columns)
	}
}

// csiOther acts on the sequences that set and report things.
func (t *Terminal) csiOther(final byte) {
	p := &t.parser
	switch final {
	case 'c': // DA1
		if p.num(0, 0) == 0 {
			t.primaryAttributes()
		}
	case 'g': // TBC
		switch p.num(0, 0) {
		case 0:
			t.tabs[t.cursor.x] = false
		case 3:
			clear(t.tabs)
		}
	case 'h', 'l': // SM, RM
		for i := range p.params {
			t.setANSIMode(p.params[i].value, final == 'h')
		}
	case 'm':
		t.selectGraphics()
	case 'n':
		t.deviceStatus("")
	case 'r': // DECSTBM
		top, bottom := p.num(0, 1)-1, min(p.num(1, t.rows), t.rows)
		if bottom-top >= 2 {
			t.top, t.bottom = top, bottom
			t.moveTo(0, 0)
		}
	case 't':
		t.windowOperation()
	}
}

// primaryAttributes is the answer to DA1: a VT220 with colours.
func (t *Terminal) primaryAttributes() { t.reply("\x1b[?62;22c") }

// deviceStatus answers DSR.
func (t *Terminal) deviceStatus(marker string) {
	switch t.parser.num(0, 0) {
	case 5:
		t.reply("\x1b[" + marker + "0n")
	case 6:
		y := t.cursor.y
		if t.cursor.origin {
			y -= t.top
		}
		t.reply(fmt.Sprintf("\x1b[%s%d;%dR", marker, y+1, t.cursor.x+1))
	}
}

// windowOperation acts on the few of xterm's window operations that are harmless.
func (t *Terminal) windowOperation() {
	p := &t.parser
	switch p.num(0, 0) {
	case 8:
		rows, columns := p.num(1, t.rows), p.num(2, t.columns)
		t.events.Columns, t.events.Rows = columns, rows
	case 22:
		t.pushTitle()
	case 23:
		t.popTitle()
	case 18:
		t.reply(fmt.Sprintf("\x1b[8;%d;%dt", t.rows, t.columns))
	}
}

// modifyKeys sets what keys with modifiers send; of xterm's resources only
// modifyOtherKeys (4) can be changed.
func (t *Terminal) modifyKeys() {
	switch p := &t.parser; {
	case len(p.params) == 0:
		t.modes.OtherKeys = 0
	case p.params[0].value == 4:
		t.modes.OtherKeys = uint8(min(p.num(1, 0), 2))
	}
}

func (t *Terminal) cursorShape() {
	switch t.parser.num(0, 1) { // odd ones blink, which nothing here does
	case 1, 2:
		t.modes.Cursor = CursorBlock
	case 3, 4:
		t.modes.Cursor = CursorUnderline
	case 5, 6:
		t.modes.Cursor = CursorBar
	}
	t.Touch(t.cursor.x, t.cursor.y)
}

// reportMode answers DECRQM for the mode in the first parameter.
func (t *Terminal) reportMode(marker string, on *bool) {
	setting := 0 // not known
	if on != nil {
		setting = 2
		if *on {
			setting = 1
		}
	}
	t.reply("\x1b[" + marker + strconv.Itoa(t.parser.num(0, 0)) + ";" + strconv.Itoa(setting) + "$y")
}
