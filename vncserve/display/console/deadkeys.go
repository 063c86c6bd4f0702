package console

import (
	"golang.org/x/text/unicode/norm"

	"vncsec/vncserve/rfb"
)

// deadKeys are the keys of accents that viewers may send as such instead of the
// character that they make with the next key: the combining mark, and the character
// that the key types if the next one is a space.
var deadKeys = map[rfb.Keysym]struct{ mark, alone rune }{
	0xfe50: {0x300, '`'}, 0xfe51: {0x301, '\''}, 0xfe52: {0x302, '^'}, 0xfe53: {0x303, '~'},
	0xfe54: {0x304, 0xaf}, 0xfe55: {0x306, 0x2d8}, 0xfe56: {0x307, 0x2d9}, 0xfe57: {0x308, '"'},
	0xfe58: {0x30a, 0xb0}, 0xfe59: {0x30b, 0x2dd}, 0xfe5a: {0x30c, 0x2c7}, 0xfe5b: {0x327, 0xb8},
	0xfe5c: {0x328, 0x2db}, 0xfe5d: {0x345, 0x37a}, 0xfe5e: {0x3099, 0x309b}, 0xfe5f: {0x309a, 0x309c},
	0xfe60: {0x323, '.'}, 0xfe61: {0x309, '?'}, 0xfe62: {0x31b, 0x31b}, 0xfe63: {0x338, '/'},
	0xfe64: {0x313, 0x313}, 0xfe65: {0x314, 0x314}, 0xfe66: {0x30f, 0x30f}, 0xfe67: {0x325, 0x325},
	0xfe68: {0x331, '_'}, 0xfe69: {0x32d, 0x32d}, 0xfe6a: {0x330, 0x330}, 0xfe6b: {0x32e, 0x32e},
	0xfe6c: {0x324, 0x324}, 0xfe6d: {0x311, 0x311}, 0xfe6e: {0x326, ','}, 0xfe6f: {currencyMark, 0xa4},
}

const (
	circumflexMark = 0x302
	tildeMark      = 0x303
	strokeMark     = 0x338
	// currencyMark is not in use by any character; the key makes currency signs.
	currencyMark = -1
)

// composed are the characters that Unicode does not take apart into a letter and that
// mark.
var composed = map[rune]map[rune]rune{
	strokeMark: {
		'o': 'ø', 'O': 'Ø', 'd': 'đ', 'D': 'Đ', 'l': 'ł', 'L': 'Ł', 'h': 'ħ', 'H': 'Ħ', 't': 'ŧ', 'T': 'Ŧ',
		'b': 'ƀ', 'B': 'Ƀ', 'i': 'ɨ', 'I': 'Ɨ', 'z': 'ƶ', 'Z': 'Ƶ', 'g': 'ǥ', 'G': 'Ǥ',
	},
	circumflexMark: {
		'0': '⁰', '1': '¹', '2': '²', '3': '³', '4': '⁴', '5': '⁵', '6': '⁶', '7': '⁷', '8': '⁸', '9': '⁹',
		'+': '⁺', '-': '⁻', '=': '⁼', '(': '⁽', ')': '⁾',
	},
	tildeMark: {'α': 'ᾶ', 'η': 'ῆ', 'ι': 'ῖ', 'υ': 'ῦ', 'ω': 'ῶ', 'ϊ': 'ῗ', 'ϋ': 'ῧ'},
	currencyMark: {
		'e': '€', 'E': '€', 'l': '£', 'L': '₤', 'y': '¥', 'Y': '¥', 'c': '¢', 'C': '₡', 'f': 'ƒ', 'F': '₣',
		'd': '₫', 'D': '₫', 'w': '₩', 'W': '₩', 'r': '₹', 'R': '₨', 's': '₪', 'S': '₪', 'p': '₧', 'P': '₧',
		'n': '₦', 'N': '₦', 't': '₸', 'T': '₮', 'k': '₭', 'K': '₭', 'u': '圓', 'U': '圓',
	},
}

// maxDead bounds the accents that wait for a letter. Two on one are not rare, as in
// Vietnamese.
const maxDead = 3

// dead takes a key if it is a dead one.
func (k *keyboard) dead(key rfb.Keysym) bool {
	_, ok := deadKeys[key]
	if ok && len(k.accents) < maxDead {
		k.accents = append(k.accents, key)
	}
	return ok
}

// compose gives what r makes with the accents typed before it: one character if there
// is one, else the accents and r.
func (k *keyboard) compose(r rune) string {
	accents := k.accents
	k.accents = nil
	if len(accents) == 0 {
		return string(r)
	}
	if r == ' ' {
		return alone(accents)
	}
	for i, accent := range accents {
		if c, ok := composed[deadKeys[accent].mark][r]; ok {
			r = c
			accents = append(accents[:i:i], accents[i+1:]...)
			break
		}
	}
	text := []rune{r}
	for _, accent := range accents {
		text = append(text, deadKeys[accent].mark)
	}
	if one := []rune(norm.NFC.String(string(text))); len(one) == 1 && one[0] != r || len(accents) == 0 {
		return string(one)
	}
	return alone(accents) + string(r)
}

func alone(accents []rfb.Keysym) string {
	var text []rune
	for _, accent := range accents {
		text = append(text, deadKeys[accent].alone)
	}
	return string(text)
}
