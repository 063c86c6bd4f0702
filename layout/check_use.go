package layout

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"

	"vncsec/ca"
	"vncsec/internal/gnutls"
)

// use is the check of what happens after QEMU has loaded the files: whether
// vncsec and other Go programs can read them, whether peers will accept them, and
// for how long.
type use struct {
	CheckOptions
	folder   *folder
	now      time.Time
	known    []Finding // what QEMU will say
	findings []Finding
}

// certified is an identity as both libraries see it; parsed is nil where
// crypto/x509 does not read the certificates.
type certified struct {
	path   string
	certs  []*gnutls.Certificate
	parsed []*x509.Certificate
}

func checkUse(content *folder, opts CheckOptions, now time.Time, known []Finding) []Finding {
	u := &use{CheckOptions: opts, folder: content, now: now, known: known}
	u.checkSizes()
	authorities, anchors := u.readAuthorities()
	identities := u.readIdentities()
	for _, id := range identities {
		u.checkLeaf(id)
	}
	u.checkExpiry(u.folder.get(CACertFile).path, authorities)
	crls := u.checkCRLs(anchors)
	u.verify(identities, anchors, crls)
	if opts.Role == Server {
		u.checkNames(identities)
		u.checkDHParams()
	}
	return u.findings
}

func (u *use) note(severity Severity, code Code, path, cure, message string, affects ...string) {
	u.findings = append(u.findings, Finding{Severity: severity, Code: code, File: path, Message: message, Cure: cure, Affects: affects})
}

// broken tells whether QEMU refuses a file, so that nothing need be added.
func (u *use) broken(path string) bool {
	return slices.ContainsFunc(u.known, func(f Finding) bool { return f.File == path && isCritical(f) })
}

func (u *use) reissue() string {
	e := examination{role: u.Role, folder: u.folder, hostname: u.Hostname}
	return e.reissue()
}

func (u *use) checkSizes() {
	for _, name := range u.Role.fileNames() {
		if f := u.folder.get(name); errors.Is(f.err, errTooLarge) {
			u.note(Critical, FileTooLarge, f.path, cureAside(f.path), fmt.Sprintf("%s is %v", f.path, f.err), affectsServe)
		}
	}
}

// readAuthorities reads ca-cert.pem with both libraries.
func (u *use) readAuthorities() ([]*gnutls.Certificate, []*x509.Certificate) {
	f := u.folder.get(CACertFile)
	certs, err := gnutls.Certificates(f.data)
	if err != nil {
		return nil, nil // reported by the examination for QEMU
	}
	return certs, u.parse(f.path, certs)
}

// parse reads certificates with crypto/x509, which refuses some that GnuTLS takes.
func (u *use) parse(path string, certs []*gnutls.Certificate) []*x509.Certificate {
	var parsed []*x509.Certificate
	for _, cert := range certs {
		p, err := x509.ParseCertificate(cert.Raw)
		switch {
		case err == nil:
			parsed = append(parsed, p)
			continue
		case !u.broken(path):
			u.note(u.ourSeverity(), CertUnsupported, path, u.reissue(),
				fmt.Sprintf("the certificate of %s breaks a rule that QEMU does not enforce: %v", cert.Subject(), err), affectsServe, affectsGo)
		}
		return nil
	}
	return parsed
}

// ourSeverity is critical where vncsec serve would have to load the file.
func (u *use) ourSeverity() Severity {
	if u.Role == Server {
		return Critical
	}
	return Warning
}

// readIdentities reads the certificates that the newest QEMU would, and notes those
// that it would not come to.
func (u *use) readIdentities() []certified {
	var identities []certified
	gap := false
	for i, p := range u.Role.pairs() {
		f := u.folder.get(p.cert)
		switch {
		case f.missing() && u.folder.get(p.key).missing():
			gap = gap || i > 0
			continue
		case gap:
			u.note(Warning, PairSkipped, f.path, u.reissue(),
				fmt.Sprintf("%s is never read: a pair with a lower number is missing", f.path))
			continue
		}
		certs, err := gnutls.Certificates(f.data)
		if err != nil {
			continue // reported by the examination for QEMU
		}
		identities = append(identities, certified{path: f.path, certs: certs, parsed: u.parse(f.path, certs)})
	}
	if len(identities) == 0 && u.Role == Client && u.folder.get(ClientCertFile).missing() {
		f := u.folder.get(ClientCertFile)
		u.note(Warning, NoIdentity, f.path, u.reissue(), f.path+" is missing: the viewer can show no certificate", affectsVerifiers)
	}
	return identities
}

