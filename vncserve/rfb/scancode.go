package rfb

// The keys of the US keyboard by their numbers in XT's set 1, from 0x02 to 0x35: without
// Shift, and with it. A zero is a key that types nothing.
const (
	usKeysFirst = 0x02
	usKeys      = "1234567890-=\x00\x00qwertyuiop[]\x00\x00asdfghjkl;'`\x00\\zxcvbnm,./"
	usShifted   = "!@#$%^&*()_+\x00\x00QWERTYUIOP{}\x00\x00ASDFGHJKL:\"~\x00|ZXCVBNM<>?"
)

// otherScancodes are the keys that type no character. 0x80 is added for the prefix 0xe0.
var otherScancodes = map[uint32]Keysym{
	0x01: KeyEscape, 0x0e: KeyBackSpace, 0x0f: KeyTab, 0x1c: KeyReturn, 0x39: ' ',
	0x1d: KeyControlLeft, 0x9d: KeyControlRight, 0x2a: KeyShiftLeft, 0x36: KeyShiftRight,
	0x38: KeyAltLeft, 0xb8: KeyAltRight,
	0x37: KeyPadMultiply, 0x4a: KeyPadMultiply + 3, 0x4e: KeyPadMultiply + 1, 0xb5: KeyPadDivide, 0x9c: KeyPadEnter,
	0x47: KeyPadHome, 0x48: KeyPadUp, 0x49: KeyPadPageUp, 0x4b: KeyPadLeft, 0x4c: KeyPadBegin, 0x4d: KeyPadRight,
	0x4f: KeyPadEnd, 0x50: KeyPadDown, 0x51: KeyPadPageDown, 0x52: KeyPadInsert, 0x53: KeyPadDelete,
	0xc7: KeyHome, 0xc8: KeyUp, 0xc9: KeyPageUp, 0xcb: KeyLeft, 0xcd: KeyRight,
	0xcf: KeyEnd, 0xd0: KeyDown, 0xd1: KeyPageDown, 0xd2: KeyInsert, 0xd3: KeyDelete,
}

// ScancodeKeysym gives the keysym that a key has on a US keyboard, for viewers that send
// no keysym of their own. Function keys are F1 to F12.
func ScancodeKeysym(code uint32, shifted bool) (Keysym, bool) {
	if at := int(code) - usKeysFirst; at >= 0 && at < len(usKeys) && usKeys[at] != 0 {
		if shifted {
			return Keysym(usShifted[at]), true
		}
		return Keysym(usKeys[at]), true
	}
	switch {
	case code >= 0x3b && code <= 0x44:
		return KeyF1 + Keysym(code-0x3b), true
	case code == 0x57 || code == 0x58:
		return KeyF1 + 10 + Keysym(code-0x57), true
	}
	key, ok := otherScancodes[code]
	return key, ok
}
