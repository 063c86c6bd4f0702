package tbs

import (
	"bytes"
	encoding "encoding/asn1"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"vncsec/templates"
)

// Attributes of requests (RFC 2985 section 5.4).
var (
	oidChallengePassword = encoding.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 7}
	oidExtensionRequest  = encoding.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 14}
)

// Request is what is signed of a certificate request (RFC 2986 section 4.1).
type Request struct {
	Subject           []byte // DER
	PublicKey         []byte // DER SubjectPublicKeyInfo
	ChallengePassword string // empty: none
	Extensions        Extensions
}

// Marshal encodes the request for any algorithm, which is not part of it.
func (r *Request) Marshal([]byte) ([]byte, error) {
	attributes, err := r.attributes()
	if err != nil {
		return nil, err
	}
	return der(asn1.SEQUENCE, func(b *builder) {
		b.AddASN1Int64(0)
		b.AddBytes(r.Subject)
		b.AddBytes(r.PublicKey)
		addBytes(b, explicit(0), bytes.Join(attributes, nil))
	})
}

// attributes encodes the attributes in the order of a SET OF (X.690 section 11.6).
func (r *Request) attributes() (list [][]byte, err error) {
	add := func(id encoding.ObjectIdentifier, value content) {
		attribute, e := der(asn1.SEQUENCE, func(b *builder) {
			addOID(b, id)
			b.AddASN1(asn1.SET, cryptobyte.BuilderContinuation(value))
		})
		if e != nil {
			err = e
		}
		list = append(list, attribute)
	}
	if password := r.ChallengePassword; password != "" {
		add(oidChallengePassword, func(b *builder) {
			addBytes(b, stringTag(templates.DirectoryString, password), []byte(password))
		})
	}
	if len(r.Extensions) > 0 {
		add(oidExtensionRequest, r.Extensions.add)
	}
	slices.SortFunc(list, bytes.Compare)
	return list, err
}

// ParseRequest reads the parts of a DER request that a certificate takes over. It does
// not look into its name, key and extensions.
func ParseRequest(input []byte) (*Request, error) {
	s, _, _, err := signedContents(input)
	if err != nil {
		return nil, err
	}
	r := new(Request)
	var attributes cryptobyte.String
	ok := s.SkipASN1(asn1.INTEGER) && readSequence(s, &r.Subject) && readSequence(s, &r.PublicKey) &&
		s.ReadOptionalASN1(&attributes, nil, explicit(0)) && s.Empty()
	if !ok {
		return nil, errTag
	}
	for !attributes.Empty() {
		var one, values cryptobyte.String
		var id encoding.ObjectIdentifier
		if !attributes.ReadASN1(&one, asn1.SEQUENCE) || !readOID(&one, &id) || !one.ReadASN1(&values, asn1.SET) || !one.Empty() {
			return nil, errTag
		}
		if !id.Equal(oidExtensionRequest) || r.Extensions != nil {
			continue
		}
		first, _, ok := readElement(&values)
		if !ok {
			return nil, errTag
		}
		list := cryptobyte.String(first)
		if r.Extensions, err = readExtensions(&list); err != nil {
			return nil, err
		}
	}
	return r, nil
}
