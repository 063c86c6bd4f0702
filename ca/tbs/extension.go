package tbs

import (
	"crypto/x509"
	"crypto/x509/pkix"
	encoding "encoding/asn1"
	"math/bits"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// The extensions that are built here (RFC 5280 sections 4.2 and 5.2, RFC 7633,
// RFC 3820).
var (
	OIDSubjectKeyID     = encoding.ObjectIdentifier{2, 5, 29, 14}
	OIDKeyUsage         = encoding.ObjectIdentifier{2, 5, 29, 15}
	OIDSubjectAltName   = encoding.ObjectIdentifier{2, 5, 29, 17}
	OIDBasicConstraints = encoding.ObjectIdentifier{2, 5, 29, 19}
	OIDCRLNumber        = encoding.ObjectIdentifier{2, 5, 29, 20}
	OIDNameConstraints  = encoding.ObjectIdentifier{2, 5, 29, 30}
	OIDCRLDistribution  = encoding.ObjectIdentifier{2, 5, 29, 31}
	OIDPolicies         = encoding.ObjectIdentifier{2, 5, 29, 32}
	OIDAuthorityKeyID   = encoding.ObjectIdentifier{2, 5, 29, 35}
	OIDExtKeyUsage      = encoding.ObjectIdentifier{2, 5, 29, 37}
	OIDInhibitAnyPolicy = encoding.ObjectIdentifier{2, 5, 29, 54}
	OIDAuthorityInfo    = encoding.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 1}
	OIDProxyCertInfo    = encoding.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 14}
	OIDTLSFeature       = encoding.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 24}
)

// Extensions are those of a certificate, request or revocation list, in their order
// and each at most once.
type Extensions []pkix.Extension

// Get finds an extension; nil: there is none.
func (e Extensions) Get(id encoding.ObjectIdentifier) *pkix.Extension {
	i := slices.IndexFunc(e, func(x pkix.Extension) bool { return x.Id.Equal(id) })
	if i < 0 {
		return nil
	}
	return &e[i]
}

// Has tells whether there is an extension with a dotted identifier.
func (e Extensions) Has(id string) bool {
	return slices.ContainsFunc(e, func(x pkix.Extension) bool { return x.Id.String() == id })
}

// Set puts an extension in the place of the one with the same identifier, or at the
// end.
func (e *Extensions) Set(id encoding.ObjectIdentifier, critical bool, value []byte) {
	if x := e.Get(id); x != nil {
		x.Critical, x.Value = critical, value
		return
	}
	*e = append(*e, pkix.Extension{Id: id, Critical: critical, Value: value})
}

// set is Set for a value that is one element.
func (e *Extensions) set(id encoding.ObjectIdentifier, critical bool, tag asn1.Tag, write content) error {
	value, err := der(tag, write)
	if err == nil {
		e.Set(id, critical, value)
	}
	return err
}

// add encodes the list of extensions.
func (e Extensions) add(b *builder) {
	b.AddASN1(asn1.SEQUENCE, func(b *builder) {
		for _, x := range e {
			b.AddASN1(asn1.SEQUENCE, func(b *builder) {
				addOID(b, x.Id)
				if x.Critical {
					b.AddASN1Boolean(true)
				}
				b.AddASN1OctetString(x.Value)
			})
		}
	})
}

// readExtensions reads a list of extensions; one may be there twice.
func readExtensions(list *cryptobyte.String) (Extensions, error) {
	var e Extensions
	var inside cryptobyte.String
	if !list.ReadASN1(&inside, asn1.SEQUENCE) || !list.Empty() {
		return nil, errTag
	}
	for !inside.Empty() {
		var one cryptobyte.String
		var x pkix.Extension
		ok := inside.ReadASN1(&one, asn1.SEQUENCE) &&
			readOID(&one, &x.Id) &&
			(!one.PeekASN1Tag(asn1.BOOLEAN) || one.ReadASN1Boolean(&x.Critical)) &&
			one.ReadASN1Bytes(&x.Value, asn1.OCTET_STRING) && one.Empty()
		if !ok {
			return nil, errTag
		}
		e = append(e, x)
	}
	return e, nil
}

