package templates

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"unicode/utf8"
)

// upTo makes a check for texts of at most n characters.
func upTo(n int) func(string) error {
	return func(value string) error {
		if length := utf8.RuneCountInString(value); length > n {
			return fmt.Errorf("the text has %d characters, at most %d are allowed", length, n)
		}
		return nil
	}
}

func countryCode(value string) error {
	if len(value) != 2 || !isLetter(value[0]) || !isLetter(value[1]) {
		return fmt.Errorf("%q is not a country code of two letters, such as GB", value)
	}
	return nil
}

func domainComponent(value string) error {
	if strings.Contains(value, ".") {
		return fmt.Errorf("%q is more than one label: write one dc for each, the top-level domain last", value)
	}
	return hostLabel(value)
}

// maxHostName is the length of the longest host name (RFC 1035 section 2.3.4).
const maxHostName = 253

// HostName tells why a text cannot be the host name of a certificate (RFC 1123
// section 2.1, RFC 6125 section 6.4.3). The error is nil if it can. A wildcard may
// stand for the whole first label of a name that has two more.
func HostName(value string) error {
	if value == "" {
		return errors.New("the host name is empty")
	}
	if _, err := netip.ParseAddr(strings.Trim(value, "[]")); err == nil {
		return fmt.Errorf("%q is an IP address: give it as ip_address", value)
	}
	if len(value) > maxHostName {
		return fmt.Errorf("the host name has %d characters, at most %d are allowed", len(value), maxHostName)
	}
	labels := strings.Split(value, ".")
	if labels[0] == "*" {
		if labels = labels[1:]; len(labels) < 2 {
			return fmt.Errorf("the wildcard of %q stands for too much: at least two labels must follow, as in *.example.org", value)
		}
	}
	for _, label := range labels {
		if err := hostLabel(label); err != nil {
			return fmt.Errorf("%q is not a host name: %w", value, err)
		}
	}
	if last := labels[len(labels)-1]; strings.Trim(last, "0123456789") == "" {
		return fmt.Errorf("%q is neither an IP address nor a host name: its last label has only digits", value)
	}
	return nil
}

// hostLabel takes the underscore as well, which hosts of internal domains have
// and crypto/x509 and GnuTLS match.
func hostLabel(label string) error {
	switch {
	case label == "":
		return errors.New("a label between its dots is empty")
	case len(label) > 63:
		return fmt.Errorf("the label %q has %d characters, at most 63 are allowed", label, len(label))
	case label[0] == '-' || label[len(label)-1] == '-':
		return fmt.Errorf("the label %q begins or ends with a hyphen", label)
	}
	for _, r := range label {
		switch {
		case r >= utf8.RuneSelf:
			return fmt.Errorf("%q is not ASCII: write the label in its xn-- form, which idn prints", r)
		case r == '*':
			return errors.New("a wildcard can only be the whole first label")
		case !isLetter(byte(r)) && !isDigit(byte(r)) && r != '-' && r != '_':
			return fmt.Errorf("%q cannot be part of one", r)
		}
	}
	return nil
}

// mailAddress checks as far as a certificate needs it: IA5String, one "@" between
// a local part without blanks and a host name (RFC 5280 section 4.2.1.6).
func mailAddress(value string) error {
	const ubEmailAddress = 255 // RFC 5280 appendix A.1
	at := strings.LastIndexByte(value, '@')
	if at < 1 || !isPrintableASCII(value[:at]) {
		return fmt.Errorf("%q is not an e-mail address in ASCII, such as admin@example.org", value)
	}
	if err := HostName(value[at+1:]); err != nil || value[at+1] == '*' {
		return fmt.Errorf("%q is not an e-mail address: no mail goes to %q", value, value[at+1:])
	}
	return upTo(ubEmailAddress)(value)
}

// checkDNSName takes names in other scripts, which certificates hold as ASCII.
func checkDNSName(value string) error {
	ascii, err := toASCII(value)
	if err != nil || ascii != value && strings.Count(ascii, ".") != strings.Count(value, ".") {
		return fmt.Errorf("%q is not a host name: its characters have no form in ASCII (RFC 5891)", value)
	}
	return HostName(ascii)
}

func checkMail(value string) error {
	ascii, err := mailToASCII(value)
	if err != nil {
		return fmt.Errorf("%q is not an e-mail address whose part before the @ is in ASCII, such as admin@example.org", value)
	}
	return mailAddress(ascii)
}

func checkIP(value string) error {
	addr, err := netip.ParseAddr(value)
	switch {
	case err != nil || addr.Zone() != "":
		return fmt.Errorf("%q is not an IPv4 or IPv6 address", value)
	case addr.Is4In6():
		return fmt.Errorf("no host is compared with %q: write %s", value, addr.Unmap())
	}
	return nil
}

// checkDomain takes the domain of a name constraint, which stands for all below it
// as well. A dot in front of it is none of RFC 5280's forms (section 4.2.1.10), and
// programs disagree on its meaning.
func checkDomain(value string) error {
	domain := strings.TrimPrefix(strings.TrimPrefix(value, "*"), ".")
	if domain != value {
		return fmt.Errorf("%q is not a domain: write %s, which stands for all below it as well", value, domain)
	}
	return HostName(value)
}

// checkMailDomain takes an address, a host, or a domain after a dot (RFC 5280
// section 4.2.1.10).
func checkMailDomain(value string) error {
	if strings.Contains(value, "@") {
		return mailAddress(value)
	}
	return HostName(strings.TrimPrefix(value, "."))
}

func checkNetwork(value string) error {
	prefix, err := netip.ParsePrefix(value)
	switch {
	case err != nil:
		return fmt.Errorf("%q is not a network as address/prefix, such as 192.0.2.0/24", value)
	case prefix != prefix.Masked():
		return fmt.Errorf("%q has bits behind the prefix: write %s", value, prefix.Masked())
	}
	return nil
}

func checkNotice(value string) error {
	if len(value) > maxNotice {
		return fmt.Errorf("the notice has %d octets, at most %d are allowed", len(value), maxNotice)
	}
	return nil
}

// absoluteURI follows RFC 5280 section 4.2.1.6: a scheme, and ASCII only.
func absoluteURI(value string) error {
	uri, err := url.Parse(value)
	if err != nil || uri.Scheme == "" || uri.Host == "" && uri.Opaque == "" && uri.Path == "" {
		return fmt.Errorf("%q is not a URI with a scheme, such as http://example.org/ca-crl.pem", value)
	}
	if !isPrintableASCII(value) {
		return fmt.Errorf("%q is not a URI: blanks and characters that are not ASCII must be written as %%XX", value)
	}
	return nil
}

// isPrintableASCII excludes the blank.
func isPrintableASCII(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

func isLetter(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' }
func isDigit(b byte) bool  { return b >= '0' && b <= '9' }
