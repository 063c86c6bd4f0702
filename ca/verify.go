package ca

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"vncsec/ca/tbs"
)

// Trust is what certificates are verified against.
type Trust struct {
	// Roots are the certificates that are trusted, those of ca-cert.pem. Without
	// any, nothing is good; the certificates of the system are never used.
	Roots []*x509.Certificate

	// Intermediates may stand between a chain and a root besides those that
	// the chain itself brings.
	Intermediates []*x509.Certificate

	// CRLs revoke certificates, see revocation.go. An issuer without a CRL has
	// revoked nothing.
	CRLs []*x509.RevocationList

	// Now is the clock, time.Now if nil.
	Now func() time.Time
}

func (t Trust) now() time.Time {
	if t.Now == nil {
		return time.Now().UTC()
	}
	return t.Now().UTC()
}

// role is one side of a TLS connection.
type role struct {
	name    string
	purpose x509.ExtKeyUsage
	flag    string // the template option that gives the purpose
}

var (
	server = role{"server", x509.ExtKeyUsageServerAuth, "tls_www_server"}
	client = role{"client", x509.ExtKeyUsageClientAuth, "tls_www_client"}
)

// VerifyServer tells whether a server that shows this chain, leaf first, is to be
// trusted. A host that is not empty must be one of the names or addresses of its
// subjectAltName. The error is a *VerifyError.
//
// What makes a chain good: signatures up to a trusted root, dates and basic
// constraints (RFC 5280 section 6), no critical extension that is not understood,
// an end certificate that is no CA, digitalSignature where there is a keyUsage,
// serverAuth where there is an extKeyUsage, and no revocation.
func VerifyServer(chain []*x509.Certificate, host string, trust Trust) error {
	if err := verify(chain, server, trust); err != nil {
		return err
	}
	if host == "" {
		return nil
	}
	return verifyHost(chain[0], host)
}

// VerifyClient tells whether a client that shows this chain, leaf first, is to be
// trusted. The rules are those of VerifyServer with clientAuth in the place of
// serverAuth, so that the certificate of a server opens no console. QEMU is
// laxer: it does not look at the extKeyUsage of its peers.
func VerifyClient(chain []*x509.Certificate, trust Trust) error {
	return verify(chain, client, trust)
}

// maxChain bounds the work that a peer can ask for with the certificates it shows.
const maxChain = 10

func verify(chain []*x509.Certificate, as role, trust Trust) error {
	if len(chain) == 0 {
		return &VerifyError{Code: CodeNoCertificate, Reason: "there is no certificate"}
	}
	leaf := chain[0]
	if len(chain) > maxChain {
		return failure(CodeInvalidChain, leaf, "comes with %d others, at most %d are looked at", len(chain)-1, maxChain-1)
	}
	if err := verifyUse(leaf, as); err != nil {
		return err
	}
	intermediates := append(chain[1:len(chain):len(chain)], trust.Intermediates...)
	chains, err := leaf.Verify(x509.VerifyOptions{
		Roots:         pool(trust.Roots),
		Intermediates: pool(intermediates),
		CurrentTime:   trust.now(),
		KeyUsages:     []x509.ExtKeyUsage{as.purpose},
	})
	if err != nil {
		return diagnosis{as: as, now: trust.now(), roots: trust.Roots, intermediates: intermediates}.explain(leaf, err)
	}
	return verifyRevocation(chains, trust)
}

func pool(certs []*x509.Certificate) *x509.CertPool {
	p := x509.NewCertPool()
	for _, cert := range certs {
		p.AddCert(cert)
	}
	return p
}

// verifyUse looks at what an end certificate says of its own use. Whether its
// extensions are critical does not matter (RFC 5280 sections 4.2.1.3 and .12).
func verifyUse(leaf *x509.Certificate, as role) error {
	switch {
	case leaf.BasicConstraintsValid && leaf.IsCA:
		return failure(CodeWrongUsage, leaf, "is that of a certificate authority and must not identify a %s", as.name)
	case hasKeyUsage(leaf) && leaf.KeyUsage&x509.KeyUsageDigitalSignature == 0:
		return failure(CodeWrongUsage, leaf, "has a keyUsage without digitalSignature (template option signing_key)")
	case !permits(leaf, as.purpose):
		return failure(CodeWrongUsage, leaf, "is not for a %s: its extKeyUsage lacks the %s purpose (template option %s)", as.name, as.name, as.flag)
	}
	return nil
}

// permits tells whether the extKeyUsage of a certificate, if there is one, lists
// a purpose. An empty list, which RFC 5280 does not allow, limits nothing, as in
// crypto/x509 and GnuTLS.
func permits(cert *x509.Certificate, purpose x509.ExtKeyUsage) bool {
	if len(cert.ExtKeyUsage) == 0 && len(cert.UnknownExtKeyUsage) == 0 {
		return true
	}
	for _, usage := range cert.ExtKeyUsage {
		if usage == purpose || usage == x509.ExtKeyUsageAny {
			return true
		}
	}
	return false
}

// hasKeyUsage tells a keyUsage that permits nothing from none, which crypto/x509
// does not.
func hasKeyUsage(cert *x509.Certificate) bool {
	return slices.ContainsFunc(cert.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(tbs.OIDKeyUsage) })
}

// verifyHost compares a host name or address with the subjectAltName by the rules
// of crypto/x509: no wildcard but a whole first label, and no common name.
func verifyHost(cert *x509.Certificate, host string) error {
	if cert.VerifyHostname(host) == nil {
		return nil
	}
	names := namesOf(cert)
	if len(names) > 0 {
		return failure(CodeWrongName, cert, "is not for %q but for %s", host, strings.Join(names, ", "))
	}
	return failure(CodeNameInCNOnly, cert,
		"names no host in its subjectAltName; a common name alone is not taken for one by Go programs and browsers (template option %s)", optionFor(host))
}

