package ca

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"time"

	"vncsec/ca/tbs"
	"vncsec/internal/atomicfile"
	"vncsec/templates"
)

// How long certificates are valid if their profile does not say.
const (
	defaultCAYears  = 10
	defaultLeafDays = 365

	// backDate lets a certificate be used at once where clocks differ a little.
	backDate = 5 * time.Minute
)

// endless is the notAfter that stands for no end (RFC 5280 section 4.1.2.5).
var endless = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)

// minRSABits is the smallest RSA key that is certified.
const minRSABits = 2048

// Authority is an open certificate authority: its certificate and its key.
type Authority struct {
	// Now is the clock, time.Now if nil.
	Now func() time.Time

	// Files are those that Create wrote.
	Files []atomicfile.Written

	cert *x509.Certificate
	key  crypto.Signer
}

// String names the authority. Without it a log could print the key.
func (a *Authority) String() string { return "authority " + nameOf(a.cert) }

// Certificate is the authority's own certificate.
func (a *Authority) Certificate() *x509.Certificate { return a.cert }

// Trust trusts the authority and nothing else.
func (a *Authority) Trust() Trust {
	return Trust{Roots: []*x509.Certificate{a.cert}, Now: a.Now}
}

func (a *Authority) now() time.Time { return Trust{Now: a.Now}.now() }

// newAuthority puts certificate and key together if they belong together and can
// sign.
func newAuthority(cert *x509.Certificate, key crypto.Signer, now func() time.Time) (*Authority, error) {
	if err := KeyFits(cert, key); err != nil {
		return nil, err
	}
	if !cert.BasicConstraintsValid || !cert.IsCA {
		return nil, failure(CodeNotACA, cert, "is not that of a CA (template option ca)")
	}
	if cert.KeyUsage != 0 && cert.KeyUsage&x509.KeyUsageCertSign == 0 {
		return nil, failure(CodeNotACA, cert, "has a keyUsage without keyCertSign (template option cert_signing_key)")
	}
	return &Authority{Now: now, cert: cert, key: key}, nil
}

// selfSign makes the certificate of a new authority.
func selfSign(ctx context.Context, p *templates.Profile, keyType KeyType, now func() time.Time) (*Authority, error) {
	if !p.CA {
		return nil, errors.New("ca: the profile is not that of a certificate authority (template option ca)")
	}
	if err := checkProfile(p); err != nil {
		return nil, err
	}
	start := Trust{Now: now}.now()
	valid, err := validityOf(p, start, start.AddDate(defaultCAYears, 0, 0))
	if err != nil {
		return nil, err
	}
	key, err := keyType.Generate()
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("ca: creating the authority: %w", err)
	}
	cert, err := sign(p, key.Public(), valid, issuer{key: key})
	if err != nil {
		return nil, err
	}
	if err := understood(cert); err != nil {
		return nil, err
	}
	if err := signed(cert, cert); err != nil {
		return nil, fmt.Errorf("ca: the new certificate does not verify: %w", err)
	}
	return newAuthority(cert, key, now)
}

// Sign certifies a public key. It is valid for a year if the profile does not say
// how long, and never longer than the authority.
func (a *Authority) Sign(p *templates.Profile, public crypto.PublicKey) (*x509.Certificate, error) {
	if err := a.mayCertify(p, public); err != nil {
		return nil, err
	}
	valid, err := a.validityFor(p)
	if err != nil {
		return nil, err
	}
	cert, err := sign(p, public, valid, issuer{key: a.key, name: a.cert.RawSubject, keyID: a.cert.SubjectKeyId})
	if err != nil {
		return nil, err
	}
	if err := understood(cert); err != nil {
		return nil, err
	}
	if bytes.Equal(cert.RawSubject, a.cert.RawSubject) {
		// Programs take such a certificate for one that is signed by itself.
		return nil, fmt.Errorf("ca: the certificate would have the same name as the authority, %q", cert.Subject)
	}
	if err := signed(cert, a.cert); err != nil {
		return nil, fmt.Errorf("ca: the new certificate does not verify: %w", err)
	}
	return cert, nil
}

func (a *Authority) mayCertify(p *templates.Profile, public crypto.PublicKey) error {
	if err := checkProfile(p); err != nil {
		return err
	}
	if p.CA && a.cert.MaxPathLenZero {
		return fmt.Errorf("ca: the authority %s must not certify other authorities: its path length is 0", nameOf(a.cert))
	}
	if key, ok := public.(*rsa.PublicKey); ok && key.N.BitLen() < minRSABits {
		return fmt.Errorf("ca: an RSA key of %d bits is too weak: at least %d are needed", key.N.BitLen(), minRSABits)
	}
	return diagnosis{now: a.now()}.wrongByItself(a.cert)
}

