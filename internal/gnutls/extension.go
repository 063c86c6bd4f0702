package gnutls

import (
	"encoding/asn1"
	"errors"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

var (
	oidSubjectKeyID     = asn1.ObjectIdentifier{2, 5, 29, 14}
	oidKeyUsage         = asn1.ObjectIdentifier{2, 5, 29, 15}
	oidSubjectAltName   = asn1.ObjectIdentifier{2, 5, 29, 17}
	oidIssuerAltName    = asn1.ObjectIdentifier{2, 5, 29, 18}
	oidBasicConstraints = asn1.ObjectIdentifier{2, 5, 29, 19}
	oidNameConstraints  = asn1.ObjectIdentifier{2, 5, 29, 30}
	oidAuthorityKeyID   = asn1.ObjectIdentifier{2, 5, 29, 35}
	oidExtKeyUsage      = asn1.ObjectIdentifier{2, 5, 29, 37}

	oidCRLDistribution   = asn1.ObjectIdentifier{2, 5, 29, 31}
	oidPolicies          = asn1.ObjectIdentifier{2, 5, 29, 32}
	oidInhibitAnyPolicy  = asn1.ObjectIdentifier{2, 5, 29, 54}
	oidAuthorityInfo     = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 1}
	oidProxyCertInfo     = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 14}
	oidTLSFeatures       = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 24}
	criticalMayBePresent = []asn1.ObjectIdentifier{
		oidSubjectKeyID, oidKeyUsage, oidSubjectAltName, oidIssuerAltName, oidBasicConstraints,
		oidNameConstraints, oidCRLDistribution, oidAuthorityKeyID, oidExtKeyUsage, oidAuthorityInfo,
		oidProxyCertInfo, oidTLSFeatures, oidPolicies, oidInhibitAnyPolicy,
	}
)

var errExtension = errors.New("malformed extension")

// KeyUsage holds the bits of the first octet of the extension (RFC 5280, 4.2.1.3).
type KeyUsage byte

// The usages that QEMU or GnuTLS ask for.
const (
	DigitalSignature KeyUsage = 0x80
	KeyEncipherment  KeyUsage = 0x20
	CertSign         KeyUsage = 0x04
	CRLSign          KeyUsage = 0x02
)

// Purposes that stand in extended key usage (RFC 5280, 4.2.1.12).
var (
	PurposeAny    = asn1.ObjectIdentifier{2, 5, 29, 37, 0}
	PurposeServer = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 1}
	PurposeClient = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 2}
)

func (c *Certificate) extension(oid asn1.ObjectIdentifier) *Extension {
	for i := range c.Extensions {
		if c.Extensions[i].OID.Equal(oid) {
			return &c.Extensions[i]
		}
	}
	return nil
}

// BasicConstraints is the extension of that name; PathLen is -1 without a limit.
type BasicConstraints struct {
	CA      bool
	PathLen int
}

// BasicConstraints returns nil where the extension is absent.
func (c *Certificate) BasicConstraints() (*BasicConstraints, error) {
	ext := c.extension(oidBasicConstraints)
	if ext == nil || len(ext.Value) == 0 {
		return nil, nil
	}
	bc := &BasicConstraints{PathLen: -1}
	value := cryptobyte.String(ext.Value)
	var seq cryptobyte.String
	if !value.ReadASN1(&seq, cbasn1.SEQUENCE) || !value.Empty() || !readOptionalBoolean(&seq, &bc.CA) {
		return nil, errExtension
	}
	if seq.PeekASN1Tag(cbasn1.INTEGER) && (!seq.ReadASN1Integer(&bc.PathLen) || bc.PathLen < 0) {
		return nil, errExtension
	}
	if !seq.Empty() {
		return nil, errExtension
	}
	return bc, nil
}

// KeyUsage returns the usage bits, whether the extension is there, and whether it
// is critical.
func (c *Certificate) KeyUsage() (usage KeyUsage, present, critical bool, err error) {
	ext := c.extension(oidKeyUsage)
	if ext == nil || len(ext.Value) == 0 {
		return 0, false, false, nil
	}
	value := cryptobyte.String(ext.Value)
	var bits asn1.BitString
	if !value.ReadASN1BitString(&bits) || !value.Empty() || len(bits.Bytes) > 2 {
		return 0, true, ext.Critical, errExtension
	}
	if len(bits.Bytes) > 0 {
		usage = KeyUsage(bits.Bytes[0])
	}
	return usage, true, ext.Critical, nil
}

// Purposes returns the extended key usages. An empty list counts as an absent
// extension, as it does for gnutls_x509_crt_get_key_purpose_oid.
func (c *Certificate) Purposes() (oids []asn1.ObjectIdentifier, critical bool, err error) {
	ext := c.extension(oidExtKeyUsage)
	if ext == nil || len(ext.Value) == 0 {
		return nil, false, nil
	}
	value := cryptobyte.String(ext.Value)
	var seq cryptobyte.String
	if !value.ReadASN1(&seq, cbasn1.SEQUENCE) || !value.Empty() {
		return nil, ext.Critical, errExtension
	}
	for !seq.Empty() {
		var oid asn1.ObjectIdentifier
		if !seq.ReadASN1ObjectIdentifier(&oid) {
			return nil, ext.Critical, errExtension
		}
		oids = append(oids, oid)
	}
	return oids, ext.Critical, nil
}

// maxKeyID is GnuTLS's buffer for key identifiers; longer ones are not compared.
const maxKeyID = 128

func (c *Certificate) subjectKeyID() ([]byte, bool) {
	ext := c.extension(oidSubjectKeyID)
	if ext == nil {
		return nil, false
	}
	value := cryptobyte.String(ext.Value)
	var id cryptobyte.String
	if !value.ReadASN1(&id, cbasn1.OCTET_STRING) || !value.Empty() {
		return nil, false
	}
	return id, len(id) <= maxKeyID
}

func (c *Certificate) authorityKeyID() ([]byte, bool) {
	ext := c.extension(oidAuthorityKeyID)
	if ext == nil {
		return nil, false
	}
	value := cryptobyte.String(ext.Value)
	var seq, id cryptobyte.String
	var present bool
	if !value.ReadASN1(&seq, cbasn1.SEQUENCE) || !value.Empty() ||
		!seq.ReadOptionalASN1(&id, &present, cbasn1.Tag(0).ContextSpecific()) {
		return nil, false
	}
	return id, present && len(id) <= maxKeyID
}

// unknownCritical returns the first critical extension that GnuTLS does not know.
func (c *Certificate) unknownCritical() (asn1.ObjectIdentifier, bool) {
	for _, ext := range c.Extensions {
		if ext.Critical && !known(ext.OID) {
			return ext.OID, true
		}
	}
	return nil, false
}

func known(oid asn1.ObjectIdentifier) bool {
	for _, k := range criticalMayBePresent {
		if k.Equal(oid) {
			return true
		}
	}
	return false
}
