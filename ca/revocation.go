package ca

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"time"
)

const pemCRL = "X509 CRL"

// ParseCRLs reads all certificate revocation lists of a PEM file such as
// ca-crl.pem. A file without any, or with a damaged one, is an error.
func ParseCRLs(pemBytes []byte) ([]*x509.RevocationList, error) {
	return parseBlocks("revocation list", x509.ParseRevocationList, pemBytes, pemCRL)
}

// verifyRevocation accepts if one of the chains is free of revoked certificates.
// There are several where a CA has several certificates.
func verifyRevocation(chains [][]*x509.Certificate, trust Trust) error {
	var first error
	for _, chain := range chains {
		err := verifyChainRevocation(chain, trust)
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return first
}

// verifyChainRevocation looks up every certificate of a chain in the CRLs of its
// issuer, the root in its own.
func verifyChainRevocation(chain []*x509.Certificate, trust Trust) error {
	for i, cert := range chain {
		issuer := chain[min(i+1, len(chain)-1)]
		if string(cert.RawIssuer) != string(issuer.RawSubject) {
			continue // a trusted CA whose own issuer is not part of the chain
		}
		if err := verifyNotRevoked(cert, issuer, trust); err != nil {
			return err
		}
	}
	return nil
}

// verifyNotRevoked fails closed: a CRL of the issuer that is out of date, not
// signed by it, or of a kind that is not understood makes nothing good.
//
// The cRLSign usage of the issuer is not demanded, as it is not by QEMU: the CA
// template of QEMU's manual has no crl_signing_key, and the CRLs of such a CA
// carry its signature all the same.
func verifyNotRevoked(cert, issuer *x509.Certificate, trust Trust) error {
	var newest *x509.RevocationList
	var refused error
	for _, crl := range trust.CRLs {
		if string(crl.RawIssuer) != string(issuer.RawSubject) {
			continue
		}
		if err := usable(crl, issuer); err != nil {
			refused = err
			continue
		}
		if lists(crl, cert) {
			return failure(CodeRevoked, cert, "was revoked by %s", nameOf(issuer))
		}
		if newest == nil || crl.ThisUpdate.After(newest.ThisUpdate) {
			newest = crl
		}
	}
	if newest == nil {
		return refused
	}
	return verifyCurrent(newest, issuer, trust.now())
}

// usable tells whether a CRL is complete and comes from the issuer.
func usable(crl *x509.RevocationList, issuer *x509.Certificate) error {
	err := issuer.CheckSignature(crl.SignatureAlgorithm, crl.RawTBSRevocationList, crl.Signature)
	if err != nil {
		return &VerifyError{Code: CodeCRLBadSignature, Cert: issuer, Err: err,
			Reason: fmt.Sprintf("the revocation list of %s was not signed with its key", nameOf(issuer))}
	}
	if oid, found := criticalExtension(crl); found {
		return &VerifyError{Code: CodeCRLUnsupported, Cert: issuer,
			Reason: fmt.Sprintf("the revocation list of %s has the critical extension %s, which is not understood", nameOf(issuer), oid)}
	}
	return nil
}

// criticalExtension finds what makes a list a delta, partial or indirect one
// (RFC 5280 sections 5.2.4, 5.2.5 and 5.3.3). A plain list has none.
func criticalExtension(crl *x509.RevocationList) (oid string, found bool) {
	if oid, found = firstCritical(crl.Extensions); found {
		return oid, true
	}
	for _, entry := range crl.RevokedCertificateEntries {
		if oid, found = firstCritical(entry.Extensions); found {
			return oid, true
		}
	}
	return "", false
}

func firstCritical(extensions []pkix.Extension) (oid string, found bool) {
	for _, extension := range extensions {
		if extension.Critical {
			return extension.Id.String(), true
		}
	}
	return "", false
}

func lists(crl *x509.RevocationList, cert *x509.Certificate) bool {
	for _, entry := range crl.RevokedCertificateEntries {
		if entry.SerialNumber.Cmp(cert.SerialNumber) == 0 {
			return true
		}
	}
	return false
}

func verifyCurrent(crl *x509.RevocationList, issuer *x509.Certificate, now time.Time) error {
	switch {
	case now.Before(crl.ThisUpdate):
		return &VerifyError{Code: CodeCRLNotYetValid, Cert: issuer,
			Reason: fmt.Sprintf("the revocation list of %s is valid only from %s on", nameOf(issuer), day(crl.ThisUpdate))}
	case !crl.NextUpdate.IsZero() && now.After(crl.NextUpdate):
		return &VerifyError{Code: CodeCRLExpired, Cert: issuer,
			Reason: fmt.Sprintf("the revocation list of %s expired on %s", nameOf(issuer), day(crl.NextUpdate))}
	}
	return nil
}
