package templates

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// The steps of UTS #46, and labels checked as a whole, but for their hyphens: those are
// counted in octets there.
var (
	idnaMapping      = idna.New(idna.MapForLookup(), idna.StrictDomainName(false), idna.ValidateLabels(false), idna.Transitional(false))
	idnaTransitional = strings.NewReplacer("ß", "ss", "ς", "σ", "\u200c", "", "\u200d", "")
	idnaLabel        = idna.New(idna.MapForLookup(), idna.StrictDomainName(true), idna.Transitional(false), idna.BidiRule(), idna.CheckJoiners(true), idna.CheckHyphens(false))
)

// ASCIIHost gives the form that a host name, of any script, has in certificates and DNS.
func ASCIIHost(name string) (string, error) {
	ascii, err := toASCII(name)
	if err != nil {
		return "", fmt.Errorf("host name %q: %w", name, err)
	}
	return ascii, nil
}

// toASCII converts a host name as GnuTLS does with libidn2: one of printable
// ASCII is kept as it is, any other mapped and encoded by UTS #46. Where IDNA2008
// does not allow a character, transitional mappings are used and less is checked.
func toASCII(name string) (string, error) {
	if isPrint(name) {
		return name, nil
	}
	if !utf8.ValidString(name) {
		return "", errUTF8
	}
	kept := std3(name)
	mapped, err := idnaMapping.ToUnicode(kept)
	if err != nil || !wellFormed(mapped) {
		return "", errUTF8
	}
	for _, label := range strings.Split(mapped, ".") {
		if strings.ContainsFunc(label, outsideIDNA2008) {
			if mapped, err = idnaMapping.ToUnicode(idnaTransitional.Replace(kept)); err != nil || !wellFormed(mapped) {
				return "", errUTF8
			}
			break
		}
		if ascii := isPrint(label) && !strings.HasPrefix(label, "xn--"); ascii {
			continue
		}
		if _, err := idnaLabel.ToASCII(label); err != nil {
			return "", errUTF8
		}
	}
	return encode(mapped)
}

// wellFormed looks at the labels of a mapped name: at their hyphens, and that none
// starts with a combining mark.
func wellFormed(mapped string) bool {
	for _, label := range strings.Split(mapped, ".") {
		first, _ := utf8.DecodeRuneInString(label)
		runes := []rune(label)
		if strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") || unicode.Is(unicode.M, first) ||
			len(runes) >= 4 && runes[2] == '-' && runes[3] == '-' && !strings.HasPrefix(label, "xn--") {
			return false
		}
	}
	return true
}

// encode writes the labels in ASCII (RFC 3492).
func encode(mapped string) (string, error) {
	const maxLabel, maxName = 63, 254
	ascii, err := idna.Punycode.ToASCII(mapped)
	if err != nil || len(ascii) > maxName {
		return "", errUTF8
	}
	for _, label := range strings.Split(ascii, ".") {
		if len(label) > maxLabel {
			return "", errUTF8
		}
	}
	return ascii, nil
}

// std3 leaves out what UseSTD3ASCIIRules does not allow: libidn2 does not refuse
// it.
func std3(name string) string {
	return strings.Map(func(r rune) rune {
		mapped := string(r)
		if r >= utf8.RuneSelf {
			mapped, _ = idnaMapping.ToUnicode(mapped)
		}
		if strings.ContainsFunc(mapped, outsideSTD3) {
			return -1
		}
		return r
	}, name)
}

// outsideSTD3 finds ASCII characters that are neither letters, digits, hyphens
// nor dots, and what is composed with one.
func outsideSTD3(r rune) bool {
	if r < utf8.RuneSelf {
		return !isLetter(byte(r)) && !isDigit(byte(r)) && r != '-' && r != '.'
	}
	return r == '≠' || r == '≮' || r == '≯'
}

// outsideIDNA2008 finds characters that are no letters, marks or digits, with the
// exceptions of RFC 5892 section 2.6.
func outsideIDNA2008(r rune) bool {
	const allowed, disallowed = "\u00b7\u0375\u05f3\u05f4\u06fd\u06fe\u0f0b\u200c\u200d\u3007\u30fb", "\u0640\u07fa\u302e\u302f\u3031\u3032\u3033\u3034\u3035\u303b"
	switch {
	case r < utf8.RuneSelf || strings.ContainsRune(allowed, r):
		return false
	case strings.ContainsRune(disallowed, r):
		return true
	}
	return !unicode.In(r, unicode.L, unicode.Mn, unicode.Mc, unicode.Nd)
}

// mailToASCII converts the part of a mail address behind the first @.
func mailToASCII(address string) (string, error) {
	local, domain, found := strings.Cut(address, "@")
	switch {
	case !isPrint(local):
		return "", errMail
	case isPrint(address):
		return address, nil
	case !found:
		return "", errMail
	}
	ascii, err := toASCII(domain)
	return local + "@" + ascii, err
}

// isPrint tells whether a text is of printable ASCII characters and blanks.
func isPrint(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}
