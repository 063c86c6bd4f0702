package certtool_test

import (
	"encoding/asn1"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	tags "golang.org/x/crypto/cryptobyte/asn1"
)

// field is a part of a certificate, request or revocation list, as it is encoded.
type field struct {
	name  string
	value []byte // DER, with tag and length
}

// signedStructure is what the three have in common: what is signed, and how.
type signedStructure struct {
	fields    []field // of what is signed, then signatureAlgorithm
	tbs       []byte
	key       []byte // SubjectPublicKeyInfo; nil in a revocation list
	algorithm []byte // outside of what is signed
	signature []byte
}

// parseStructure takes apart the DER form of what a PEM block has. Unlike
// crypto/x509 it reads whatever certtool writes.
func parseStructure(label string, der []byte) (*signedStructure, error) {
	parse := map[string]func(*derReader, *signedStructure){
		"CERTIFICATE":             parseCertificate,
		"NEW CERTIFICATE REQUEST": parseRequest,
		"X509 CRL":                parseRevocationList,
	}[label]
	if parse == nil {
		return nil, fmt.Errorf("%s is not a signed structure", label)
	}
	var s signedStructure
	outer := &derReader{rest: der}
	outer = outer.open("structure", tags.SEQUENCE)
	s.tbs = outer.element("tbs")
	s.algorithm = outer.element("signatureAlgorithm")
	s.signature = outer.element("signature")
	outer.end()
	tbs := &derReader{rest: s.tbs}
	body := tbs.open("tbs", tags.SEQUENCE)
	parse(body, &s)
	body.end()
	s.fields = append(s.fields, field{"signatureAlgorithm", s.algorithm})
	for _, r := range []*derReader{outer, body} {
		if r.err != nil {
			return nil, r.err
		}
	}
	return &s, nil
}

func parseCertificate(r *derReader, s *signedStructure) {
	s.optional(r, "version", tags.Tag(0).Constructed().ContextSpecific())
	s.take(r, "serial")
	s.take(r, "algorithm")
	s.take(r, "issuer")
	validity := r.open("validity", tags.SEQUENCE)
	s.take(validity, "notBefore")
	s.take(validity, "notAfter")
	validity.end()
	r.note(validity)
	s.take(r, "subject")
	s.key = s.take(r, "key")
	s.optional(r, "issuerUniqueID", tags.Tag(1).ContextSpecific())
	s.optional(r, "subjectUniqueID", tags.Tag(2).ContextSpecific())
	if outer := r.openOptional("extensions", tags.Tag(3).Constructed().ContextSpecific()); outer != nil {
		s.extensions(outer, "extension")
		outer.end()
		r.note(outer)
	}
}

func parseRequest(r *derReader, s *signedStructure) {
	s.take(r, "version")
	s.take(r, "subject")
	s.key = s.take(r, "key")
	if attributes := r.openOptional("attributes", tags.Tag(0).Constructed().ContextSpecific()); attributes != nil {
		for i := 0; attributes.more(); i++ {
			s.attribute(attributes, i)
		}
		r.note(attributes)
	}
}

// attribute takes one attribute of a request, each extension of extensionRequest on
// its own.
func (s *signedStructure) attribute(r *derReader, i int) {
	whole := r.element("attribute")
	inner := &derReader{rest: whole}
	inner = inner.open("attribute", tags.SEQUENCE)
	name := fmt.Sprintf("attribute %d (%s)", i, oidText(inner.element("type")))
	if name != fmt.Sprintf("attribute %d (1.2.840.113549.1.9.14)", i) {
		s.fields = append(s.fields, field{name, whole})
		return
	}
	values := inner.open("values", tags.SET)
	s.extensions(values, name+" extension")
	values.end()
	inner.end()
	r.note(values)
	r.note(inner)
}

func parseRevocationList(r *derReader, s *signedStructure) {
	s.optional(r, "version", tags.INTEGER)
	s.take(r, "algorithm")
	s.take(r, "issuer")
	s.take(r, "thisUpdate")
	s.optional(r, "nextUpdate", tags.UTCTime)
	s.optional(r, "nextUpdate", tags.GeneralizedTime)
	if entries := r.openOptional("revoked", tags.SEQUENCE); entries != nil {
		for i := 0; entries.more(); i++ {
			entry := entries.open("entry", tags.SEQUENCE)
			s.take(entry, fmt.Sprintf("entry %d serial", i))
			s.take(entry, fmt.Sprintf("entry %d date", i))
			s.optional(entry, fmt.Sprintf("entry %d extensions", i), tags.SEQUENCE)
			entry.end()
			entries.note(entry)
		}
		r.note(entries)
	}
	if outer := r.openOptional("extensions", tags.Tag(0).Constructed().ContextSpecific()); outer != nil {
		s.extensions(outer, "extension")
		outer.end()
		r.note(outer)
	}
}

// extensions takes each of a list.
func (s *signedStructure) extensions(r *derReader, name string) {
	list := r.open(name+"s", tags.SEQUENCE)
	for i := 0; list.more(); i++ {
		whole := list.element(name)
		inner := &derReader{rest: whole}
		inner = inner.open(name, tags.SEQUENCE)
		oid := inner.element("extnID")
		list.note(inner)
		s.fields = append(s.fields, field{fmt.Sprintf("%s %d (%s)", name, i, oidText(oid)), whole})
	}
	r.note(list)
}

// take notes the next element.
func (s *signedStructure) take(r *derReader, name string) []byte {
	value := r.element(name)
	s.fields = append(s.fields, field{name, value})
	return value
}

// optional notes the next element if it has the tag.
func (s *signedStructure) optional(r *derReader, name string, tag tags.Tag) {
	if r.rest.PeekASN1Tag(tag) {
		s.take(r, name)
	}
}

// derReader reads elements one after another up to the first error.
type derReader struct {
	rest cryptobyte.String
	err  error
}

func (r *derReader) fail(name string) {
	if r.err == nil {
		r.err = fmt.Errorf("%s is malformed or missing: %.32x", name, []byte(r.rest))
	}
	r.rest = nil
}

// note takes over the error of a part.
func (r *derReader) note(part *derReader) {
	if r.err == nil {
		r.err = part.err
	}
}

func (r *derReader) more() bool { return r.err == nil && !r.rest.Empty() }

func (r *derReader) end() {
	if !r.rest.Empty() {
		r.fail("the end")
	}
}

func (r *derReader) element(name string) []byte {
	var value cryptobyte.String
	if !r.rest.ReadAnyASN1Element(&value, nil) {
		r.fail(name)
	}
	return value
}

func (r *derReader) open(name string, tag tags.Tag) *derReader {
	inner := new(derReader)
	if !r.rest.ReadASN1(&inner.rest, tag) {
		r.fail(name)
		inner.err = r.err
	}
	return inner
}

func (r *derReader) openOptional(name string, tag tags.Tag) *derReader {
	if !r.rest.PeekASN1Tag(tag) {
		return nil
	}
	return r.open(name, tag)
}

// oidText is an object identifier in dots, or in hexadecimal where Go cannot read
// it.
func oidText(der []byte) string {
	var oid asn1.ObjectIdentifier
	if _, err := asn1.Unmarshal(der, &oid); err != nil {
		return fmt.Sprintf("%x", der)
	}
	return oid.String()
}
