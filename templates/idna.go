package templates

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// toASCII converts a host name as GnuTLS does with libidn2: one of printable
// ASCII is kept as it is, any other mapped and encoded by UTS #46, without
// transitional mappings unless IDNA2008 does not allow one of its characters.
func toASCII(name string) (string, error) {
	if isPrint(name) {
		return name, nil
	}
	if !utf8.ValidString(name) {
		return "", errUTF8
	}
	profile := idnaStrict
	if strings.ContainsFunc(name, outsideIDNA2008) {
		profile = idnaTransitional
	}
	ascii, err := profile.ToASCII(std3(name))
	if err != nil || len(ascii) > 254 {
		return "", errUTF8
	}
	for _, label := range strings.Split(ascii, ".") {
		if len(label) > 63 {
			return "", errUTF8
		}
	}
	return ascii, nil
}

var (
	idnaMapping      = idna.New(idna.MapForLookup(), idna.StrictDomainName(false), idna.ValidateLabels(false), idna.Transitional(false))
	idnaStrict       = idna.New(idna.MapForLookup(), idna.StrictDomainName(true), idna.Transitional(false), idna.BidiRule(), idna.CheckHyphens(true), idna.CheckJoiners(true))
	idnaTransitional = idna.New(idna.MapForLookup(), idna.StrictDomainName(true), idna.Transitional(true), idna.CheckHyphens(true), idna.CheckJoiners(false))
)

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

// outsideIDNA2008 finds characters that are neither letters, marks nor digits
// after mapping (RFC 5892 section 2.1).
func outsideIDNA2008(r rune) bool {
	if r < utf8.RuneSelf {
		return false
	}
	mapped, err := idnaMapping.ToUnicode(string(r))
	if err != nil {
		return false
	}
	return strings.ContainsFunc(mapped, func(r rune) bool {
		return r >= utf8.RuneSelf && !unicode.In(r, unicode.L, unicode.M, unicode.Nd) && r != 0x200c && r != 0x200d && r != '·' && r != '・'
	})
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
