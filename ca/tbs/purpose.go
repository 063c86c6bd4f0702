package tbs

import (
	encoding "encoding/asn1"

	"golang.org/x/crypto/cryptobyte/asn1"
)

// addPurpose appends to the extKeyUsage (RFC 5280 section 4.2.1.12), which it makes
// critical or not, and tells how many purposes there are now.
func (e *Extensions) addPurpose(id encoding.ObjectIdentifier, critical bool) (count int, err error) {
	var old []byte
	if x := e.Get(OIDExtKeyUsage); x != nil {
		list, err := open(x.Value, asn1.SEQUENCE)
		if err != nil {
			return 0, err
		}
		for old = list; !list.Empty(); count++ {
			if !skipOID(&list) {
				return 0, errTag
			}
		}
	}
	return count + 1, e.set(OIDExtKeyUsage, critical, asn1.SEQUENCE, func(b *builder) {
		b.AddBytes(old)
		addOID(b, id)
	})
}
