package terminal

import (
	"fmt"
	"strconv"
	"strings"
)

// dcs acts on a device control string. DECRQSS asks for a setting and is answered;
// XTGETTCAP asks for what terminfo knows, and is told that it is not known here. No
// answer has text of the question in it.
func (t *Terminal) dcs(str []byte) {
	s := string(str)
	switch {
	case strings.HasPrefix(s, "+q"):
		t.reply("\x1bP0+r\x1b\\")
	case strings.HasPrefix(s, "$q"):
		setting := t.setting(s[2:])
		if setting == "" {
			t.reply("\x1bP0$r\x1b\\")
			return
		}
		t.reply("\x1bP1$r" + setting + "\x1b\\")
	}
}

// setting gives the sequence that makes a setting what it is, without its CSI, by
// the sequence's last characters; "" for those that are not known.
func (t *Terminal) setting(final string) string {
	switch final {
	case "m":
		return t.cursor.style.sgr() + "m"
	case "r":
		return fmt.Sprintf("%d;%dr", t.top+1, t.bottom)
	case " q":
		return strconv.Itoa(2+2*int(t.modes.Cursor)) + " q"
	case `"p`:
		return `62;1"p` // a VT220 that answers in 7 bits
	}
	return ""
}

// sgr gives the parameters of SGR that make the style.
func (s Style) sgr() string {
	b := []byte("0")
	for _, n := range []int{1, 2, 3, 5, 7, 8, 9, 53} {
		if s.Attr&attributesOn[n] != 0 {
			b = fmt.Appendf(b, ";%d", n)
		}
	}
	switch {
	case s.Attr&CurlyUnderline != 0:
		b = append(b, ";4:3"...)
	case s.Attr&DoubleUnderline != 0:
		b = append(b, ";21"...)
	case s.Attr&Underline != 0:
		b = append(b, ";4"...)
	}
	b = s.Fg.appendSGR(b, 30)
	b = s.Bg.appendSGR(b, 40)
	b = s.Line.appendSGR(b, 50)
	return string(b)
}

// appendSGR appends the parameters that set a colour: base is 30 for that of the
// text, 40 for the ground and 50 for the underline.
func (c Color) appendSGR(b []byte, base int) []byte {
	if n, ok := c.Index(); ok {
		switch {
		case base == 50 || n >= 16:
			return fmt.Appendf(b, ";%d:5:%d", base+8, n)
		case n >= 8:
			return fmt.Appendf(b, ";%d", base+60+int(n)-8)
		}
		return fmt.Appendf(b, ";%d", base+int(n))
	}
	if rgb, ok := c.TrueColor(); ok {
		return fmt.Appendf(b, ";%d:2::%d:%d:%d", base+8, rgb>>16, rgb>>8&0xff, rgb&0xff)
	}
	return b
}
