package tbs

import (
	"crypto/x509/pkix"
	encoding "encoding/asn1"
	"unicode/utf16"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"vncsec/templates"
)

// Qualifiers of policies (RFC 5280 section 4.2.1.4).
var (
	oidCPS        = encoding.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 2, 1}
	oidUserNotice = encoding.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 2, 2}
)

// maxNotice is the length of a user notice in octets.
const maxNotice = 200

// addPolicies appends to the certificatePolicies.
func (e *Extensions) addPolicies(policies []templates.Policy) error {
	for _, policy := range policies {
		if err := e.addPolicy(policy); err != nil {
			return err
		}
	}
	return nil
}

// addPolicy appends one policy. Those that are there already are read and written again
// as GnuTLS does: of a user notice only the text stays.
func (e *Extensions) addPolicy(policy templates.Policy) error {
	var old []byte
	if x := e.Get(OIDPolicies); x != nil {
		var err error
		if old, err = rewritePolicies(x); err != nil {
			return err
		}
	}
	return e.set(OIDPolicies, false, asn1.SEQUENCE, func(b *builder) {
		b.AddBytes(old)
		addPolicy(b, policy.OID, qualifiersOf(policy))
	})
}

// qualifier is a notice or the address of a practice statement.
type qualifier struct {
	id   encoding.ObjectIdentifier
	text string
}

func qualifiersOf(p templates.Policy) (list []qualifier) {
	if p.Text != nil {
		list = append(list, qualifier{oidUserNotice, *p.Text})
	}
	if p.URL != nil {
		list = append(list, qualifier{oidCPS, *p.URL})
	}
	return list
}

func addPolicy(b *builder, id encoding.ObjectIdentifier, qualifiers []qualifier) {
	b.AddASN1(asn1.SEQUENCE, func(b *builder) {
		addOID(b, id)
		if len(qualifiers) == 0 {
			return
		}
		b.AddASN1(asn1.SEQUENCE, func(b *builder) {
			for _, q := range qualifiers {
				b.AddASN1(asn1.SEQUENCE, q.add)
			}
		})
	})
}

func (q qualifier) add(b *builder) {
	addOID(b, q.id)
	if q.id.Equal(oidCPS) {
		addBytes(b, asn1.IA5String, []byte(q.text))
		return
	}
	b.AddASN1(asn1.SEQUENCE, func(b *builder) { addBytes(b, asn1.UTF8String, []byte(q.text)) })
}

// rewritePolicies reads policies and encodes them without the SEQUENCE around them.
func rewritePolicies(x *pkix.Extension) ([]byte, error) {
	list, err := open(x.Value, asn1.SEQUENCE)
	if err != nil {
		return nil, err
	}
	var b builder
	for !list.Empty() {
		var one cryptobyte.String
		var id encoding.ObjectIdentifier
		if !list.ReadASN1(&one, asn1.SEQUENCE) || !readOID(&one, &id) {
			return nil, errTag
		}
		qualifiers, err := readQualifiers(&one)
		if err != nil {
			return nil, err
		}
		addPolicy(&b, id, qualifiers)
	}
	return b.Bytes()
}

func readQualifiers(s *cryptobyte.String) (qualifiers []qualifier, err error) {
	if s.Empty() {
		return nil, nil
	}
	var list cryptobyte.String
	if !s.ReadASN1(&list, asn1.SEQUENCE) || !s.Empty() {
		return nil, errTag
	}
	for !list.Empty() {
		var one cryptobyte.String
		var q qualifier
		if !list.ReadASN1(&one, asn1.SEQUENCE) || !readOID(&one, &q.id) {
			return nil, errTag
		}
		switch {
		case q.id.Equal(oidCPS):
			q.text, err = readText(&one, asn1.IA5String)
		case q.id.Equal(oidUserNotice):
			q.text, err = readNotice(&one)
		default:
			err = errRequest
		}
		if err != nil {
			return nil, err
		}
		qualifiers = append(qualifiers, q)
	}
	return qualifiers, nil
}

// visibleString and bmpString are tags that package asn1 does not name.
const (
	visibleString asn1.Tag = 26
	bmpString     asn1.Tag = encoding.TagBMPString
)

// readNotice reads the text of a user notice.
func readNotice(s *cryptobyte.String) (string, error) {
	var notice cryptobyte.String
	if !s.ReadASN1(&notice, asn1.SEQUENCE) || !s.Empty() || !notice.SkipOptionalASN1(asn1.SEQUENCE) {
		return "", errTag
	}
	text, err := readText(&notice, asn1.UTF8String, asn1.IA5String, visibleString, bmpString)
	if err == nil && len(text) > maxNotice {
		err = errRequest
	}
	return text, err
}

// readText reads what is left of the input, a string of one of the types, as UTF-8.
func readText(s *cryptobyte.String, types ...asn1.Tag) (string, error) {
	for _, tag := range types {
		if !s.PeekASN1Tag(tag) {
			continue
		}
		var text cryptobyte.String
		if !s.ReadASN1(&text, tag) || !s.Empty() {
			return "", errTag
		}
		if tag == bmpString {
			return fromUCS2(text), nil
		}
		return string(text), nil
	}
	return "", errTag
}

func fromUCS2(text cryptobyte.String) string {
	var units []uint16
	for unit := uint16(0); text.ReadUint16(&unit); {
		units = append(units, unit)
	}
	return string(utf16.Decode(units))
}
