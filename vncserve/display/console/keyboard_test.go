package console

import (
	"image"
	"strings"
	"testing"

	"vncsec/vncserve/display/console/terminal"
	"vncsec/vncserve/rfb"
)

func TestKeys(t *testing.T) {
	const (
		shiftKey = rfb.KeyShiftLeft
		ctrlKey  = rfb.KeyControlRight
		altKey   = rfb.KeyAltLeft
	)
	other := func(level uint8) terminal.Modes { return terminal.Modes{OtherKeys: level} }
	app := terminal.Modes{AppCursor: true, AppKeypad: true}
	for _, tt := range []struct {
		name  string
		held  []rfb.Keysym
		key   rfb.Keysym
		modes terminal.Modes
		want  string
	}{
		{"letter", nil, 'a', app, "a"},
		{"latin", nil, 0xe9, app, "é"},
		{"unicode", nil, 0x1000000 + '世', app, "世"},
		{"euro", nil, 0x20ac, app, "€"},
		{"cyrillic", nil, 0x6c1, app, "а"},
		{"control", []rfb.Keysym{ctrlKey}, 'c', app, "\x03"},
		{"control and shift", []rfb.Keysym{ctrlKey, shiftKey}, 'C', app, "\x03"},
		{"control and space", []rfb.Keysym{ctrlKey}, ' ', app, "\x00"},
		{"control and bracket", []rfb.Keysym{ctrlKey}, ']', app, "\x1d"},
		{"control and digit", []rfb.Keysym{ctrlKey}, '6', app, "\x1e"},
		{"control and slash", []rfb.Keysym{ctrlKey}, '/', app, "\x1f"},
		{"alt", []rfb.Keysym{altKey}, 'x', app, "\x1bx"},
		{"meta", []rfb.Keysym{rfb.KeyMetaLeft}, 'x', app, "\x1bx"},
		{"alt and control", []rfb.Keysym{altKey, ctrlKey}, 'x', app, "\x1b\x18"},
		{"return", nil, rfb.KeyReturn, app, "\r"},
		{"backspace", nil, rfb.KeyBackSpace, app, "\x7f"},
		{"control backspace", []rfb.Keysym{ctrlKey}, rfb.KeyBackSpace, app, "\b"},
		{"tab", nil, rfb.KeyTab, app, "\t"},
		{"back tab", []rfb.Keysym{shiftKey}, rfb.KeyTab, app, "\x1b[Z"},
		{"left tab", []rfb.Keysym{shiftKey}, rfb.KeyISOLeftTab, app, "\x1b[Z"},
		{"escape", nil, rfb.KeyEscape, app, "\x1b"},
		{"up", nil, rfb.KeyUp, terminal.Modes{}, "\x1b[A"},
		{"up in application mode", nil, rfb.KeyUp, app, "\x1bOA"},
		{"control left", []rfb.Keysym{ctrlKey}, rfb.KeyLeft, app, "\x1b[1;5D"},
		{"shift alt right", []rfb.Keysym{shiftKey, altKey}, rfb.KeyRight, app, "\x1b[1;4C"},
		{"home", nil, rfb.KeyHome, terminal.Modes{}, "\x1b[H"},
		{"end", nil, rfb.KeyPadEnd, app, "\x1bOF"},
		{"page up", nil, rfb.KeyPageUp, app, "\x1b[5~"},
		{"control delete", []rfb.Keysym{ctrlKey}, rfb.KeyDelete, app, "\x1b[3;5~"},
		{"insert", nil, rfb.KeyInsert, app, "\x1b[2~"},
		{"F1", nil, rfb.KeyF1, app, "\x1bOP"},
		{"shift F4", []rfb.Keysym{shiftKey}, rfb.KeyF1 + 3, app, "\x1b[1;2S"},
		{"F5", nil, rfb.KeyF1 + 4, app, "\x1b[15~"},
		{"F12", nil, rfb.KeyF1 + 11, app, "\x1b[24~"},
		{"control F12", []rfb.Keysym{ctrlKey}, rfb.KeyF1 + 11, app, "\x1b[24;5~"},
		{"F13", nil, rfb.KeyF1 + 12, app, "\x1b[1;2P"},
		{"F35", nil, rfb.KeyF35, app, "\x1b[23;5~"},
		{"beyond F35", nil, rfb.KeyF35 + 0x40, app, ""},
		{"menu", nil, rfb.KeyMenu, app, "\x1b[29~"},
		{"pause", nil, 0xff13, app, ""},
		{"print", nil, 0xff61, app, ""},
		{"num lock", nil, 0xff7f, app, ""},
		{"AltGr", nil, 0xfe03, app, ""},
		{"super", nil, 0xffeb, app, ""},
		{"keypad plus", nil, 0xffab, app, "+"},
		{"keypad comma", nil, 0xffac, terminal.Modes{}, ","},
		{"other keys, level 2, control and letter", []rfb.Keysym{ctrlKey}, 'i', other(2), "\x1b[27;5;105~"},
		{"other keys, level 2, shift and letter", []rfb.Keysym{shiftKey}, 'I', other(2), "\x1b[27;2;73~"},
		{"other keys, level 2, letter", nil, 'i', other(2), "i"},
		{"other keys, level 2, alt and return", []rfb.Keysym{altKey}, rfb.KeyReturn, other(2), "\x1b[27;3;13~"},
		{"other keys, level 2, up", []rfb.Keysym{ctrlKey}, rfb.KeyUp, other(2), "\x1b[1;5A"},
		{"other keys, level 1, control and letter", []rfb.Keysym{ctrlKey}, 'i', other(1), "\t"},
		{"other keys, level 1, control and period", []rfb.Keysym{ctrlKey}, '.', other(1), "\x1b[27;5;46~"},
		{"other keys, level 1, control and return", []rfb.Keysym{ctrlKey}, rfb.KeyReturn, other(1), "\x1b[27;5;13~"},
		{"keypad digit", nil, rfb.KeyPad0 + 5, app, "5"},
		{"keypad enter", nil, rfb.KeyPadEnter, terminal.Modes{}, "\r"},
		{"keypad enter in application mode", nil, rfb.KeyPadEnter, app, "\x1bOM"},
		{"caps lock", nil, 0xffe5, app, ""},
		{"dead key", nil, 0xfe51, app, ""},
	} {
		var k keyboard
		for _, key := range tt.held {
			if !k.modifier(rfb.KeyEvent{Down: true, Key: key}) {
				t.Fatalf("%#x is no modifier", key)
			}
		}
		if got := string(k.encode(tt.key, tt.modes)); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		for _, key := range tt.held {
			k.modifier(rfb.KeyEvent{Key: key})
		}
		if k.held != 0 {
			t.Errorf("%s: modifiers %b stay down", tt.name, k.held)
		}
	}
}

