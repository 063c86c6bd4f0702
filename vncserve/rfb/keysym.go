package rfb

// Keysym names a key as the X Window System does (RFC 6143 section 7.5.4).
type Keysym uint32

// The keysyms that are no characters (X11 protocol, appendix A).
const (
	KeyBackSpace Keysym = 0xff08
	KeyTab       Keysym = 0xff09
	KeyLinefeed  Keysym = 0xff0a
	KeyReturn    Keysym = 0xff0d
	KeyEscape    Keysym = 0xff1b
	KeyDelete    Keysym = 0xffff

	KeyHome     Keysym = 0xff50
	KeyLeft     Keysym = 0xff51
	KeyUp       Keysym = 0xff52
	KeyRight    Keysym = 0xff53
	KeyDown     Keysym = 0xff54
	KeyPageUp   Keysym = 0xff55
	KeyPageDown Keysym = 0xff56
	KeyEnd      Keysym = 0xff57
	KeyInsert   Keysym = 0xff63

	KeySelect Keysym = 0xff60
	KeyMenu   Keysym = 0xff67
	KeyFind   Keysym = 0xff68
	KeyHelp   Keysym = 0xff6a

	KeyPadSpace    Keysym = 0xff80
	KeyPadTab      Keysym = 0xff89
	KeyPadEnter    Keysym = 0xff8d
	KeyPadF1       Keysym = 0xff91
	KeyPadF4       Keysym = 0xff94
	KeyPadHome     Keysym = 0xff95
	KeyPadLeft     Keysym = 0xff96
	KeyPadUp       Keysym = 0xff97
	KeyPadRight    Keysym = 0xff98
	KeyPadDown     Keysym = 0xff99
	KeyPadPageUp   Keysym = 0xff9a
	KeyPadPageDown Keysym = 0xff9b
	KeyPadEnd      Keysym = 0xff9c
	KeyPadBegin    Keysym = 0xff9d
	KeyPadInsert   Keysym = 0xff9e
	KeyPadDelete   Keysym = 0xff9f
	KeyPadMultiply Keysym = 0xffaa
	KeyPadDivide   Keysym = 0xffaf
	KeyPad0        Keysym = 0xffb0
	KeyPad9        Keysym = 0xffb9
	KeyPadEqual    Keysym = 0xffbd

	KeyF1  Keysym = 0xffbe
	KeyF35 Keysym = 0xffe0

	KeyShiftLeft    Keysym = 0xffe1
	KeyShiftRight   Keysym = 0xffe2
	KeyControlLeft  Keysym = 0xffe3
	KeyControlRight Keysym = 0xffe4
	KeyMetaLeft     Keysym = 0xffe7
	KeyMetaRight    Keysym = 0xffe8
	KeyAltLeft      Keysym = 0xffe9
	KeyAltRight     Keysym = 0xffea

	// KeyISOLeftTab is Tab with Shift, as many keyboard layouts have it.
	KeyISOLeftTab Keysym = 0xfe20
)

// unicodeKeysym marks the keysyms that are a Unicode code point plus this.
const unicodeKeysym = 0x0100_0000

// Rune gives the character of k, false for keys that are none. Keypad digits and
// operators are characters; Return, Tab and the like are not.
func (k Keysym) Rune() (rune, bool) {
	switch {
	case k >= 0x20 && k <= 0x7e, k >= 0xa0 && k <= 0xff:
		return rune(k), true
	case k >= unicodeKeysym+0x20 && k <= unicodeKeysym+0x10ffff:
		return unicodeRune(rune(k - unicodeKeysym))
	case k == KeyPadSpace:
		return ' ', true
	case k >= KeyPadMultiply && k <= KeyPad9:
		return rune(k - KeyPadMultiply + '*'), true
	case k == KeyPadEqual:
		return '=', true
	}
	r, ok := legacyRunes[k]
	return r, ok
}

// unicodeRune refuses what no keyboard types: controls and surrogates.
func unicodeRune(r rune) (rune, bool) {
	if r >= 0x7f && r <= 0x9f || r >= 0xd800 && r <= 0xdfff {
		return 0, false
	}
	return r, true
}

// KeysymOf gives the keysym that types r, as viewers send it.
func KeysymOf(r rune) Keysym {
	if r >= 0x20 && r <= 0x7e || r >= 0xa0 && r <= 0xff {
		return Keysym(r)
	}
	return unicodeKeysym + Keysym(r)
}