func (u *use) checkLeaf(id certified) {
	u.checkExpiry(id.path, id.certs)
	u.checkPurpose(id)
	if id.parsed == nil {
		return
	}
	switch key := id.parsed[0].PublicKey.(type) {
	case *rsa.PublicKey:
		u.checkRSA(id, key.N.BitLen())
	case ed25519.PublicKey:
		affected := []string{affectsLibVNC}
		if u.Role == Server {
			affected = append(affected, affectsBrowsers)
		}
		u.note(Warning, KeyEd25519, id.path, u.reissue()+" --key-type ecdsa-p256",
			fmt.Sprintf("the certificate of %s has an Ed25519 key; ecdsa-p256 is understood by all", id.certs[0].Subject()), affected...)
	case *ecdsa.PublicKey:
	default:
		u.note(u.ourSeverity(), CertUnsupported, id.path, u.reissue(),
			fmt.Sprintf("the certificate of %s has a key of a kind that vncsec does not know", id.certs[0].Subject()), affectsServe, affectsGo)
	}
}

// Sizes of RSA keys in bits: what crypto/rsa still signs with, and what OpenSSL and
// browsers still accept.
const (
	minRSABits    = 1024
	modernRSABits = 2048
)

func (u *use) checkRSA(id certified, bits int) {
	if bits >= modernRSABits {
		return
	}
	severity, affected := Warning, []string{affectsOpenSSL, affectsBrowsers}
	if bits < minRSABits {
		severity, affected = Critical, append(affected, affectsServe, affectsGo)
	}
	u.note(severity, KeyWeak, id.path, u.reissue(),
		fmt.Sprintf("the RSA key of %s has %d bits; expected at least %d", id.certs[0].Subject(), bits, modernRSABits), affected...)
}

// checkPurpose reports a certificate of the other role whether or not its extended
// key usage is critical; QEMU cares only if it is.
func (u *use) checkPurpose(id certified) {
	purposes, _, err := id.certs[0].Purposes()
	if err != nil || allows(purposes, u.Role) {
		return
	}
	affected := affectsServe
	if u.Role == Server {
		affected = affectsGo
	}
	u.note(Warning, EKUWrongRole, id.path, u.reissue(), wrongRole(id.certs[0], purposes, u.Role), affected)
}

// soon is how long before the end of a certificate a warning begins, unless that is
// more than a third of its life.
const soon = 30 * 24 * time.Hour

func (u *use) checkExpiry(path string, certs []*gnutls.Certificate) {
	for _, cert := range certs {
		left := cert.NotAfter.Sub(u.now)
		if left >= 0 && left < min(soon, cert.NotAfter.Sub(cert.NotBefore)/3) {
			u.note(Warning, CertExpiresSoon, path, u.reissue(),
				fmt.Sprintf("the certificate of %s expires on %s", cert.Subject(), date(cert.NotAfter)))
		}
	}
}

// verify asks package ca, as vncsec's server and client do of their peers, about
// identities that both libraries read and QEMU loads.
func (u *use) verify(identities []certified, anchors []*x509.Certificate, crls []*x509.RevocationList) {
	if anchors == nil || u.broken(u.folder.get(CACertFile).path) {
		return
	}
	trust := trustOf(anchors, crls)
	trust.Now = func() time.Time { return u.now }
	for _, id := range identities {
		if id.parsed == nil || u.broken(id.path) {
			continue
		}
		var failed *ca.VerifyError
		if errors.As(verifyAs(u.Role, id.parsed, trust), &failed) {
			u.noteRefused(id, failed)
		}
	}
}

func verifyAs(role Role, chain []*x509.Certificate, trust ca.Trust) error {
	if role == Server {
		return ca.VerifyServer(chain, "", trust)
	}
	return ca.VerifyClient(chain, trust)
}

func (u *use) noteRefused(id certified, failed *ca.VerifyError) {
	code, affected := ChainRefused, []string{affectsServe}
	if u.Role == Server {
		affected = []string{affectsGo}
	}
	purposes, _, _ := id.certs[0].Purposes()
	switch failed.Code {
	case ca.CodeExpired, ca.CodeNotYetValid, ca.CodeUnknownIssuer, ca.CodeBadSignature, ca.CodeNotACA:
		return // the examination for QEMU has its own words for these
	case ca.CodeCRLExpired, ca.CodeCRLNotYetValid, ca.CodeCRLBadSignature:
		return // reported for the list itself
	case ca.CodeRevoked:
		code, affected = CertRevoked, append(affected, affectsGnuTLS)
	case ca.CodeWrongUsage:
		if !allows(purposes, u.Role) {
			return // reported by checkPurpose
		}
	}
	u.note(Warning, code, id.path, u.reissue(), failed.Reason, affected...)
}

func (u *use) checkDHParams() {
	if f := u.folder.get(DHParamsFile); f.present() {
		u.note(Warning, DHDeprecated, f.path, cureAside(f.path),
			f.path+" is no longer needed: the newest QEMU loads it with a warning, TLS has its own parameters")
	}
}