// TestDeadKeys types accents and then letters.
func TestDeadKeys(t *testing.T) {
	for _, tt := range []struct {
		keys []rfb.Keysym
		want string
	}{
		{[]rfb.Keysym{0xfe51, 'e'}, "é"},
		{[]rfb.Keysym{0xfe57, 'U', 'u'}, "Üu"},
		{[]rfb.Keysym{0xfe5a, 'c'}, "č"},
		{[]rfb.Keysym{0xfe63, 'l'}, "ł"},
		{[]rfb.Keysym{0xfe6f, 'e'}, "€"},
		{[]rfb.Keysym{0xfe52, 0xfe51, 'a'}, "ấ"},
		{[]rfb.Keysym{0xfe51, 0xfe63, 'o'}, "ǿ"},
		{[]rfb.Keysym{0xfe51, 0x7e1}, "ά"}, // a Greek letter
		{[]rfb.Keysym{0xfe5e, 0x4b6}, "ガ"},
		{[]rfb.Keysym{0xfe52, ' '}, "^"},
		{[]rfb.Keysym{0xfe53, 0xfe53, ' '}, "~~"},
		{[]rfb.Keysym{0xfe51, 'x'}, "'x"},
		{[]rfb.Keysym{0xfe50, rfb.KeyReturn, 'a'}, "\ra"},
		{[]rfb.Keysym{0xfe50, 0xfe50, 0xfe50, 0xfe50, 0xfe50, ' '}, "\x60\x60\x60"},
	} {
		var k keyboard
		var got []byte
		for _, key := range tt.keys {
			got = append(got, k.encode(key, terminal.Modes{})...)
		}
		if string(got) != tt.want {
			t.Errorf("%#x: %q, want %q", tt.keys, got, tt.want)
		}
	}
}

// TestBothModifierKeys lets one of two go.
func TestBothModifierKeys(t *testing.T) {
	var k keyboard
	k.modifier(rfb.KeyEvent{Down: true, Key: rfb.KeyControlLeft})
	k.modifier(rfb.KeyEvent{Down: true, Key: rfb.KeyControlRight})
	k.modifier(rfb.KeyEvent{Key: rfb.KeyControlLeft})
	if k.held != control {
		t.Errorf("held %b, want control", k.held)
	}
}

