package console

import (
	"fmt"
	"strconv"
	"unicode"
	"unicode/utf8"

	"vncsec/vncserve/display/console/terminal"
	"vncsec/vncserve/rfb"
)

// modifiers is a set of modifier keys, in the bits that xterm's sequences use.
type modifiers uint8

const (
	shift modifiers = 1 << iota
	alt
	control
)

// modifierKeys are the keys that are modifiers. Meta is the Alt of Unix keyboards.
// AltGr (ISO_Level3_Shift), Super, Hyper and the locks are none: viewers send what
// they make of other keys.
var modifierKeys = map[rfb.Keysym]modifiers{
	rfb.KeyShiftLeft: shift, rfb.KeyShiftRight: shift,
	rfb.KeyControlLeft: control, rfb.KeyControlRight: control,
	rfb.KeyAltLeft: alt, rfb.KeyAltRight: alt, rfb.KeyMetaLeft: alt, rfb.KeyMetaRight: alt,
}

// keyboard is a viewer's keyboard. Each viewer has its own, so that one cannot hold
// a modifier down for another.
type keyboard struct {
	down map[rfb.Keysym]bool // the modifier keys that are down
	held modifiers
	// accents are the dead keys that wait for a letter.
	accents []rfb.Keysym
}

// modifier takes e if it is of a modifier key.
func (k *keyboard) modifier(e rfb.KeyEvent) bool {
	if modifierKeys[e.Key] == 0 {
		return false
	}
	if k.down == nil {
		k.down = make(map[rfb.Keysym]bool)
	}
	k.down[e.Key] = e.Down
	k.held = 0
	for key, down := range k.down {
		if down {
			k.held |= modifierKeys[key]
		}
	}
	return true
}

// pastes tells whether a key pastes: Shift+Insert, as in xterm, or Control+Shift+V, as in
// the terminals of desktops.
func (k *keyboard) pastes(key rfb.Keysym) bool {
	return k.held == shift && unpadded(key) == rfb.KeyInsert || k.shortcut(key, 'v')
}

// copies tells whether a key copies what is selected: Control+Shift+C.
func (k *keyboard) copies(key rfb.Keysym) bool { return k.shortcut(key, 'c') }

// shortcut tells whether a key is a letter typed with Control and Shift.
func (k *keyboard) shortcut(key rfb.Keysym, letter rune) bool {
	r, ok := key.Rune()
	return ok && k.held == shift|control && unicode.ToLower(r) == letter
}

// unpadded gives the key that a key of the keypad is another of.
func unpadded(key rfb.Keysym) rfb.Keysym {
	switch key {
	case rfb.KeyPadPageUp:
		return rfb.KeyPageUp
	case rfb.KeyPadPageDown:
		return rfb.KeyPageDown
	case rfb.KeyPadHome:
		return rfb.KeyHome
	case rfb.KeyPadEnd:
		return rfb.KeyEnd
	case rfb.KeyPadInsert:
		return rfb.KeyInsert
	}
	return key
}

// cursorKeys are the keys with a letter: CSI letter, or SS3 letter in application
// mode.
var cursorKeys = map[rfb.Keysym]byte{
	rfb.KeyUp: 'A', rfb.KeyDown: 'B', rfb.KeyRight: 'C', rfb.KeyLeft: 'D',
	rfb.KeyHome: 'H', rfb.KeyEnd: 'F',
	rfb.KeyPadUp: 'A', rfb.KeyPadDown: 'B', rfb.KeyPadRight: 'C', rfb.KeyPadLeft: 'D',
	rfb.KeyPadHome: 'H', rfb.KeyPadEnd: 'F', rfb.KeyPadBegin: 'E',
}

// numberedKeys are the keys with a number: CSI number ~.
var numberedKeys = map[rfb.Keysym]int{
	rfb.KeyInsert: 2, rfb.KeyDelete: 3, rfb.KeyPageUp: 5, rfb.KeyPageDown: 6,
	rfb.KeyPadInsert: 2, rfb.KeyPadDelete: 3, rfb.KeyPadPageUp: 5, rfb.KeyPadPageDown: 6,
	rfb.KeyFind: 1, rfb.KeySelect: 4, rfb.KeyHelp: 28, rfb.KeyMenu: 29,
}

// functionNumbers are the numbers of F5 to F12; F1 to F4 have letters.
var functionNumbers = [...]int{15, 17, 18, 19, 20, 21, 23, 24}

// encode gives what a key sends to the command, nil for nothing (xterm's ctlseqs,
// "PC-Style Function Keys", and what terminfo says of xterm-256color). Keys of the
// keypad type digits and operators in application mode too, as they do in xterm with
// Num Lock, which is on when viewers send them: programs turn the mode on for the
// cursor keys, and few know the keypad's sequences.
func (k *keyboard) encode(key rfb.Keysym, modes terminal.Modes) []byte {
	if k.dead(key) {
		return nil
	}
	if b := k.otherKey(key, modes.OtherKeys); b != nil {
		return b
	}
	if r, ok := key.Rune(); ok {
		return k.character(r)
	}
	k.accents = nil
	if b := k.editingKey(key, modes); b != nil {
		return b
	}
	if letter, ok := cursorKeys[key]; ok {
		return k.lettered(letter, modes.AppCursor)
	}
	if n, ok := numberedKeys[key]; ok {
		return k.numbered(n)
	}
	return k.functionKey(key)
}