// checkProfile refuses what no certificate can be made of.
func checkProfile(p *templates.Profile) error {
	const signs = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	switch {
	case len(p.Subject.Attributes()) == 0:
		return errors.New("ca: the certificate would have no name (template option cn)")
	case p.CA && p.KeyUsage != 0 && p.KeyUsage&x509.KeyUsageCertSign == 0:
		return errors.New("ca: the authority could not sign certificates: it has key usages, but not that one (template option cert_signing_key)")
	case !p.CA && p.KeyUsage&signs != 0:
		return errors.New("ca: only an authority signs certificates and revocation lists (template option ca)")
	case p.Serial != nil && !isSerial(p.Serial):
		return errors.New("ca: a serial number is greater than 0 and has at most 20 octets")
	case p.CA && p.Purposes&templates.IPsecIKE != 0 && p.Purposes&templates.TLSServer == 0:
		return errors.New("ca: an authority is not for IPsec (template option ipsec_ike_key)")
	case p.SubjectUniqueID != nil || p.IssuerUniqueID != nil:
		return errors.New("ca: RFC 5280 section 4.1.2.8 forbids unique identifiers (template options subject_unique_id and issuer_unique_id)")
	case p.HonorAllExtensions || len(p.HonorExtensions) > 0:
		return errors.New("ca: there is no request whose extensions could be taken over (template options honor_crq_extensions and honor_crq_ext)")
	}
	return checkExtensions(p.Extensions)
}

// ownExtensions are those that other options of a template make.
var ownExtensions = []asn1.ObjectIdentifier{
	tbs.OIDSubjectKeyID, tbs.OIDKeyUsage, tbs.OIDSubjectAltName, tbs.OIDBasicConstraints,
	tbs.OIDNameConstraints, tbs.OIDCRLDistribution, tbs.OIDPolicies, tbs.OIDAuthorityKeyID,
	tbs.OIDExtKeyUsage, tbs.OIDInhibitAnyPolicy, tbs.OIDAuthorityInfo, tbs.OIDTLSFeature,
}

// checkExtensions refuses extensions that would replace, or be replaced by, what other
// options ask for: certtool merges or drops them without a word.
func checkExtensions(extensions []templates.Extension) error {
	for i, extension := range extensions {
		same := func(other templates.Extension) bool { return other.OID.Equal(extension.OID) }
		switch {
		case slices.ContainsFunc(ownExtensions, extension.OID.Equal):
			return fmt.Errorf("ca: the extension %s is made from options of its own: use them instead of add_extension", extension.OID)
		case slices.ContainsFunc(extensions[:i], same):
			return fmt.Errorf("ca: the extension %s is asked for twice (template options add_extension and add_critical_extension)", extension.OID)
		}
	}
	return nil
}

// isSerial follows RFC 5280 section 4.1.2.2: greater than 0, at most 20 octets, and
// no more octets than the number needs (X.690 section 8.3.2).
func isSerial(contents []byte) bool {
	switch {
	case len(contents) == 0 || len(contents) > 20 || contents[0] >= 0x80:
		return false
	case contents[0] == 0:
		return len(contents) > 1 && contents[1] >= 0x80
	}
	return true
}

// validityFor is the validity of a certificate that the authority signs.
func (a *Authority) validityFor(p *templates.Profile) (validity, error) {
	now := a.now()
	end := now.AddDate(0, 0, defaultLeafDays)
	if end.After(a.cert.NotAfter) {
		end = a.cert.NotAfter
	}
	valid, err := validityOf(p, now, end)
	if err != nil {
		return validity{}, err
	}
	if valid.NotAfter.After(a.cert.NotAfter) {
		days := int(a.cert.NotAfter.Sub(now).Hours() / 24)
		advice := fmt.Sprintf("ask for at most %d days", days)
		if days == 0 {
			advice = "renew the authority first"
		}
		return validity{}, fmt.Errorf("ca: the certificate would be valid until %s, but its authority %s only until %s: %s",
			day(valid.NotAfter), nameOf(a.cert), day(a.cert.NotAfter), advice)
	}
	if p.NotBefore.IsZero() && valid.NotBefore.Before(a.cert.NotBefore) {
		valid.NotBefore = a.cert.NotBefore
	}
	return valid, nil
}

// validityOf is what the profile says, or from a moment ago until the given end.
func validityOf(p *templates.Profile, now, end time.Time) (validity, error) {
	valid := validity{NotBefore: now.Add(-backDate), NotAfter: end}
	switch {
	case !p.NotAfter.IsZero():
		valid.NotAfter = p.NotAfter
	case p.NoEnd:
		valid.NotAfter = endless
	case p.Days != 0:
		valid.NotAfter = now.AddDate(0, 0, p.Days)
	}
	if !p.NotBefore.IsZero() {
		valid.NotBefore = p.NotBefore
	}
	valid.NotBefore, valid.NotAfter = valid.NotBefore.UTC().Truncate(time.Second), valid.NotAfter.UTC().Truncate(time.Second)
	if !valid.NotAfter.After(valid.NotBefore) {
		return validity{}, fmt.Errorf("ca: the certificate would expire on %s, before it becomes valid on %s", day(valid.NotAfter), day(valid.NotBefore))
	}
	if valid.NotAfter.After(endless) {
		return validity{}, errors.New("ca: the certificate would expire after the year 9999 (expiration_days = -1 stands for no end)")
	}
	return valid, nil
}
