package templates

import (
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"net/netip"
	"time"
)

// Profile is what a certificate is asked to hold: the seam between templates and
// the signing of package ca. Zero fields ask for nothing and leave the choice to
// the signer.
type Profile struct {
	Subject Subject

	Serial *big.Int // nil: random

	NotBefore time.Time // zero: now
	NotAfter  time.Time // zero: see Days
	Days      int       // days from now to the end; 0: the signer's default
	NoEnd     bool      // valid until the end of the year 9999 (RFC 5280 section 4.1.2.5)

	CA      bool
	PathLen *int // how many CAs may follow; nil: any number

	KeyUsage    x509.KeyUsage
	Purposes    Purposes
	PurposeOIDs []asn1.ObjectIdentifier // further purposes, in this order

	// The subjectAltName, in certtool's order of its kinds.
	DNSNames []string
	URIs     []string
	IPs      []netip.Addr
	Emails   []string

	CRLDistributionPoints []string // URIs
	OCSPServers           []string // URIs
	CAIssuers             []string // URIs
}

// Subject holds the parts of a distinguished name. Their order in a certificate
// does not depend on the template: Attributes has it.
type Subject struct {
	Country, State, Locality string
	Organizations, Units     []string
	CommonName, UserID       string
	DomainComponents         []string
	Others                   []Attribute // of dn_oid
	Email                    string      // PKCS #9
}

// Attribute is one part of a distinguished name.
type Attribute struct {
	Type  asn1.ObjectIdentifier
	Value string
}

// Attributes lists the parts of the name in the order in which GnuTLS encodes
// them (since 3.7.1), one relative distinguished name each.
func (s Subject) Attributes() []Attribute {
	var all []Attribute
	add := func(oid asn1.ObjectIdentifier, values ...string) {
		for _, value := range values {
			if value != "" {
				all = append(all, Attribute{oid, value})
			}
		}
	}
	add(OIDCountry, s.Country)
	add(OIDState, s.State)
	add(OIDLocality, s.Locality)
	add(OIDOrganization, s.Organizations...)
	add(OIDUnit, s.Units...)
	add(OIDCommonName, s.CommonName)
	add(OIDUserID, s.UserID)
	add(OIDDomainComponent, s.DomainComponents...)
	all = append(all, s.Others...)
	add(OIDEmail, s.Email)
	return all
}

// The types of the name's parts (RFC 5280 appendix A, RFC 4519, RFC 2985).
var (
	OIDCountry         = asn1.ObjectIdentifier{2, 5, 4, 6}
	OIDState           = asn1.ObjectIdentifier{2, 5, 4, 8}
	OIDLocality        = asn1.ObjectIdentifier{2, 5, 4, 7}
	OIDOrganization    = asn1.ObjectIdentifier{2, 5, 4, 10}
	OIDUnit            = asn1.ObjectIdentifier{2, 5, 4, 11}
	OIDCommonName      = asn1.ObjectIdentifier{2, 5, 4, 3}
	OIDUserID          = asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 1}
	OIDDomainComponent = asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 25}
	OIDEmail           = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}
)

// Purposes is a set of the extended key usages that have an option of their own.
type Purposes uint

// The purposes, in the order in which certtool lists them in a certificate.
const (
	TLSClient Purposes = 1 << iota
	TLSServer
	IPsecIKE
	OCSPSigning
	CodeSigning
	TimeStamping
	EmailProtection
)

// purposeOIDs holds the identifiers under id-kp (RFC 5280 section 4.2.1.12; IKE:
// RFC 4945 section 5.1.3.12), in the order of the constants.
var purposeOIDs = []int{2, 1, 17, 9, 3, 8, 4}

// OIDs lists the purposes of the set in certtool's order.
func (p Purposes) OIDs() []asn1.ObjectIdentifier {
	var oids []asn1.ObjectIdentifier
	for bit, id := range purposeOIDs {
		if p&(1<<bit) != 0 {
			oids = append(oids, asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, id})
		}
	}
	return oids
}