func namesOf(cert *x509.Certificate) []string {
	var names []string
	for _, name := range cert.DNSNames {
		names = append(names, fmt.Sprintf("%q", name))
	}
	for _, ip := range cert.IPAddresses {
		names = append(names, ip.String())
	}
	return names
}

func optionFor(host string) string {
	option := "dns_name"
	if net.ParseIP(strings.Trim(host, "[]")) != nil {
		option = "ip_address"
	}
	return fmt.Sprintf("%s = %s", option, host)
}

// diagnosis finds out why crypto/x509 did not build a chain. Its errors name a
// reason only for the end certificate, so the way up is walked here again.
type diagnosis struct {
	as                   role
	now                  time.Time
	roots, intermediates []*x509.Certificate
}

func (d diagnosis) explain(leaf *x509.Certificate, err error) error {
	if e := d.wrongByItself(leaf); e != nil {
		return e
	}
	var invalid x509.CertificateInvalidError
	if errors.As(err, &invalid) {
		switch invalid.Reason {
		case x509.IncompatibleUsage:
			return d.wrongPurposeAbove(leaf)
		case x509.CANotAuthorizedForThisName:
			return &VerifyError{Code: CodeNameConstraint, Cert: leaf, Reason: fmt.Sprintf("the certificate of %s has a name that its issuer may not certify", nameOf(leaf)), Err: err}
		}
	}
	if e := d.wrongAbove(leaf); e != nil {
		return e
	}
	return &VerifyError{Code: CodeInvalidChain, Cert: leaf, Reason: fmt.Sprintf("the certificate of %s has no good chain to a trusted CA", nameOf(leaf)), Err: err}
}

// wrongByItself checks what needs no other certificate.
func (d diagnosis) wrongByItself(cert *x509.Certificate) error {
	switch {
	case d.now.After(cert.NotAfter):
		return failure(CodeExpired, cert, "expired on %s", day(cert.NotAfter))
	case d.now.Before(cert.NotBefore):
		return failure(CodeNotYetValid, cert, "is valid only from %s on (the clock here says %s)", day(cert.NotBefore), day(d.now))
	case len(cert.UnhandledCriticalExtensions) > 0:
		return failure(CodeUnknownExtension, cert, "has the critical extension %s, which is not understood", cert.UnhandledCriticalExtensions[0])
	}
	return nil
}

// wrongAbove walks from a certificate to the issuers that its name leads to, and
// returns what is wrong with the first one that explains the failure.
func (d diagnosis) wrongAbove(cert *x509.Certificate) error {
	for range len(d.intermediates) + 1 {
		issuer, trusted := d.issuerOf(cert)
		if issuer == nil {
			return failure(CodeUnknownIssuer, cert, "was issued by %q, which is not among the trusted CAs", cert.Issuer)
		}
		if err := d.wrongIssuer(cert, issuer); err != nil {
			return err
		}
		if trusted {
			return nil
		}
		cert = issuer
	}
	return nil
}

// issuerOf finds the certificate that the issuer name means, if possible one
// whose key did sign, trusted ones first.
func (d diagnosis) issuerOf(cert *x509.Certificate) (issuer *x509.Certificate, trusted bool) {
	for i, candidates := range [][]*x509.Certificate{d.roots, d.intermediates} {
		for _, candidate := range candidates {
			if string(candidate.RawSubject) != string(cert.RawIssuer) || candidate.Equal(cert) {
				continue
			}
			if signed(cert, candidate) == nil {
				return candidate, i == 0
			}
			if issuer == nil {
				issuer, trusted = candidate, i == 0
			}
		}
	}
	return issuer, trusted
}

func (d diagnosis) wrongIssuer(cert, issuer *x509.Certificate) error {
	if err := signed(cert, issuer); err != nil {
		return failure(CodeBadSignature, cert, "names %s as its issuer but was not signed with that CA's key", nameOf(issuer))
	}
	if !issuer.BasicConstraintsValid || !issuer.IsCA {
		return failure(CodeNotACA, issuer, "signed another one but is not that of a CA (template option ca)")
	}
	if issuer.KeyUsage != 0 && issuer.KeyUsage&x509.KeyUsageCertSign == 0 {
		return failure(CodeNotACA, issuer, "signed another one but its keyUsage lacks keyCertSign (template option cert_signing_key)")
	}
	return d.wrongByItself(issuer)
}

func signed(cert, issuer *x509.Certificate) error {
	return issuer.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature)
}

// wrongPurposeAbove names the CA that may not certify for the role.
func (d diagnosis) wrongPurposeAbove(leaf *x509.Certificate) error {
	cert := leaf
	for range len(d.intermediates) + 1 {
		issuer, trusted := d.issuerOf(cert)
		if issuer == nil {
			break
		}
		if !permits(issuer, d.as.purpose) {
			return failure(CodeWrongUsage, issuer, "may not certify a %s: its extKeyUsage lacks the %s purpose", d.as.name, d.as.name)
		}
		if trusted {
			break
		}
		cert = issuer
	}
	return failure(CodeWrongUsage, leaf, "has no chain whose CAs may all certify a %s", d.as.name)
}

// day prints a moment as people and certtool read it.
func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// failure makes a VerifyError about one certificate.
func failure(code Code, cert *x509.Certificate, format string, args ...any) error {
	return &VerifyError{Code: code, Cert: cert, Reason: "the certificate of " + nameOf(cert) + " " + fmt.Sprintf(format, args...)}
}
