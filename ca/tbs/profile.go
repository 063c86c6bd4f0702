package tbs

import (
	"crypto/x509"
	"crypto/x509/pkix"
	encoding "encoding/asn1"
	"fmt"
	"slices"

	"golang.org/x/crypto/cryptobyte/asn1"

	"vncsec/templates"
)

// Frame is what extensions need besides the profile.
type Frame struct {
	Usage         x509.KeyUsage // 0: a certificate gets no keyUsage
	UsageCritical bool

	SubjectKeyID   []byte
	AuthorityKeyID []byte // nil: none

	Version1 bool // only what certtool sets in certificates of version 1, too
	Proxy    bool // of a proxy certificate
}

// steps runs what builds extensions up to the first error, which gets a label.
type steps struct{ err error }

func (s *steps) run(label string, err error) {
	if s.err == nil && err != nil {
		s.err = fmt.Errorf("%s: %w", label, err)
	}
}

// AddCertificate adds the extensions of a certificate in certtool's order: where the
// extended key usage stands depends on what asks for it first. Those that are there
// before are the honored ones of a request. The label of an error is that of certtool.
func (e *Extensions) AddCertificate(p *templates.Profile, f Frame) error {
	var s steps
	if !f.Proxy {
		s.run("set_key_purpose_oid", e.addPurposes(p.PurposeOIDs))
		if len(p.TLSFeatures) > 0 {
			s.run("set_tlsfeatures", e.setTLSFeatures(p.TLSFeatures))
		}
	}
	e.addSpelledOut(p)
	if !f.Version1 {
		e.addUsual(&s, p, f)
	}
	if !f.Proxy {
		s.run("gnutls_x509_crt_set_crl_dist_points", e.addDistributionPoints(p.CRLDistributionPoints))
	}
	return s.err
}

// addSpelledOut adds the extensions that the template spells out.
func (e *Extensions) addSpelledOut(p *templates.Profile) {
	for _, x := range p.Extensions {
		e.Set(x.OID, x.Critical, x.Value)
	}
}

// addUsual adds all that certtool sets in certificates of version 3 only.
func (e *Extensions) addUsual(s *steps, p *templates.Profile, f Frame) {
	isCA := p.CA && !f.Proxy
	if f.Proxy {
		s.run("set_proxy", e.setProxy(p.PathLen, p.ProxyPolicyLanguage))
	}
	s.run("basic_constraints", e.setBasicConstraints(isCA, p.PathLen))
	s.run("key_kp", e.addPurposes((p.Purposes & templates.TLSClient).OIDs()))

	names, mails, others, err := alternativeNames(p)
	s.run("set_subject_alt_othername", err)
	s.run("set_subject_alt_name", e.addNames(append(names, others...)))
	if p.InhibitAnyPolicy != nil {
		s.run("error setting inhibit anypolicy", e.setInhibitAnyPolicy(*p.InhibitAnyPolicy))
	}
	s.run("set_policy", e.addPolicies(p.Policies))
	s.run("set_subject_alt_name", e.addNames(mails))
	s.run("key_kp", e.addPurposes(furtherPurposes(p, f)))
	if isCA {
		s.run("error adding constraint", e.setNameConstraints(p.Permitted, p.Excluded))
	}
	s.run("set OCSP URI", e.addAccess(oidOCSP, p.OCSPServers))
	s.run("set CA ISSUERS URI", e.addAccess(oidCAIssuers, p.CAIssuers))
	if f.Usage != 0 {
		s.run("key_usage", e.setKeyUsage(f.Usage, f.UsageCritical))
	}
	s.run("set_subject_key_id", e.absent(OIDSubjectKeyID))
	s.run("set_subject_key_id", e.setSubjectKeyID(f.SubjectKeyID))
	if f.AuthorityKeyID != nil {
		s.run("error setting authority key id", e.absent(OIDAuthorityKeyID))
		s.run("error setting authority key id", e.setAuthorityKeyID(f.AuthorityKeyID))
	}
}

// absent refuses an extension that GnuTLS does not replace.
func (e Extensions) absent(id encoding.ObjectIdentifier) error {
	if e.Get(id) != nil {
		return errRequest
	}
	return nil
}

// furtherPurposes lists those behind that of TLS clients. The one for IPsec is not for
// authorities, unless they are servers as well.
func furtherPurposes(p *templates.Profile, f Frame) []encoding.ObjectIdentifier {
	further := p.Purposes &^ templates.TLSClient
	if p.CA && !f.Proxy && p.Purposes&templates.TLSServer == 0 {
		further &^= templates.IPsecIKE
	}
	return further.OIDs()
}

// maxPurposes is how many purposes GnuTLS keeps of a certificate.
const maxPurposes = 64

// addPurposes appends to the extKeyUsage, which is not critical then.
func (e *Extensions) addPurposes(ids []encoding.ObjectIdentifier) error {
	for _, id := range ids {
		count, err := e.addPurpose(id, false)
		if err != nil {
			return err
		}
		if count > maxPurposes {
			return errRequest
		}
	}
	return nil
}

