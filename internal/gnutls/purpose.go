package gnutls

import (
	"encoding/asn1"
	"slices"
	"strings"
)

// oldServerPurposes stand for TLS servers in very old authorities: Netscape's and
// VeriSign's gated crypto.
var oldServerPurposes = []string{"2.16.840.1.113730.4.1", "2.16.840.1.113733.1.8.1"}

// hasPurpose tells whether a certificate is good for a purpose; without any purposes it
// is good for all.
func (c *Certificate) hasPurpose(purpose string, acceptAny bool) bool {
	oids, _, err := c.Purposes()
	if err != nil {
		return false
	}
	if len(oids) == 0 {
		return true
	}
	constraints, err := c.BasicConstraints()
	authority := err == nil && constraints != nil && constraints.CA
	return slices.ContainsFunc(oids, func(oid asn1.ObjectIdentifier) bool {
		text := oid.String()
		old := authority && purpose == PurposeServer.String() && slices.Contains(oldServerPurposes, text)
		return old || text == purpose || (acceptAny && oid.Equal(PurposeAny))
	})
}

// MatchesEmail reports whether the certificate names the address, by the rules of
// gnutls_x509_crt_check_email: an alternative name must be the address, or, without
// any of that kind, the only e-mail address in the subject. Case does not matter.
func (c *Certificate) MatchesEmail(address string) bool {
	names := c.alternativeNames(nameEmail)
	if len(names) == 0 {
		if names = c.subjectValues(oidEmail); len(names) > 1 {
			return false
		}
	}
	return slices.ContainsFunc(names, func(name []byte) bool {
		return !strings.ContainsFunc(string(name), unprintable) && strings.EqualFold(string(name), address)
	})
}

func unprintable(r rune) bool { return r < ' ' || r > '~' }
