package templates

import (
	"crypto/x509"
	"encoding/asn1"
	"net/netip"
	"slices"
	"time"
)

// Profile is what a certificate is asked to hold: the seam between templates and
// the signing of package ca. Zero fields ask for nothing and leave the choice to
// the signer.
type Profile struct {
	Subject Subject

	// Serial holds the contents octets of the INTEGER, as few as possible; nil:
	// random. certtool takes negative ones, in hexadecimal.
	Serial []byte

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

	OtherNames []OtherName // behind IPs and before Emails

	CRLDistributionPoints []string // URIs
	OCSPServers           []string // URIs
	CAIssuers             []string // URIs

	Policies         []Policy
	InhibitAnyPolicy *int // after how many certificates; nil: not at all
	Permitted        Subtrees
	Excluded         Subtrees
	TLSFeatures      []int       // RFC 7633
	Extensions       []Extension // add_extension, then add_critical_extension

	SubjectUniqueID, IssuerUniqueID []byte // nil: none

	// What to take over from the request that a certificate is made from.
	HonorAllExtensions bool
	HonorExtensions    []string // OIDs; certtool takes any text

	ProxyPolicyLanguage asn1.ObjectIdentifier // RFC 3820; nil: inherit all

	ChallengePassword string // of a request (PKCS #9)

	CRL CRLProfile

	Password      *string // of a key or a PKCS #12 file; nil: none was given
	PKCS12KeyName *string // friendlyName; nil: the writer's default
}

// OtherName is a name of a type that only its users know (RFC 5280 section
// 4.2.1.6).
type OtherName struct {
	Type  asn1.ObjectIdentifier
	Value []byte // DER
}

// Policy is a certificate policy with its qualifiers (RFC 5280 section 4.2.1.4).
type Policy struct {
	OID  asn1.ObjectIdentifier
	Text *string // user notice; nil: none
	URL  *string // certification practice statement; nil: none
}

// Subtrees are one side of the name constraints of a CA (RFC 5280 section
// 4.2.1.10).
type Subtrees struct {
	IPs    []netip.Prefix
	DNS    []string
	Emails []string
}

// Extension is one that the template spells out.
type Extension struct {
	OID      asn1.ObjectIdentifier
	Critical bool
	Value    []byte // DER, the content of the OCTET STRING
}

// CRLProfile is what a revocation list is asked to hold.
type CRLProfile struct {
	Number         []byte    // contents octets of the INTEGER; nil: the writer's choice
	ThisUpdate     time.Time // zero: now
	NextUpdate     time.Time // zero: see NextUpdateDays
	NextUpdateDays int       // days from now; 0: the writer's default
	NoNextUpdate   bool      // until the end of the year 9999
	RevocationDate time.Time // of what is revoked now; zero: now
}

// Subject holds the parts of a distinguished name. Their order in a certificate
// does not depend on the template: Attributes has it.
type Subject struct {
	DN                       []Attribute // of dn, in the order of the encoding
	Country, State, Locality string
	Organizations, Units     []string
	CommonName, UserID       string
	DomainComponents         []string
	Others                   []Attribute // of dn_oid
	Email                    string      // PKCS #9
}

// Attributes lists the parts of the name in the order in which GnuTLS encodes
// them (since 3.7.1), one relative distinguished name each.
func (s Subject) Attributes() []Attribute {
	all := slices.Clone(s.DN)
	add := func(name string, values ...string) {
		t, _ := attributeType(name)
		for _, value := range values {
			if value != "" {
				all = append(all, Attribute{Type: t.OID, Value: value})
			}
		}
	}
	add("C", s.Country)
	add("ST", s.State)
	add("L", s.Locality)
	add("O", s.Organizations...)
	add("OU", s.Units...)
	add("CN", s.CommonName)
	add("UID", s.UserID)
	add("DC", s.DomainComponents...)
	all = append(all, s.Others...)
	add("EMAIL", s.Email)
	return all
}

// CommonNames lists the common names, those of dn included.
func (s Subject) CommonNames() []string {
	cn, _ := attributeType("CN")
	var names []string
	for _, attribute := range s.Attributes() {
		if attribute.Type.Equal(cn.OID) {
			names = append(names, attribute.Value)
		}
	}
	return names
}

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
