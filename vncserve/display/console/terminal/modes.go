package terminal

import "strconv"

// ansiMode gives the flag of a mode of SM and RM, nil if it is not known.
func (t *Terminal) ansiMode(n int) *bool {
	switch n {
	case 4: // IRM
		return &t.insert
	case 20: // LNM
		return &t.newline
	}
	return nil
}

func (t *Terminal) setANSIMode(n int, on bool) {
	if flag := t.ansiMode(n); flag != nil {
		*flag = on
	}
}

// csiPrivate acts on the sequences with a question mark.
func (t *Terminal) csiPrivate(final byte) {
	p := &t.parser
	switch final {
	case 'h', 'l': // DECSET, DECRST
		for i := range p.params {
			t.setPrivateMode(p.params[i].value, final == 'h')
		}
	case 'J': // DECSED, without protected characters
		t.eraseDisplay(p.num(0, 0))
	case 'K': // DECSEL
		t.eraseLine(p.num(0, 0))
	case 'm': // XTQMODKEYS
		if p.num(0, 0) == 4 {
			t.reply("\x1b[>4;" + strconv.Itoa(int(t.modes.OtherKeys)) + "m")
		}
	case 'n':
		t.deviceStatus("?")
	}
}

// privateMode gives whether a mode of DECSET is on, nil if it is not known.
func (t *Terminal) privateMode(n int) *bool {
	m := &t.modes
	is := func(on bool) *bool { return &on }
	switch n {
	case 1: // DECCKM
		return &m.AppCursor
	case 5: // DECSCNM
		return &m.ReverseScreen
	case 6: // DECOM
		return &t.cursor.origin
	case 7: // DECAWM
		return &t.wrap
	case 25: // DECTCEM
		return is(!m.HideCursor)
	case 47, 1047, 1049:
		return is(t.alternate)
	case 66: // DECNKM
		return &m.AppKeypad
	case 1007:
		return is(!m.NoWheelKeys)
	case 2004:
		return &m.BracketedPaste
	case 2026:
		return &m.Synchronized
	}
	if form := mouseForm(n); form != MouseBytes {
		return is(m.MouseForm == form)
	}
	if level := mouseLevel(n); level != MouseOff {
		return is(m.Mouse == level)
	}
	return nil
}

func (t *Terminal) setPrivateMode(n int, on bool) {
	switch n {
	case 25:
		t.modes.HideCursor = !on
		t.Touch(t.cursor.x, t.cursor.y)
		return
	case 47:
		t.setAlternate(on)
		return
	case 1007:
		t.modes.NoWheelKeys = !on
		return
	case 1047, 1049:
		t.alternateScreen(on, n == 1049)
		return
	case 1048:
		if on {
			t.saveCursor()
		} else {
			t.restoreCursor()
		}
		return
	}
	if level := mouseLevel(n); level != MouseOff {
		t.modes.Mouse = MouseOff
		if on {
			t.modes.Mouse = level
		}
		return
	}
	if form := mouseForm(n); form != MouseBytes {
		t.modes.MouseForm = MouseBytes
		if on {
			t.modes.MouseForm = form
		}
		return
	}
	flag := t.privateMode(n)
	if flag == nil {
		return
	}
	*flag = on
	switch n {
	case 5:
		t.touchLines(0, t.rows)
	case 6:
		t.moveTo(0, 0)
	case 7:
		t.cursor.pending = false
	}
}

// alternateScreen shows the alternate screen, erased, or the main one; 1049 saves
// the cursor of the main screen meanwhile.
func (t *Terminal) alternateScreen(on, withCursor bool) {
	if on == t.alternate {
		return
	}
	if on && withCursor {
		t.saveCursor()
	}
	if !on {
		t.eraseLines(0, t.rows)
	}
	t.setAlternate(on)
	if on {
		t.eraseLines(0, t.rows)
	}
	if !on && withCursor {
		t.restoreCursor()
	}
}

func mouseLevel(mode int) Mouse {
	switch mode {
	case 9:
		return MousePress
	case 1000:
		return MouseButtons
	case 1002:
		return MouseDrag
	case 1003:
		return MouseMotion
	}
	return MouseOff
}

func mouseForm(mode int) MouseForm {
	switch mode {
	case 1005:
		return MouseUTF8
	case 1006:
		return MouseSGR
	case 1015:
		return MouseURXVT
	case 1016:
		return MousePixels
	}
	return MouseBytes
}
