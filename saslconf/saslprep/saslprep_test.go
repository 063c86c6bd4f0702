package saslprep_test

import (
	"testing"
	"unicode"

	"github.com/xdg-go/stringprep"

	"vncsec/saslconf/saslprep"
)

// asLibrary is what a library says.
func asLibrary(s string) bool {
	prepared, err := stringprep.SASLprep.Prepare(s)
	return err == nil && prepared == s
}

func compare(t *testing.T, s string) {
	t.Helper()
	if got, want := saslprep.IsPrepared(s), asLibrary(s); got != want {
		t.Errorf("IsPrepared(%+q) = %t, want %t", s, got, want)
	}
}

// TestEveryCharacter asks about each character of Unicode alone and, where it is accepted
// and no ideograph, beside others: a letter, one that is read from right to left, a digit,
// and what joins with those before it.
func TestEveryCharacter(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		compare(t, string(r))
		if t.Failed() {
			return
		}
		if unicode.Is(unicode.Han, r) || !asLibrary(string(r)) {
			continue
		}
		for _, s := range []string{"a", "\u05d0", "1", "e\u0301", "\u1100"} {
			compare(t, s+string(r))
			compare(t, string(r)+s)
			compare(t, s+string(r)+s)
		}
	}
}

func TestTexts(t *testing.T) {
	for s, want := range map[string]bool{
		"":              true,
		"alice":         true,
		"pass word ~!":  true,
		"Zoë":           true,
		"Zoe\u0308":     false, // NFKC joins it
		"x\u00a0y":      false, // becomes a blank
		"x\u00ady":      false, // mapped to nothing
		"tab\t":         false,
		"\u0627\u0628":  true,
		"\u0627a\u0628": false, // left to right within right to left
		"\u06271":       false, // does not end right to left
		"\u2168":        false, // Roman numeral nine
		"\U0001f600":    false, // newer than Unicode 3.2
		"bad\xffutf8":   false,
		"\xed\xa0\x80":  false,
		"\ufeffname":    false,
		"名前":            true,
		"ｆｕｌｌｗｉｄｔｈ":     false,
	} {
		if got := saslprep.IsPrepared(s); got != want {
			t.Errorf("IsPrepared(%+q) = %t, want %t", s, got, want)
		}
		compare(t, s)
	}
}

func FuzzIsPrepared(f *testing.F) {
	for _, s := range []string{"alice", "Zoë", "x\u00a0y", "\u0627a\u0628", "a\u0300\u0316", "\u1100\u1161", "bad\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { compare(t, s) })
}
