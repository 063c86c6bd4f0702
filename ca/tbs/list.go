package tbs

import (
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// RevocationList is what is signed of a certificate revocation list (RFC 5280 section
// 5.1.2).
type RevocationList struct {
	Issuer     []byte // DER
	ThisUpdate time.Time
	NextUpdate time.Time // zero: there is none
	Revoked    [][]byte  // entries in DER
	Extensions Extensions
}

// Revoke adds a certificate by its serial number, the contents of an INTEGER.
func (l *RevocationList) Revoke(serial []byte, when time.Time) error {
	entry, err := der(asn1.SEQUENCE, func(b *builder) {
		addBytes(b, asn1.INTEGER, serial)
		addTime(b, when)
	})
	l.Revoked = append(l.Revoked, entry)
	return err
}

// Marshal encodes the list for an AlgorithmIdentifier. As with GnuTLS there is a list of
// entries also without any.
func (l *RevocationList) Marshal(algorithm []byte) ([]byte, error) {
	return der(asn1.SEQUENCE, func(b *builder) {
		b.AddASN1Int64(1) // version 2
		b.AddBytes(algorithm)
		b.AddBytes(l.Issuer)
		addTime(b, l.ThisUpdate)
		if !l.NextUpdate.IsZero() {
			addTime(b, l.NextUpdate)
		}
		b.AddASN1(asn1.SEQUENCE, func(b *builder) {
			for _, entry := range l.Revoked {
				b.AddBytes(entry)
			}
		})
		if len(l.Extensions) > 0 {
			b.AddASN1(explicit(0), l.Extensions.add)
		}
	})
}

// ParseRevocationList reads what is signed of a DER list. It does not look into its
// entries.
func ParseRevocationList(input []byte) (*RevocationList, error) {
	s, _, _, err := signedContents(input)
	if err != nil {
		return nil, err
	}
	l := new(RevocationList)
	if !s.SkipOptionalASN1(asn1.INTEGER) || !s.SkipASN1(asn1.SEQUENCE) || !readSequence(s, &l.Issuer) {
		return nil, errTag
	}
	var ok bool
	if l.ThisUpdate, ok = readTime(s); !ok {
		return nil, errTime
	}
	if s.PeekASN1Tag(asn1.UTCTime) || s.PeekASN1Tag(asn1.GeneralizedTime) {
		if l.NextUpdate, ok = readTime(s); !ok {
			return nil, errTime
		}
	}
	var entries cryptobyte.String
	if s.PeekASN1Tag(asn1.SEQUENCE) && !s.ReadASN1(&entries, asn1.SEQUENCE) {
		return nil, errTag
	}
	for !entries.Empty() {
		var entry cryptobyte.String
		if !entries.ReadASN1Element(&entry, asn1.SEQUENCE) {
			return nil, errTag
		}
		l.Revoked = append(l.Revoked, slices.Clone([]byte(entry)))
	}
	l.Extensions, err = readTagged(s, explicit(0))
	return l, err
}
