package terminal

// attributesOn are the SGR parameters that set an attribute.
var attributesOn = map[int]Attr{
	1: Bold, 2: Dim, 3: Italic, 5: Blink, 6: Blink, 7: Reverse, 8: Hidden, 9: Strike, 53: Overline,
}

// attributesOff are those that take attributes away.
var attributesOff = map[int]Attr{
	22: Bold | Dim, 23: Italic, 24: underlines, 25: Blink, 27: Reverse, 28: Hidden, 29: Strike, 55: Overline,
}

// selectGraphics is SGR.
func (t *Terminal) selectGraphics() {
	params := t.parser.params
	if len(params) == 0 {
		t.cursor.style = Style{}
		return
	}
	for len(params) > 0 {
		params = params[t.selectGraphic(params):]
	}
}

// selectGraphic acts on the first parameter and gives the number of those it used.
func (t *Terminal) selectGraphic(params []param) (used int) {
	s := &t.cursor.style
	used = 1
	for used < len(params) && params[used].sub {
		used++
	}
	n := params[0].value
	if on, ok := attributesOn[n]; ok {
		s.Attr |= on
		return used
	}
	if off, ok := attributesOff[n]; ok {
		s.Attr &^= off
		return used
	}
	switch {
	case n == 0:
		*s = Style{}
	case n == 4:
		s.Attr = s.Attr&^underlines | underline(params[1:used])
	case n == 21:
		s.Attr = s.Attr&^underlines | Underline | DoubleUnderline
	case n >= 30 && n <= 37:
		s.Fg = Palette(uint8(n - 30))
	case n >= 40 && n <= 47:
		s.Bg = Palette(uint8(n - 40))
	case n >= 90 && n <= 97:
		s.Fg = Palette(uint8(n - 90 + 8))
	case n >= 100 && n <= 107:
		s.Bg = Palette(uint8(n - 100 + 8))
	case n == 39:
		s.Fg = 0
	case n == 49:
		s.Bg = 0
	case n == 59:
		s.Line = 0
	case n == 38, n == 48, n == 58:
		c, more, ok := extendedColor(params, used)
		switch {
		case !ok:
		case n == 38:
			s.Fg = c
		case n == 48:
			s.Bg = c
		default:
			s.Line = c
		}
		used = more
	}
	return used
}

// underline gives the attributes for 4 and its sub-parameter.
func underline(subs []param) Attr {
	if len(subs) == 0 {
		return Underline
	}
	switch subs[0].value {
	case 0:
		return 0
	case 2:
		return Underline | DoubleUnderline
	case 3:
		return Underline | CurlyUnderline
	}
	return Underline
}

// extendedColor reads the colour after 38, 48 or 58, in sub-parameters (as ITU-T
// T.416 has it, with a colour space or without) or, as most programs write it, in
// parameters of their own.
func extendedColor(params []param, used int) (c Color, more int, ok bool) {
	if used > 1 {
		args := params[1:used]
		if args[0].value == 2 && len(args) >= 5 {
			args = append([]param{args[0]}, args[2:]...) // without the colour space
		}
		c, _, ok = colorOf(args)
		return c, used, ok
	}
	c, n, ok := colorOf(params[1:])
	return c, 1 + n, ok
}

// colorOf reads 5;N or 2;R;G;B and gives the number of parameters used.
func colorOf(args []param) (c Color, used int, ok bool) {
	switch {
	case len(args) == 0:
		return 0, 0, false
	case args[0].value == 5 && len(args) >= 2:
		return Palette(uint8(args[1].value)), 2, args[1].value <= 255
	case args[0].value == 2 && len(args) >= 4:
		r, g, b := args[1].value, args[2].value, args[3].value
		return RGB(uint8(r), uint8(g), uint8(b)), 4, max(r, g, b) <= 255
	}
	return 0, len(args), false
}
