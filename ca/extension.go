package ca

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/bits"
	"slices"

	"vncsec/templates"
)

// The extensions of certificates (RFC 5280 sections 4.2.1 and 4.2.2).
var (
	oidSubjectKeyID     = asn1.ObjectIdentifier{2, 5, 29, 14}
	oidKeyUsage         = asn1.ObjectIdentifier{2, 5, 29, 15}
	oidSubjectAltName   = asn1.ObjectIdentifier{2, 5, 29, 17}
	oidBasicConstraints = asn1.ObjectIdentifier{2, 5, 29, 19}
	oidCRLDistribution  = asn1.ObjectIdentifier{2, 5, 29, 31}
	oidAuthorityKeyID   = asn1.ObjectIdentifier{2, 5, 29, 35}
	oidExtKeyUsage      = asn1.ObjectIdentifier{2, 5, 29, 37}
	oidAuthorityInfo    = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 1}
	oidOCSP             = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1}
	oidCAIssuers        = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 2}
)

// Context-specific tags of GeneralName (RFC 5280 section 4.2.1.6).
const (
	tagMail = 1
	tagDNS  = 2
	tagURI  = 6
	tagIP   = 7
)

// extensionList collects extensions, and the first error of any.
type extensionList struct {
	extensions []pkix.Extension
	err        error
}

func (l *extensionList) add(id asn1.ObjectIdentifier, critical bool, value any) {
	der, err := asn1.Marshal(value)
	if err != nil && l.err == nil {
		l.err = err
	}
	l.extensions = append(l.extensions, pkix.Extension{Id: id, Critical: critical, Value: der})
}

// extensionsOf lists the extensions of a certificate in certtool's order: where
// the extended key usage stands depends on what asked for it first.
func extensionsOf(p *templates.Profile, usage x509.KeyUsage, subjectKeyID, authorityKeyID []byte) ([]pkix.Extension, error) {
	var l extensionList

	if len(p.PurposeOIDs) > 0 {
		l.addPurposes(p)
	}
	l.add(oidBasicConstraints, true, basicConstraintsOf(p))
	if len(p.PurposeOIDs) == 0 && p.Purposes&templates.TLSClient != 0 {
		l.addPurposes(p)
	}
	if names := alternativeNames(p); len(names) > 0 {
		l.add(oidSubjectAltName, false, names)
	}
	if len(p.PurposeOIDs) == 0 && p.Purposes != 0 && p.Purposes&templates.TLSClient == 0 {
		l.addPurposes(p)
	}
	if access := authorityInfo(p); len(access) > 0 {
		l.add(oidAuthorityInfo, false, access)
	}
	if usage != 0 {
		l.add(oidKeyUsage, usageIsCritical(p, usage), usageBits(usage))
	}
	l.add(oidSubjectKeyID, false, subjectKeyID)
	if len(authorityKeyID) > 0 {
		l.add(oidAuthorityKeyID, false, authorityKeyIdentifier{authorityKeyID})
	}
	if len(p.CRLDistributionPoints) > 0 {
		l.add(oidCRLDistribution, false, distributionPoints(p))
	}
	return l.extensions, l.err
}

// addPurposes adds the extended key usage. A purpose that was asked for twice is
// listed once.
func (l *extensionList) addPurposes(p *templates.Profile) {
	var oids []asn1.ObjectIdentifier
	for _, oid := range append(slices.Clone(p.PurposeOIDs), p.Purposes.OIDs()...) {
		if !slices.ContainsFunc(oids, oid.Equal) {
			oids = append(oids, oid)
		}
	}
	l.add(oidExtKeyUsage, false, oids)
}

// basicConstraints is empty for an end certificate.
type basicConstraints struct {
	IsCA    bool `asn1:"optional"`
	PathLen int  `asn1:"optional,default:-1"`
}

func basicConstraintsOf(p *templates.Profile) basicConstraints {
	constraints := basicConstraints{IsCA: p.CA, PathLen: -1}
	if p.CA && p.PathLen != nil {
		constraints.PathLen = *p.PathLen
	}
	return constraints
}

// usageIsCritical keeps the keyUsage critical, as RFC 5280 section 4.2.1.3
// advises and certtool does, but for end certificates without keyEncipherment:
// QEMU before 7.2.22 refuses to load one whose keyUsage is critical and lacks
// that usage, and ECDSA and Ed25519 keys must not have it (RFC 8813 section 3,
// RFC 9295 section 3). It ignores the lack where the extension is not critical, so
// that servers with keys of every type start with every QEMU.
func usageIsCritical(p *templates.Profile, usage x509.KeyUsage) bool {
	return p.CA || usage&x509.KeyUsageKeyEncipherment != 0
}

// usageBits encodes a key usage as a named bit list: bit 0 comes first, and zero
// bits at the end are left out (X.690 section 11.2.2).
func usageBits(usage x509.KeyUsage) asn1.BitString {
	reversed := bits.Reverse16(uint16(usage))
	length := bits.Len16(uint16(usage))
	data := []byte{byte(reversed >> 8), byte(reversed)}
	return asn1.BitString{Bytes: data[:(length+7)/8], BitLength: length}
}

// alternativeNames lists the names of the subjectAltName in certtool's order.
func alternativeNames(p *templates.Profile) (names []asn1.RawValue) {
	for _, name := range p.DNSNames {
		names = append(names, generalName(tagDNS, []byte(name)))
	}
	for _, uri := range p.URIs {
		names = append(names, generalName(tagURI, []byte(uri)))
	}
	for _, ip := range p.IPs {
		names = append(names, generalName(tagIP, ip.AsSlice()))
	}
	for _, mail := range p.Emails {
		names = append(names, generalName(tagMail, []byte(mail)))
	}
	return names
}

func generalName(tag int, value []byte) asn1.RawValue {
	return asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: tag, Bytes: value}
}

type accessDescription struct {
	Method   asn1.ObjectIdentifier
	Location asn1.RawValue
}

func authorityInfo(p *templates.Profile) []accessDescription {
	var access []accessDescription
	for _, uri := range p.OCSPServers {
		access = append(access, accessDescription{oidOCSP, generalName(tagURI, []byte(uri))})
	}
	for _, uri := range p.CAIssuers {
		access = append(access, accessDescription{oidCAIssuers, generalName(tagURI, []byte(uri))})
	}
	return access
}

type authorityKeyIdentifier struct {
	KeyID []byte `asn1:"tag:0"`
}

type distributionPoint struct {
	Name distributionPointName `asn1:"tag:0"`
}

type distributionPointName struct {
	FullName []asn1.RawValue `asn1:"tag:0"`
}

// distributionPoints makes one point that all URIs lead to, as certtool does.
func distributionPoints(p *templates.Profile) []distributionPoint {
	var names []asn1.RawValue
	for _, uri := range p.CRLDistributionPoints {
		names = append(names, generalName(tagURI, []byte(uri)))
	}
	return []distributionPoint{{distributionPointName{names}}}
}