func TestPointerReports(t *testing.T) {
	sgr := func(m terminal.Mouse) terminal.Modes { return terminal.Modes{Mouse: m, MouseForm: terminal.MouseSGR} }
	form := func(f terminal.MouseForm) terminal.Modes {
		return terminal.Modes{Mouse: terminal.MouseButtons, MouseForm: f}
	}
	type step struct {
		buttons uint16
		x, y    int
	}
	for _, tt := range []struct {
		name  string
		modes terminal.Modes
		held  modifiers
		steps []step
		want  string
	}{
		{"press and release", sgr(terminal.MouseButtons), 0, []step{{1, 4, 2}, {0, 4, 2}}, "\x1b[<0;5;3M\x1b[<0;5;3m"},
		{"three buttons", sgr(terminal.MouseButtons), 0, []step{{7, 0, 0}}, "\x1b[<0;1;1M\x1b[<1;1;1M\x1b[<2;1;1M"},
		{"wheel", sgr(terminal.MouseButtons), 0, []step{{8, 0, 0}, {0, 0, 0}, {16, 0, 0}}, "\x1b[<64;1;1M\x1b[<65;1;1M"},
		{"moves are not asked for", sgr(terminal.MouseButtons), 0, []step{{0, 1, 1}, {1, 1, 1}, {1, 2, 2}}, "\x1b[<0;2;2M"},
		{"drag", sgr(terminal.MouseDrag), 0, []step{{0, 1, 1}, {1, 1, 1}, {1, 2, 1}, {1, 2, 1}}, "\x1b[<0;2;2M\x1b[<32;3;2M"},
		{"all moves", sgr(terminal.MouseMotion), 0, []step{{0, 1, 1}}, "\x1b[<35;2;2M"},
		{"modifiers", sgr(terminal.MouseButtons), shift | control, []step{{1, 0, 0}}, "\x1b[<20;1;1M"},
		{"old form", terminal.Modes{Mouse: terminal.MouseButtons}, 0, []step{{4, 0, 0}, {0, 0, 0}}, "\x1b[M\"!!\x1b[M#!!"},
		{"old form far away", terminal.Modes{Mouse: terminal.MouseButtons}, 0, []step{{1, 300, 0}}, ""},
		{"UTF-8", form(terminal.MouseUTF8), 0, []step{{1, 300, 2}, {0, 300, 2}}, "\x1b[M ō#\x1b[M#ō#"},
		{"UTF-8 far away", form(terminal.MouseUTF8), 0, []step{{1, 2015, 0}}, ""},
		{"urxvt", form(terminal.MouseURXVT), control, []step{{1, 300, 2}, {0, 300, 2}}, "\x1b[48;301;3M\x1b[51;301;3M"},
		{"pixels", form(terminal.MousePixels), 0, []step{{1, 300, 2}, {0, 300, 2}}, "\x1b[<0;3004;45M\x1b[<0;3004;45m"},
		{"presses only", terminal.Modes{Mouse: terminal.MousePress}, shift, []step{{1, 0, 0}, {0, 0, 0}}, "\x1b[M !!"},
	} {
		var p pointer
		var got strings.Builder
		for _, s := range tt.steps {
			at := place{image.Pt(s.x, s.y), image.Pt(10*s.x+3, 20*s.y+4)}
			got.Write(p.report(s.buttons, at, tt.held, tt.modes))
		}
		if got.String() != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got.String(), tt.want)
		}
	}
}

func TestPasted(t *testing.T) {
	for _, tt := range []struct {
		in        string
		bracketed bool
		want      string
	}{
		{"", true, ""},
		{"a\tb\nc\nd", false, "a\tb\rc\rd"},
		{"café", true, "\x1b[200~café\x1b[201~"},
		{"x\x1b[201~rm\x03\x00\x7f\u009b201~", true, "\x1b[200~x[201~rm201~\x1b[201~"},
	} {
		if got := string(pasted(tt.in, tt.bracketed)); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestColours(t *testing.T) {
	c := terminal.New(10, 2).Colors()
	for n, want := range map[int]uint32{0: 0, 9: 0xef2929, 16: 0, 21: 0x0000ff, 208: 0xff8700, 231: 0xffffff, 232: 0x080808, 255: 0xeeeeee} {
		if got := c.Palette[n]; got != want {
			t.Errorf("colour %d is %06x, want %06x", n, got, want)
		}
	}
	fg, bg, line := colours(terminal.Style{Fg: terminal.Palette(1), Line: terminal.Palette(2), Attr: terminal.Reverse}, c, false)
	if fg != c.Background || bg != c.Palette[1] || line != c.Palette[2] {
		t.Errorf("reverse: %06x on %06x, underlined %06x", fg, bg, line)
	}
	if fg, bg, _ := colours(terminal.Style{Attr: terminal.Hidden}, c, false); fg != bg {
		t.Errorf("hidden: %06x on %06x", fg, bg)
	}
	if fg, bg, line := colours(terminal.Style{}, c, true); fg != c.Background || bg != c.Foreground || line != fg {
		t.Errorf("reverse screen: %06x on %06x", fg, bg)
	}
}