// character encodes a key that types a character.
func (k *keyboard) character(r rune) []byte {
	if k.held&control != 0 {
		k.accents = nil
		return utf8.AppendRune(k.escapePrefix(), controlled(r))
	}
	return append(k.escapePrefix(), k.compose(r)...)
}

// otherKey encodes a key as a program wants it that asked to tell keys with modifiers
// apart which terminals do not (xterm's modifyOtherKeys), nil for what it does not
// concern. At level 1 that is only what would be the same without a modifier.
func (k *keyboard) otherKey(key rfb.Keysym, level uint8) []byte {
	if level == 0 || k.held == 0 {
		return nil
	}
	code, ok := controlKeys[key]
	if !ok {
		code, ok = key.Rune()
		ok = ok && k.tellsApart(code, level)
	} else {
		ok = k.tellsControlApart(key, level)
	}
	if !ok {
		return nil
	}
	if key == rfb.KeyBackSpace && k.held&control != 0 {
		code = '\b'
	}
	k.accents = nil
	return fmt.Appendf(nil, "\x1b[27;%d;%d~", k.held+1, code)
}

// tellsApart tells whether otherKey is for a character.
func (k *keyboard) tellsApart(r rune, level uint8) bool {
	controls := r >= '@' && r <= '~' // the columns of which Control makes others
	if level == 1 {
		return !controls && r != ' ' && k.held&control != 0 && (controlled(r) == r || r == '?')
	}
	return k.held != shift || controls || r == ' '
}

// controlKeys are the keys of control characters.
var controlKeys = map[rfb.Keysym]rune{
	rfb.KeyBackSpace: 0x7f, rfb.KeyTab: '\t', rfb.KeyISOLeftTab: '\t', rfb.KeyReturn: '\r', rfb.KeyEscape: 0x1b,
}

// tellsControlApart tells whether otherKey is for a key of controlKeys.
func (k *keyboard) tellsControlApart(key rfb.Keysym, level uint8) bool {
	switch key {
	case rfb.KeyTab, rfb.KeyISOLeftTab:
		return k.held != shift && (level == 2 || k.held == control)
	case rfb.KeyReturn:
		return true
	case rfb.KeyBackSpace:
		return level == 2 && k.held != control
	}
	return level == 2
}

// editingKey encodes the keys that send control characters.
func (k *keyboard) editingKey(key rfb.Keysym, modes terminal.Modes) []byte {
	switch key {
	case rfb.KeyPadEnter:
		if modes.AppKeypad {
			return append(k.escapePrefix(), "\x1bOM"...)
		}
		return append(k.escapePrefix(), '\r')
	case rfb.KeyReturn:
		return append(k.escapePrefix(), '\r')
	case rfb.KeyLinefeed:
		return append(k.escapePrefix(), '\n')
	case rfb.KeyEscape:
		return append(k.escapePrefix(), '\x1b')
	case rfb.KeyBackSpace:
		if k.held&control != 0 {
			return append(k.escapePrefix(), '\b')
		}
		return append(k.escapePrefix(), '\x7f')
	case rfb.KeyTab, rfb.KeyPadTab, rfb.KeyISOLeftTab:
		if k.held&shift != 0 || key == rfb.KeyISOLeftTab {
			return []byte("\x1b[Z")
		}
		return append(k.escapePrefix(), '\t')
	}
	return nil
}

// functionKey encodes F1 to F12, and F13 to F24 as those with Shift, F25 to F35 as
// those with Control.
func (k *keyboard) functionKey(key rfb.Keysym) []byte {
	f := *k
	n := int(key) - int(rfb.KeyF1)
	switch {
	case key >= rfb.KeyPadF1 && key <= rfb.KeyPadF4:
		n = int(key - rfb.KeyPadF1)
	case key < rfb.KeyF1 || key > rfb.KeyF35:
		return nil
	case n >= 24:
		n -= 24
		f.held |= control
	case n >= 12:
		n -= 12
		f.held |= shift
	}
	if n < 4 {
		return f.lettered('P'+byte(n), true)
	}
	return f.numbered(functionNumbers[n-4])
}

// lettered encodes a key with a letter.
func (k *keyboard) lettered(letter byte, application bool) []byte {
	switch {
	case k.held != 0:
		return fmt.Appendf(nil, "\x1b[1;%d%c", k.held+1, letter)
	case application:
		return []byte{'\x1b', 'O', letter}
	}
	return []byte{'\x1b', '[', letter}
}

// numbered encodes a key with a number.
func (k *keyboard) numbered(n int) []byte {
	if k.held != 0 {
		return fmt.Appendf(nil, "\x1b[%d;%d~", n, k.held+1)
	}
	return []byte("\x1b[" + strconv.Itoa(n) + "~")
}

// escapePrefix is the ESC that goes before a character typed with Alt.
func (k *keyboard) escapePrefix() []byte {
	if k.held&alt != 0 {
		return []byte{'\x1b'}
	}
	return nil
}

// controlled gives the character that Control makes of r, as xterm does: those of
// the two columns from @, and for the digits 2 to 8 those of the VT220.
func controlled(r rune) rune {
	switch {
	case r >= '@' && r <= '_', r >= 'a' && r <= '}':
		return r & 0x1f
	case r == ' ', r == '2', r == '`':
		return 0
	case r >= '3' && r <= '7':
		return r - '3' + 0x1b
	case r == '/':
		return 0x1f
	case r == '~':
		return 0x1e
	case r == '8', r == '?':
		return 0x7f
	}
	return r
}
