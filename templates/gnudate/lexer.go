package gnudate

import (
	"math"
	"strings"
)

// kind is the kind of a token. Other characters are tokens by themselves.
type kind int

const (
	end        kind = 0
	unknown    kind = '?'
	isoTime    kind = 'T'
	firstNamed kind = 256
	unsigned   kind = firstNamed + iota // a number
	signed                              // a number with + or -
	fraction                            // a number with decimals
	signedFraction
	meridian
	month
	weekday
	ordinal
	yearUnit
	monthUnit
	dayUnit
	hourUnit
	minuteUnit
	secondUnit
	dayShift
	ago
	zone
	dayZone // a zone in summer: one hour more
	localZone
	dst
)

// token is one word or number. A fraction has its nanoseconds, never negative, on
// top of its value.
type token struct {
	kind     kind
	value    int64
	digits   int
	negative bool
	nanos    int64
}

// lexer splits a text into tokens.
type lexer struct {
	text  string
	local []localName
}

// localName is a name of the local zone; dst is that of the tm_isdst of C: 1 in
// summer, 0 in winter, -1 if the name does not tell.
type localName struct {
	name string
	dst  int64
}

const spaces = " \t\n\v\f\r"

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
func isAlpha(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

// at is the byte at an index; 0 behind the end.
func (l *lexer) at(i int) byte {
	if i < len(l.text) {
		return l.text[i]
	}
	return 0
}

func (l *lexer) next() token {
	for {
		l.text = strings.TrimLeft(l.text, spaces)
		c := l.at(0)
		switch {
		case l.text == "":
			return token{kind: end}
		case isDigit(c):
			return l.number(false, false)
		case c == '-' || c == '+':
			l.text = strings.TrimLeft(l.text[1:], spaces)
			if isDigit(l.at(0)) {
				return l.number(true, c == '-')
			}
		case isAlpha(c):
			return l.word()
		case c == '(':
			if !l.skipComment() {
				return token{kind: end}
			}
		default:
			l.text = l.text[1:]
			return token{kind: kind(c)}
		}
	}
}

// skipComment skips parentheses and what is in them; an open one reaches to the
// end.
func (l *lexer) skipComment() bool {
	depth := 0
	for i := range len(l.text) {
		switch l.text[i] {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth == 0 {
			l.text = l.text[i+1:]
			return true
		}
	}
	return false
}

// number reads digits, and after a point or comma decimals to nanoseconds, rounded
// down.
func (l *lexer) number(isSigned, negative bool) token {
	t := token{kind: unsigned, negative: negative}
	if isSigned {
		t.kind = signed
	}
	for ; isDigit(l.at(t.digits)); t.digits++ {
		digit := int64(l.at(t.digits) - '0')
		if t.value > (math.MaxInt64-digit)/10 {
			return token{kind: unknown}
		}
		t.value = t.value*10 + digit
	}
	if negative {
		t.value = -t.value
	}
	rest := l.text[t.digits:]
	if len(rest) < 2 || rest[0] != '.' && rest[0] != ',' || !isDigit(rest[1]) {
		l.text = rest
		return t
	}
	decimals := rest[1:]
	l.text = strings.TrimLeft(decimals, "0123456789")
	t.fraction(decimals[:len(decimals)-len(l.text)])
	return t
}

func (t *token) fraction(decimals string) {
	const nano, billion = 9, 1_000_000_000
	for i := range nano {
		t.nanos *= 10
		if i < len(decimals) {
			t.nanos += int64(decimals[i] - '0')
		}
	}
	if t.negative {
		if len(decimals) > nano && strings.Trim(decimals[nano:], "0") != "" {
			t.nanos++
		}
		if t.nanos > 0 {
			t.value--
			t.nanos = billion - t.nanos
		}
	}
	if t.kind == signed {
		t.kind = signedFraction
	} else {
		t.kind = fraction
	}
}

// word reads letters and full stops.
func (l *lexer) word() token {
	n := 0
	for isAlpha(l.at(n)) || n > 0 && l.at(n) == '.' {
		n++
	}
	const longest = 19 // what is longer is cut off
	word := strings.ToUpper(l.text[:min(n, longest)])
	l.text = l.text[n:]
	return lookUp(word, l.local)
}
