package tbs

import (
	encoding "encoding/asn1"

	"golang.org/x/crypto/cryptobyte/asn1"
)

// maxPurposes is how many purposes GnuTLS keeps.
const maxPurposes = 64

// addPurpose appends to the extKeyUsage (RFC 5280 section 4.2.1.12), which it makes
// critical or not.
func (e *Extensions) addPurpose(id encoding.ObjectIdentifier, critical bool) error {
	var old []byte
	if x := e.Get(OIDExtKeyUsage); x != nil {
		list, err := open(x.Value, asn1.SEQUENCE)
		if err != nil {
			return err
		}
		old = list
		count := 0
		for ; !list.Empty(); count++ {
			if !list.SkipASN1(asn1.OBJECT_IDENTIFIER) {
				return errTag
			}
		}
		if count >= maxPurposes {
			return errRequest
		}
	}
	return e.set(OIDExtKeyUsage, critical, asn1.SEQUENCE, func(b *builder) {
		b.AddBytes(old)
		addOID(b, id)
	})
}
