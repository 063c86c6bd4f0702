package text

import (
	"strings"

	"golang.org/x/net/idna"
)

// unicodeDomain turns a host name's punycode labels into Unicode (RFC 3492) as
// libidn2 does: what the characters are is not looked at, the name is only shown.
func unicodeDomain(name string) (string, bool) {
	labels := strings.Split(name, ".")
	for i, label := range labels {
		if len(label) < 4 || !strings.EqualFold(label[:4], "xn--") {
			continue
		}
		if len(label) == 4 || strings.ContainsFunc(label, notInLabel) {
			return "", false
		}
		text, err := idna.Punycode.ToUnicode("xn--" + label[4:])
		if err != nil {
			return "", false
		}
		labels[i] = text
	}
	return strings.Join(labels, "."), true
}

func notInLabel(c rune) bool {
	letter := (c|0x20 >= 'a' && c|0x20 <= 'z')
	return !letter && (c < '0' || c > '9') && c != '-' && c != '_'
}
