package gnutls

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Certificate is what GnuTLS looks at when it loads and verifies. Serial number
// and unique identifiers are read without an opinion on their values.
type Certificate struct {
	Raw     []byte // the whole DER
	Version int    // 1, 2 or 3
	Serial  []byte // contents octets

	RawTBS    []byte // the signed part
	Algorithm Algorithm
	Signature []byte

	RawIssuer  []byte
	RawSubject []byte
	RawSPKI    []byte // SubjectPublicKeyInfo

	NotBefore time.Time
	NotAfter  time.Time

	Extensions []Extension
}

// Algorithm is an AlgorithmIdentifier; NULL parameters count as none.
type Algorithm struct {
	OID        asn1.ObjectIdentifier
	Parameters []byte
}

// Extension is one X.509 extension, its value still encoded.
type Extension struct {
	OID      asn1.ObjectIdentifier
	Critical bool
	Value    []byte
}

var (
	errMalformed = errors.New("not a DER certificate")

	tagVersion    = cbasn1.Tag(0).ContextSpecific().Constructed()
	tagIssuerUID  = cbasn1.Tag(1).ContextSpecific()
	tagSubjectUID = cbasn1.Tag(2).ContextSpecific()
	tagExtensions = cbasn1.Tag(3).ContextSpecific().Constructed()
)

// Parse reads a DER certificate under the conditions of gnutls_x509_crt_import:
// the two signature algorithms agree, nothing follows the certificate, only
// version 3 has extensions and none of them twice, and the alternative names
// can be read.
func Parse(der []byte) (*Certificate, error) {
	input := cryptobyte.String(der)
	var outer, tbs cryptobyte.String
	if !input.ReadASN1(&outer, cbasn1.SEQUENCE) || !input.Empty() {
		return nil, errMalformed
	}
	c := &Certificate{Raw: der}
	var element cryptobyte.String
	var signature asn1.BitString
	if !outer.ReadASN1Element(&element, cbasn1.SEQUENCE) {
		return nil, errMalformed
	}
	c.RawTBS = element
	if !element.ReadASN1(&tbs, cbasn1.SEQUENCE) || !readAlgorithm(&outer, &c.Algorithm) ||
		!outer.ReadASN1BitString(&signature) || !outer.Empty() {
		return nil, errMalformed
	}
	if signature.BitLength%8 == 0 { // else it cannot verify
		c.Signature = signature.Bytes
	}
	if err := c.parseTBS(tbs); err != nil {
		return nil, err
	}
	return c, c.sane()
}

func (c *Certificate) parseTBS(tbs cryptobyte.String) error {
	var inner Algorithm
	var version int
	var serial cryptobyte.String
	if !tbs.ReadOptionalASN1Integer(&version, tagVersion, 0) ||
		!tbs.ReadASN1(&serial, cbasn1.INTEGER) ||
		!readAlgorithm(&tbs, &inner) ||
		!readElement(&tbs, &c.RawIssuer, cbasn1.SEQUENCE) ||
		!c.parseValidity(&tbs) ||
		!readElement(&tbs, &c.RawSubject, cbasn1.SEQUENCE) ||
		!readElement(&tbs, &c.RawSPKI, cbasn1.SEQUENCE) {
		return errMalformed
	}
	if !inner.equal(c.Algorithm) {
		return fmt.Errorf("signature algorithm %v differs from the signed one, %v", c.Algorithm.OID, inner.OID)
	}
	c.Version, c.Serial = version+1, serial
	hasUID := tbs.PeekASN1Tag(tagIssuerUID) || tbs.PeekASN1Tag(tagSubjectUID)
	if !tbs.SkipOptionalASN1(tagIssuerUID) || !tbs.SkipOptionalASN1(tagSubjectUID) {
		return errMalformed
	}
	if hasUID && c.Version < 2 {
		return errors.New("unique identifiers in a version 1 certificate")
	}
	return c.parseExtensions(tbs)
}

func (c *Certificate) parseValidity(tbs *cryptobyte.String) bool {
	var validity cryptobyte.String
	return tbs.ReadASN1(&validity, cbasn1.SEQUENCE) &&
		readTime(&validity, &c.NotBefore) && readTime(&validity, &c.NotAfter) && validity.Empty()
}