// setBasicConstraints says whether the certificate is that of an authority, and how
// many may follow; nil: any number (RFC 5280 section 4.2.1.9).
func (e *Extensions) setBasicConstraints(isCA bool, pathLen *int) error {
	return e.set(OIDBasicConstraints, true, asn1.SEQUENCE, func(b *builder) {
		if !isCA {
			return
		}
		b.AddASN1Boolean(true)
		if pathLen != nil {
			b.AddASN1Int64(int64(*pathLen))
		}
	})
}

// IsCA tells whether the basicConstraints are those of an authority.
func (e Extensions) IsCA() bool {
	x := e.Get(OIDBasicConstraints)
	if x == nil {
		return false
	}
	inside, err := open(x.Value, asn1.SEQUENCE)
	var isCA bool
	return err == nil && inside.ReadASN1Boolean(&isCA) && isCA
}

// setKeyUsage encodes a key usage as a named bit list: bit 0 comes first, and zero bits
// at the end are left out (X.690 section 11.2.2).
func (e *Extensions) setKeyUsage(usage x509.KeyUsage, critical bool) error {
	reversed := bits.Reverse16(uint16(usage))
	length := bits.Len16(uint16(usage))
	octets := []byte{byte(reversed >> 8), byte(reversed)}
	value := encoding.BitString{Bytes: octets[:(length+7)/8], BitLength: length}
	var b builder
	addBits(&b, asn1.BIT_STRING, value)
	encodedUsage, err := b.Bytes()
	e.Set(OIDKeyUsage, critical, encodedUsage)
	return err
}

func (e *Extensions) setSubjectKeyID(id []byte) error {
	return e.set(OIDSubjectKeyID, false, asn1.OCTET_STRING, func(b *builder) { b.AddBytes(id) })
}

func (e *Extensions) setAuthorityKeyID(id []byte) error {
	return e.set(OIDAuthorityKeyID, false, asn1.SEQUENCE, func(b *builder) { addBytes(b, implicit(0), id) })
}

// SubjectKeyID is the key identifier among the extensions; nil: there is none that can
// be read.
func (e Extensions) SubjectKeyID() []byte {
	x := e.Get(OIDSubjectKeyID)
	if x == nil {
		return nil
	}
	id, err := open(x.Value, asn1.OCTET_STRING)
	if err != nil {
		return nil
	}
	return id
}

// setInhibitAnyPolicy sets after how many certificates the policy any counts no more
// (RFC 5280 section 4.2.1.14).
func (e *Extensions) setInhibitAnyPolicy(skip int) error {
	return e.set(OIDInhibitAnyPolicy, true, asn1.INTEGER, addInteger(uint64(skip)))
}

// setTLSFeatures lists TLS extensions that the server must speak (RFC 7633 section 4).
func (e *Extensions) setTLSFeatures(features []int) error {
	return e.set(OIDTLSFeature, false, asn1.SEQUENCE, func(b *builder) {
		for _, feature := range features {
			b.AddASN1Int64(int64(feature))
		}
	})
}

// inheritAll is the language of proxies that may do all that their issuer may.
var inheritAll = encoding.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 21, 1}

// setProxy makes the certificate that of a proxy (RFC 3820 section 3.8).
func (e *Extensions) setProxy(pathLen *int, language encoding.ObjectIdentifier) error {
	if language == nil {
		language = inheritAll
	}
	return e.set(OIDProxyCertInfo, true, asn1.SEQUENCE, func(b *builder) {
		if pathLen != nil {
			b.AddASN1Int64(int64(*pathLen))
		}
		b.AddASN1(asn1.SEQUENCE, func(b *builder) { addOID(b, language) })
	})
}

// addInteger writes the contents of an INTEGER that is not negative.
func addInteger(n uint64) content {
	return func(b *builder) {
		octets := []byte{byte(n)}
		for n >>= 8; n > 0; n >>= 8 {
			octets = append(octets, byte(n))
		}
		if octets[len(octets)-1] >= 0x80 {
			octets = append(octets, 0)
		}
		slices.Reverse(octets)
		b.AddBytes(octets)
	}
}
