package terminal

import (
	"bytes"
	"unicode/utf8"
)

// state is a state of Paul Williams' parser. Of strings, OSC and DCS are gathered;
// SOS, PM and APC are skipped.
type state uint8

const (
	ground state = iota
	escape
	escapeIntermediate
	csi
	csiIgnore
	osc
	dcs
	skipString
	skipOSC // one that is too long
)

// The control characters that the parser itself cares for.
const (
	can = 0x18
	sub = 0x1a
	esc = 0x1b
	bel = 0x07
)

// The bounds of what a sequence may hold. What goes beyond is ignored, as is the
// sequence then.
const (
	maxParams = 32
	maxParam  = 65535
	maxString = 4096
)

// param is a numeric parameter.
type param struct {
	value int
	given bool
	// sub marks a parameter that a colon joins to the one before.
	sub bool
}

// parser splits a byte stream into characters, controls and sequences.
type parser struct {
	state state
	// intermediates are the private marker and the intermediate bytes.
	intermediates []byte
	params        []param
	str           []byte // of an OSC or DCS
	partial       []byte // of a UTF-8 sequence
}

// Write feeds output of the program to the terminal. Sequences and characters may be
// cut anywhere between calls.
func (t *Terminal) Write(p []byte) {
	for len(p) > 0 {
		if t.parser.state != ground {
			t.step(p[0])
			p = p[1:]
			continue
		}
		p = t.ground(p)
	}
}

// ground takes text and controls, up to the end or the first ESC, and gives the
// rest.
func (t *Terminal) ground(p []byte) []byte {
	n := 0
	if len(t.parser.partial) == 0 {
		for n < len(p) && p[n] >= 0x20 && p[n] < 0x7f {
			n++
		}
	}
	if n > 0 {
		t.printASCII(p[:n])
		return p[n:]
	}
	c := p[0]
	if c < 0x80 || len(t.parser.partial) > 0 && c&0xc0 != 0x80 {
		t.flushPartial()
	}
	switch {
	case c == esc:
		t.enterEscape()
	case c < 0x20:
		t.control(c)
	case c < 0x7f:
		return p // it ended a character that was cut off; now it is the next one
	case c == 0x7f:
		// DEL is ignored on a screen.
	default:
		t.utf8Byte(c)
	}
	return p[1:]
}

// utf8Byte takes a byte of a character beyond ASCII.
func (t *Terminal) utf8Byte(c byte) {
	b := append(t.parser.partial, c)
	t.parser.partial = b
	if !utf8.FullRune(b) {
		return
	}
	r, _ := utf8.DecodeRune(b) // one replacement for all bytes of a broken character
	t.parser.partial = b[:0]
	if r >= 0x80 && r < 0xa0 {
		return // C1 controls as characters do nothing; programs use ESC
	}
	t.print(r)
}

// flushPartial shows a character that was cut off by what came after it.
func (t *Terminal) flushPartial() {
	if len(t.parser.partial) > 0 {
		t.parser.partial = t.parser.partial[:0]
		t.print(utf8.RuneError)
	}
}

func (t *Terminal) enterEscape() {
	p := &t.parser
	p.state = escape
	p.intermediates = p.intermediates[:0]
	p.params = p.params[:0]
	p.str = p.str[:0]
}

// step takes a byte within a sequence.
func (t *Terminal) step(c byte) {
	p := &t.parser
	switch {
	case c == can || c == sub:
		p.state = ground
	case c == esc:
		t.endString()
		t.enterEscape() // ends a string too: the backslash of ESC \ does nothing
	case p.state == osc || p.state == dcs:
		t.stringByte(c)
	case p.state == skipOSC:
		if c == bel {
			p.state = ground
		}
	case p.state == skipString:
		// Only ESC, CAN and SUB end it.
	case c < 0x20:
		t.control(c) // controls act within sequences as well
	case c >= 0x7f:
		// DEL is ignored; bytes beyond ASCII have no place here.
		if c > 0x7f {
			p.state = ground
		}
	case p.state == escape || p.state == escapeIntermediate:
		t.escapeByte(c)
	default:
		t.csiByte(c)
	}
}

func (t *Terminal) escapeByte(c byte) {
	p := &t.parser
	if c < 0x30 {
		p.state = escapeIntermediate
		p.intermediate(c)
		return
	}
	p.state = ground
	if len(p.intermediates) > 0 {
		t.escIntermediate(p.intermediates, c)
		return
	}
	switch c {
	case '[':
		p.state = csi
	case ']':
		p.state = osc
	case 'P':
		p.state = dcs
	case 'X', '^', '_':
		p.state = skipString
	default:
		t.esc(c)
	}
}

// intermediate keeps a byte; there are two at most in any sequence with a meaning.
func (p *parser) intermediate(c byte) {
	if len(p.intermediates) < 3 {
		p.intermediates = append(p.intermediates, c)
	}
}

func (t *Terminal) csiByte(c byte) {
	p := &t.parser
	switch {
	case c >= 0x40:
		if p.state == csi {
			t.csi(string(p.intermediates), c)
		}
		p.state = ground
	case p.state == csiIgnore:
	case c < 0x30:
		p.intermediate(c)
	case c >= '<':
		if len(p.params) > 0 || len(p.intermediates) > 0 {
			p.state = csiIgnore // a private marker comes first or not at all
			return
		}
		p.intermediate(c)
	default:
		p.param(c)
	}
}

// param takes a digit or a separator.
func (p *parser) param(c byte) {
	if len(p.params) == 0 {
		p.params = append(p.params, param{})
	}
	if c == ';' || c == ':' {
		if len(p.params) == maxParams {
			p.state = csiIgnore
			return
		}
		p.params = append(p.params, param{sub: c == ':'})
		return
	}
	last := &p.params[len(p.params)-1]
	last.given = true
	last.value = min(last.value*10+int(c-'0'), maxParam)
}

// stringByte takes a byte of a string. A string that is too long is ignored as a
// whole: half of a command may be another one.
func (t *Terminal) stringByte(c byte) {
	p := &t.parser
	switch {
	case c == bel && p.state == osc:
		t.endString()
		p.state = ground
	case c >= 0x20 && len(p.str) == p.longest():
		p.skip()
	case c >= 0x20:
		p.str = append(p.str, c)
	}
}

// longest gives the bound of a string, by what it begins with.
func (p *parser) longest() int {
	if p.state == osc && bytes.HasPrefix(p.str, []byte(clipboardCommand)) {
		return maxClipboardString
	}
	return maxString
}

// skip skips the rest of a string, which ends where it would have ended otherwise.
func (p *parser) skip() {
	if p.state == osc {
		p.state = skipOSC
		return
	}
	p.state = skipString
}

// endString acts on a string.
func (t *Terminal) endString() {
	switch p := &t.parser; p.state {
	case osc:
		t.osc(p.str)
	case dcs:
		t.dcs(p.str)
	}
}

// num gives parameter i, def if it was left out or is zero.
func (p *parser) num(i, def int) int {
	if i < len(p.params) && p.params[i].value != 0 {
		return p.params[i].value
	}
	return def
}