// CertificateUsage is the keyUsage that certtool gives a certificate: RSA keys have what
// the profile says, others what their kind can do.
func CertificateUsage(p *templates.Profile, kind KeyKind) x509.KeyUsage {
	const (
		sign, encrypt = x509.KeyUsageDigitalSignature, x509.KeyUsageKeyEncipherment
		asked         = x509.KeyUsageKeyAgreement | x509.KeyUsageDataEncipherment | x509.KeyUsageContentCommitment
	)
	usage := p.KeyUsage & asked
	switch {
	case p.CA && p.Purposes&templates.TLSServer == 0:
		usage |= p.KeyUsage & sign
	case kind == RSAKey:
		usage |= p.KeyUsage & (sign | encrypt)
	case kind == AgreementKey:
		usage |= x509.KeyUsageKeyAgreement
	default:
		usage |= sign
	}
	if p.CA {
		usage |= p.KeyUsage & (x509.KeyUsageCertSign | x509.KeyUsageCRLSign)
	}
	if usage != 0 && p.Purposes&templates.IPsecIKE != 0 && p.KeyUsage&sign == 0 {
		usage |= x509.KeyUsageContentCommitment // RFC 4945 section 5.1.3.2
	}
	return usage
}

// RequestUsage is the keyUsage that certtool asks for in a request.
func RequestUsage(p *templates.Profile, kind KeyKind) x509.KeyUsage {
	const sign, encrypt = x509.KeyUsageDigitalSignature, x509.KeyUsageKeyEncipherment
	usage := x509.KeyUsage(sign)
	if kind == RSAKey && p.KeyUsage&encrypt != 0 {
		usage = p.KeyUsage & (sign | encrypt)
	}
	if p.CA {
		usage |= p.KeyUsage & (x509.KeyUsageCertSign | x509.KeyUsageCRLSign)
	}
	return usage
}

// requestPurposes are those that certtool puts into a request before and behind the
// keyUsage, in this order.
var (
	purposesBefore = []templates.Purposes{templates.CodeSigning, templates.TimeStamping, templates.EmailProtection, templates.IPsecIKE, templates.OCSPSigning}
	purposesBehind = []templates.Purposes{templates.TLSClient, templates.TLSServer}
)

// AddRequest adds the extensions that a request asks for, in certtool's order. Unless
// usual is set, these are only alternative names and what the template spells out.
func (e *Extensions) AddRequest(p *templates.Profile, usage x509.KeyUsage, usual bool) error {
	var s steps
	names, mails, others, err := alternativeNames(p)
	s.run("set_subject_alt_othername", err)
	s.run("set_subject_alt_name", e.addNames(slices.Concat(names, mails, others)))
	e.addSpelledOut(p)
	if !usual {
		return s.err
	}
	s.run("set_basic_constraints", e.setBasicConstraints(p.CA, p.PathLen))
	for _, purpose := range purposesBefore {
		s.run("key_kp", e.addRequestPurposes((p.Purposes & purpose).OIDs()))
	}
	s.run("key_usage", e.setKeyUsage(usage, true))
	for _, purpose := range purposesBehind {
		s.run("key_kp", e.addRequestPurposes((p.Purposes & purpose).OIDs()))
	}
	s.run("set_key_purpose_oid", e.addRequestPurposes(p.PurposeOIDs))
	if len(p.TLSFeatures) > 0 {
		s.run("set_tlsfeatures", e.setTLSFeatures(p.TLSFeatures))
	}
	return s.err
}

// addRequestPurposes makes a new extKeyUsage critical if the extension before it is, as
// GnuTLS does: that is most often the basicConstraints.
func (e *Extensions) addRequestPurposes(ids []encoding.ObjectIdentifier) error {
	for _, id := range ids {
		critical := len(*e) > 0 && (*e)[len(*e)-1].Critical
		if x := e.Get(OIDExtKeyUsage); x != nil {
			critical = x.Critical
		}
		if _, err := e.addPurpose(id, critical); err != nil {
			return err
		}
	}
	return nil
}

// Honored picks the extensions of a request that a profile takes over.
func Honored(p *templates.Profile, requested []pkix.Extension) Extensions {
	var e Extensions
	for _, id := range p.HonorExtensions {
		for _, x := range requested {
			if x.Id.String() == id {
				e.Set(x.Id, x.Critical, x.Value)
			}
		}
	}
	if p.HonorAllExtensions {
		for _, x := range requested {
			e.Set(x.Id, x.Critical, x.Value)
		}
	}
	return e
}

// SetList sets the extensions of a revocation list: whose key signs it, unless the
// authority has no key identifier, and its number (RFC 5280 sections 5.2.1 and 5.2.3).
func (e *Extensions) SetList(authorityKeyID, number []byte) error {
	var s steps
	if authorityKeyID != nil {
		s.run("set_authority_key_id", e.setAuthorityKeyID(authorityKeyID))
	}
	s.run("error setting CRL serial", e.set(OIDCRLNumber, false, asn1.INTEGER, func(b *builder) { b.AddBytes(number) }))
	return s.err
}
