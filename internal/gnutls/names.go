package gnutls

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Tags of a GeneralName (RFC 5280, 4.2.1.6).
const (
	nameOther     = 0
	nameEmail     = 1
	nameDNS       = 2
	nameDirectory = 4
	nameURI       = 6
	nameIP        = 7
	nameLast      = 8 // registeredID
)

type generalName struct {
	kind  int
	value []byte
}

func parseGeneralNames(der []byte) ([]generalName, error) {
	value := cryptobyte.String(der)
	var seq cryptobyte.String
	if !value.ReadASN1(&seq, cbasn1.SEQUENCE) || !value.Empty() {
		return nil, errExtension
	}
	var names []generalName
	for !seq.Empty() {
		name, err := readGeneralName(&seq)
		if err != nil {
			return nil, err
		}
		if len(name.value) == 0 {
			return nil, errors.New("empty alternative name")
		}
		names = append(names, name)
	}
	return names, nil
}

func readGeneralName(s *cryptobyte.String) (generalName, error) {
	var content cryptobyte.String
	var tag cbasn1.Tag
	if !s.ReadAnyASN1(&content, &tag) {
		return generalName{}, errExtension
	}
	const contextSpecific, constructed = 0x80, 0x20
	kind := int(tag &^ (contextSpecific | constructed))
	if tag&contextSpecific == 0 || kind > nameLast {
		return generalName{}, errExtension
	}
	return generalName{kind: kind, value: content}, nil
}

func (c *Certificate) alternativeNames(kind int) [][]byte {
	ext := c.extension(oidSubjectAltName)
	if ext == nil {
		return nil
	}
	names, err := parseGeneralNames(ext.Value)
	if err != nil {
		return nil
	}
	var found [][]byte
	for _, n := range names {
		if n.kind == kind {
			found = append(found, n.value)
		}
	}
	return found
}

var (
	oidCommonName = asn1.ObjectIdentifier{2, 5, 4, 3}
	oidEmail      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}
)

// subjectValues returns the values of one attribute type of the subject.
func (c *Certificate) subjectValues(oid asn1.ObjectIdentifier) [][]byte {
	var values [][]byte
	for _, a := range attributes(c.RawSubject) {
		if a.oid.Equal(oid) {
			values = append(values, a.value)
		}
	}
	return values
}

type attribute struct {
	oid   asn1.ObjectIdentifier
	value []byte
}

// attributes lists a name's attributes in order; it stops where the name is odd.
func attributes(rawName []byte) []attribute {
	input := cryptobyte.String(rawName)
	var rdns cryptobyte.String
	if !input.ReadASN1(&rdns, cbasn1.SEQUENCE) {
		return nil
	}
	var list []attribute
	for !rdns.Empty() {
		var set, seq, value cryptobyte.String
		var tag cbasn1.Tag
		if !rdns.ReadASN1(&set, cbasn1.SET) {
			return list
		}
		for !set.Empty() {
			var a attribute
			if !set.ReadASN1(&seq, cbasn1.SEQUENCE) || !seq.ReadASN1ObjectIdentifier(&a.oid) ||
				!seq.ReadAnyASN1(&value, &tag) {
				return list
			}
			a.value = value
			list = append(list, a)
		}
	}
	return list
}

var attributeNames = map[string]string{
	"2.5.4.6": "C", "2.5.4.8": "ST", "2.5.4.7": "L", "2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.3": "CN",
	"0.9.2342.19200300.100.1.1": "UID", "0.9.2342.19200300.100.1.25": "DC", "1.2.840.113549.1.9.1": "EMAIL",
}

// Name renders an encoded name for people, in the order of the certificate as
// GnuTLS and QEMU do. Bytes that could harm a terminal are escaped.
func Name(rawName []byte) string {
	var parts []string
	for _, a := range attributes(rawName) {
		key, ok := attributeNames[a.oid.String()]
		if !ok {
			key = a.oid.String()
		}
		quoted := fmt.Sprintf("%q", bytes.ToValidUTF8(a.value, []byte("?")))
		parts = append(parts, key+"="+quoted[1:len(quoted)-1])
	}
	if len(parts) == 0 {
		return "(empty name)"
	}
	return strings.Join(parts, ",")
}

// Subject returns the certificate's name for people.
func (c *Certificate) Subject() string { return Name(c.RawSubject) }

// Issuer returns the issuer's name for people.
func (c *Certificate) Issuer() string { return Name(c.RawIssuer) }

// Holder returns the first DNS name or, without one, the first common name.
func (c *Certificate) Holder() string {
	for _, value := range append(c.alternativeNames(nameDNS), c.subjectValues(oidCommonName)...) {
		return string(bytes.ToValidUTF8(value, []byte("?")))
	}
	return ""
}
