// Package saslprep tells whether SASLprep (RFC 4013), the form of names and passwords in
// SASL, leaves a text as it is. It prepares nothing. Its tables are laid out by the
// compiler, where those of libraries are made at each start of a program.
package saslprep

import (
	"sort"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

//go:generate go run generate.go

// IsPrepared tells whether SASLprep, for strings that are stored, accepts a text and does
// not change it.
func IsPrepared(s string) bool {
	if isPrintableASCII(s) {
		return true
	}
	return utf8.ValidString(s) && !strings.ContainsFunc(s, isBarred) && norm.NFKC.IsNormalString(s) && hasOneDirection(s)
}

func isPrintableASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func isBarred(r rune) bool { return within(barred[:], r) }

// hasOneDirection checks the rules for bidirectional text (RFC 3454 section 6).
func hasOneDirection(s string) bool {
	rightToLeft := func(r rune) bool { return within(rightToLeft[:], r) }
	if !strings.ContainsFunc(s, rightToLeft) {
		return true
	}
	first, _ := utf8.DecodeRuneInString(s)
	last, _ := utf8.DecodeLastRuneInString(s)
	return rightToLeft(first) && rightToLeft(last) &&
		!strings.ContainsFunc(s, func(r rune) bool { return within(leftToRight[:], r) })
}

// within tells whether one of the ranges, which are in order, has a character.
func within(ranges [][2]rune, r rune) bool {
	i := sort.Search(len(ranges), func(i int) bool { return ranges[i][1] >= r })
	return i < len(ranges) && ranges[i][0] <= r
}
