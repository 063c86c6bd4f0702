package tbs

import (
	encoding "encoding/asn1"
	"errors"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Certificate is what is signed of a certificate (RFC 5280 section 4.1.2).
type Certificate struct {
	Version   int    // 1 to 3
	Serial    []byte // contents of the INTEGER
	Issuer    []byte // DER
	NotBefore time.Time
	NotAfter  time.Time
	Subject   []byte // DER
	PublicKey []byte // DER SubjectPublicKeyInfo

	IssuerUniqueID, SubjectUniqueID encoding.BitString // empty: none

	Extensions Extensions
}

// SetUniqueIDs sets the old identifiers of subject and issuer; nil: none.
func (c *Certificate) SetUniqueIDs(subject, issuer []byte) {
	c.SubjectUniqueID, c.IssuerUniqueID = wholeBits(subject), wholeBits(issuer)
}

// check refuses what GnuTLS does not sign.
func (c *Certificate) check() error {
	seen := map[string]bool{}
	for _, x := range c.Extensions {
		if seen[x.Id.String()] {
			return errDuplicate
		}
		seen[x.Id.String()] = true
	}
	if len(c.Serial) == 0 {
		return errors.New("there is no serial number")
	}
	if c.Version < 3 && len(c.Extensions) > 0 || c.Version < 2 && c.IssuerUniqueID.BitLength+c.SubjectUniqueID.BitLength > 0 {
		return errCertificate
	}
	return nil
}

// Marshal encodes the certificate for an AlgorithmIdentifier, as Sign needs it.
func (c *Certificate) Marshal(algorithm []byte) ([]byte, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	return der(asn1.SEQUENCE, func(b *builder) {
		if c.Version > 1 {
			b.AddASN1(explicit(0), func(b *builder) { b.AddASN1Int64(int64(c.Version - 1)) })
		}
		addBytes(b, asn1.INTEGER, c.Serial)
		b.AddBytes(algorithm)
		b.AddBytes(c.Issuer)
		b.AddASN1(asn1.SEQUENCE, func(b *builder) {
			addTime(b, c.NotBefore)
			addTime(b, c.NotAfter)
		})
		b.AddBytes(c.Subject)
		b.AddBytes(c.PublicKey)
		if c.IssuerUniqueID.BitLength > 0 {
			addBits(b, implicit(1), c.IssuerUniqueID)
		}
		if c.SubjectUniqueID.BitLength > 0 {
			addBits(b, implicit(2), c.SubjectUniqueID)
		}
		if len(c.Extensions) > 0 {
			b.AddASN1(explicit(3), c.Extensions.add)
		}
	})
}

// ParseCertificate reads what is signed of a DER certificate, so that it can be used as
// an issuer, or signed again. It does not look into names, keys and extensions.
func ParseCertificate(input []byte) (*Certificate, error) {
	s, _, _, err := signedContents(input)
	if err != nil {
		return nil, err
	}
	c := &Certificate{Version: 1}
	var version, validity cryptobyte.String
	var hasVersion bool
	ok := s.ReadOptionalASN1(&version, &hasVersion, explicit(0)) &&
		(!hasVersion || version.ReadASN1Integer(&c.Version) && version.Empty()) &&
		s.ReadASN1Bytes(&c.Serial, asn1.INTEGER) && len(c.Serial) > 0 &&
		s.SkipASN1(asn1.SEQUENCE) &&
		readSequence(s, &c.Issuer) &&
		s.ReadASN1(&validity, asn1.SEQUENCE) &&
		readSequence(s, &c.Subject) &&
		readSequence(s, &c.PublicKey) &&
		readBits(s, &c.IssuerUniqueID, implicit(1)) &&
		readBits(s, &c.SubjectUniqueID, implicit(2))
	if !ok {
		return nil, errTag
	}
	if hasVersion {
		c.Version++
	}
	if c.NotBefore, ok = readTime(&validity); ok {
		c.NotAfter, ok = readTime(&validity)
	}
	if !ok || !validity.Empty() {
		return nil, errTime
	}
	c.Extensions, err = readTagged(s, explicit(3))
	return c, err
}

// signedContents opens a signed structure: what is signed, the algorithm and the
// signature.
func signedContents(input []byte) (contents *cryptobyte.String, algorithm, signature []byte, err error) {
	outer, err := open(input, asn1.SEQUENCE)
	if err != nil {
		return nil, nil, nil, err
	}
	contents = new(cryptobyte.String)
	var bits encoding.BitString
	if !outer.ReadASN1(contents, asn1.SEQUENCE) || !readSequence(&outer, &algorithm) || !outer.ReadASN1BitString(&bits) || !outer.Empty() {
		return nil, nil, nil, errTag
	}
	return contents, algorithm, bits.RightAlign(), nil
}

// readSequence takes a whole SEQUENCE.
func readSequence(s *cryptobyte.String, out *[]byte) bool {
	var element cryptobyte.String
	ok := s.ReadASN1Element(&element, asn1.SEQUENCE)
	*out = slices.Clone([]byte(element))
	return ok
}

// readBits takes an optional BIT STRING under a tag of its own.
func readBits(s *cryptobyte.String, out *encoding.BitString, tag asn1.Tag) bool {
	var inside cryptobyte.String
	var found bool
	var unused uint8
	if !s.ReadOptionalASN1(&inside, &found, tag) {
		return false
	}
	if !found {
		return true
	}
	if !inside.ReadUint8(&unused) || unused > 7 || unused > 0 && inside.Empty() {
		return false
	}
	*out = encoding.BitString{Bytes: inside, BitLength: 8*len(inside) - int(unused)}
	return true
}

// readTagged takes the optional extensions at the end of a structure.
func readTagged(s *cryptobyte.String, tag asn1.Tag) (Extensions, error) {
	var list cryptobyte.String
	var found bool
	if !s.ReadOptionalASN1(&list, &found, tag) || !s.Empty() {
		return nil, errTag
	}
	if !found {
		return nil, nil
	}
	return readExtensions(&list)
}
