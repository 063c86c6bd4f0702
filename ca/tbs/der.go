package tbs

import (
	encoding "encoding/asn1"
	"math"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Error is a fault in the words that GnuTLS has for it.
type Error string

func (e Error) Error() string { return string(e) }

// The faults that building can end with.
const (
	errRequest     Error = "The request is invalid."
	errTag         Error = "ASN1 parser: Error in TAG."
	errParameter   Error = "An illegal parameter was found."
	errInternal    Error = "GnuTLS internal error."
	errCertificate Error = "Error in the certificate."
	errDuplicate   Error = "Duplicate extension in X.509 certificate."
	errTime        Error = "There was an error reading the time in the certificate."
	errAlgorithm   Error = "The signature algorithm is not supported."
)

type builder = cryptobyte.Builder

// content writes what is inside of an element.
type content func(*builder)

// implicit and explicit are context-specific tags.
func implicit(n uint8) asn1.Tag { return asn1.Tag(n).ContextSpecific() }
func explicit(n uint8) asn1.Tag { return implicit(n).Constructed() }

// der encodes one element.
func der(tag asn1.Tag, write content) ([]byte, error) {
	var b builder
	b.AddASN1(tag, cryptobyte.BuilderContinuation(write))
	return b.Bytes()
}

func addBytes(b *builder, tag asn1.Tag, octets []byte) {
	b.AddASN1(tag, func(b *builder) { b.AddBytes(octets) })
}

// addOID encodes an object identifier (X.690 section 8.19). One of fewer than two arcs
// has no contents, as with GnuTLS.
func addOID(b *builder, oid encoding.ObjectIdentifier) {
	b.AddASN1(asn1.OBJECT_IDENTIFIER, func(b *builder) {
		if len(oid) < 2 {
			return
		}
		addArc(b, uint64(oid[0])*40+uint64(oid[1]))
		for _, arc := range oid[2:] {
			addArc(b, uint64(arc))
		}
	})
}

// addArc encodes a number in groups of seven bits.
func addArc(b *builder, arc uint64) {
	groups := []byte{byte(arc & 0x7f)}
	for arc >>= 7; arc > 0; arc >>= 7 {
		groups = append(groups, byte(arc&0x7f)|0x80)
	}
	for i := len(groups) - 1; i >= 0; i-- {
		b.AddUint8(groups[i])
	}
}

// readOID takes an object identifier. Unlike that of cryptobyte its arcs may have more
// than 31 bits: templates have such arcs.
func readOID(s *cryptobyte.String, oid *encoding.ObjectIdentifier) bool {
	var octets cryptobyte.String
	input := *s
	if !skipOID(s) || !input.ReadASN1(&octets, asn1.OBJECT_IDENTIFIER) {
		return false
	}
	var arcs encoding.ObjectIdentifier
	arc := 0
	for _, b := range octets {
		if arc > math.MaxInt>>7 {
			return false
		}
		arc = arc<<7 | int(b&0x7f)
		if b&0x80 != 0 {
			continue
		}
		if arcs == nil {
			root := min(arc/40, 2)
			arcs, arc = append(arcs, root), arc-40*root
		}
		arcs, arc = append(arcs, arc), 0
	}
	*oid = arcs
	return true
}

// skipOID takes an object identifier that libtasn1 reads off the input: it has contents,
// no arc of it begins with zero bits, and none is open at the end, which libtasn1 drops.
func skipOID(s *cryptobyte.String) bool {
	var octets cryptobyte.String
	if !s.ReadASN1(&octets, asn1.OBJECT_IDENTIFIER) || len(octets) == 0 {
		return false
	}
	begins := true
	for _, b := range octets {
		if begins && b == 0x80 {
			return false
		}
		begins = b < 0x80
	}
	return begins
}

// addBits encodes a BIT STRING under a tag of its own.
func addBits(b *builder, tag asn1.Tag, bits encoding.BitString) {
	b.AddASN1(tag, func(b *builder) {
		b.AddUint8(uint8(8*len(bits.Bytes) - bits.BitLength))
		b.AddBytes(bits.Bytes)
	})
}

// wholeBits is a BIT STRING of whole octets.
func wholeBits(octets []byte) encoding.BitString {
	return encoding.BitString{Bytes: octets, BitLength: 8 * len(octets)}
}

// open reads one element that is all of the input, and returns its contents.
func open(input []byte, tag asn1.Tag) (cryptobyte.String, error) {
	s := cryptobyte.String(input)
	var inside cryptobyte.String
	if !s.ReadASN1(&inside, tag) || !s.Empty() {
		return nil, errTag
	}
	return inside, nil
}

// readElement takes one element with its tag and length off the input.
func readElement(s *cryptobyte.String) ([]byte, asn1.Tag, bool) {
	var element cryptobyte.String
	var tag asn1.Tag
	ok := s.ReadAnyASN1Element(&element, &tag)
	return element, tag, ok
}

// Minimal drops the octets that the contents of an INTEGER need not have (X.690 section
// 8.3.2).
func Minimal(octets []byte) []byte {
	for len(octets) > 1 && (octets[0] == 0 && octets[1] < 0x80 || octets[0] == 0xff && octets[1] >= 0x80) {
		octets = octets[1:]
	}
	return octets
}
