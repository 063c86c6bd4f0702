package authz

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// alike is what names have in common that are one to LDAP, to SQL or to a PAM module: it
// leaves out case, blanks, invisible characters and the forms of characters that stand for
// others, such as full-width letters (RFC 4518 section 2 ignores all of them).
func alike(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector) {
			return -1
		}
		return leastOfCases(r)
	}, norm.NFKC.String(name))
}

// leastOfCases is the first of the characters that differ from r in case only.
func leastOfCases(r rune) rune {
	least := r
	for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
		least = min(least, other)
	}
	return least
}