func (c *Certificate) parseExtensions(tbs cryptobyte.String) error {
	var wrapped, list cryptobyte.String
	var present bool
	if !tbs.ReadOptionalASN1(&wrapped, &present, tagExtensions) || !tbs.Empty() {
		return errMalformed
	}
	if !present {
		return nil
	}
	if c.Version < 3 {
		return fmt.Errorf("extensions in a version %d certificate", c.Version)
	}
	if !wrapped.ReadASN1(&list, cbasn1.SEQUENCE) || !wrapped.Empty() {
		return errMalformed
	}
	seen := make(map[string]bool)
	for !list.Empty() {
		var ext Extension
		if !readExtension(&list, &ext) {
			return errMalformed
		}
		if seen[ext.OID.String()] {
			return fmt.Errorf("extension %v is there twice", ext.OID)
		}
		seen[ext.OID.String()] = true
		c.Extensions = append(c.Extensions, ext)
	}
	return nil
}

// sane checks what GnuTLS decodes at import although nothing asked for it yet.
func (c *Certificate) sane() error {
	for _, oid := range []asn1.ObjectIdentifier{oidSubjectAltName, oidIssuerAltName} {
		if ext := c.extension(oid); ext != nil {
			if _, err := parseGeneralNames(ext.Value); err != nil {
				return fmt.Errorf("extension %v: %w", oid, err)
			}
		}
	}
	return nil
}

// Equal reports whether both are the same certificate, byte for byte.
func (c *Certificate) Equal(other *Certificate) bool {
	return bytes.Equal(c.Raw, other.Raw)
}

// SameEntity reports whether both carry the same name and the same key.
func (c *Certificate) SameEntity(other *Certificate) bool {
	return bytes.Equal(c.RawSubject, other.RawSubject) && bytes.Equal(c.RawSPKI, other.RawSPKI)
}

// IssuedBy reports whether issuer's name, and its key identifier where both sides
// have one, are those that c names as its issuer's (gnutls_x509_crt_check_issuer).
// No signature is looked at.
func (c *Certificate) IssuedBy(issuer *Certificate) bool {
	if !bytes.Equal(c.RawIssuer, issuer.RawSubject) {
		return false
	}
	wanted, ok := c.authorityKeyID()
	if !ok {
		return true
	}
	found, ok := issuer.subjectKeyID()
	return !ok || bytes.Equal(wanted, found)
}

// SelfIssued reports whether c names itself as its issuer.
func (c *Certificate) SelfIssued() bool { return c.IssuedBy(c) }

func (a Algorithm) equal(b Algorithm) bool {
	return a.OID.Equal(b.OID) && bytes.Equal(a.Parameters, b.Parameters)
}

func readAlgorithm(s *cryptobyte.String, a *Algorithm) bool {
	var seq cryptobyte.String
	if !s.ReadASN1(&seq, cbasn1.SEQUENCE) || !seq.ReadASN1ObjectIdentifier(&a.OID) {
		return false
	}
	if bytes.Equal(seq, asn1.NullBytes) {
		return true
	}
	a.Parameters = seq
	return true
}

func readElement(s *cryptobyte.String, out *[]byte, tag cbasn1.Tag) bool {
	return s.ReadASN1Element((*cryptobyte.String)(out), tag)
}

func readTime(s *cryptobyte.String, out *time.Time) bool {
	if s.PeekASN1Tag(cbasn1.UTCTime) {
		return s.ReadASN1UTCTime(out)
	}
	return s.ReadASN1GeneralizedTime(out)
}

func readExtension(list *cryptobyte.String, ext *Extension) bool {
	var seq, value cryptobyte.String
	if !list.ReadASN1(&seq, cbasn1.SEQUENCE) || !seq.ReadASN1ObjectIdentifier(&ext.OID) ||
		!readOptionalBoolean(&seq, &ext.Critical) ||
		!seq.ReadASN1(&value, cbasn1.OCTET_STRING) || !seq.Empty() {
		return false
	}
	ext.Value = value
	return true
}

// readOptionalBoolean reads a BOOLEAN DEFAULT FALSE that stands here or not.
func readOptionalBoolean(s *cryptobyte.String, out *bool) bool {
	if !s.PeekASN1Tag(cbasn1.BOOLEAN) {
		*out = false
		return true
	}
	return s.ReadASN1Boolean(out)
}
