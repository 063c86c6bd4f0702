package layout

import (
	"bytes"
	"crypto/x509"
	"fmt"

	"vncsec/ca"
)

// ReadTrust reads the authorities of a file such as ca-cert.pem, to verify peers against,
// and the revocation lists of another such as ca-crl.pem, "" for none.
func ReadTrust(path, crlPath string) (ca.Trust, error) {
	data, err := ca.ReadFile(path)
	if err != nil {
		return ca.Trust{}, fmt.Errorf("layout: authorities: %w", err)
	}
	authorities, err := ca.ParseCertificates(data)
	if err != nil {
		return ca.Trust{}, fmt.Errorf("%s: %w", path, err)
	}
	if crlPath == "" {
		return trustOf(authorities, nil), nil
	}
	if data, err = ca.ReadFile(crlPath); err != nil {
		return ca.Trust{}, fmt.Errorf("layout: revocation list: %w", err)
	}
	crls, err := ca.ParseCRLs(data)
	if err != nil {
		return ca.Trust{}, fmt.Errorf("%s: %w", crlPath, err)
	}
	return trustOf(authorities, crls), nil
}

// trustOf makes the certificates of ca-cert.pem what peers are verified against.
// Those whose issuer is in the file as well are intermediates, so that the limits
// and the revocations of that issuer count; the others are trusted.
func trustOf(authorities []*x509.Certificate, crls []*x509.RevocationList) ca.Trust {
	trust := ca.Trust{CRLs: crls}
	for _, cert := range authorities {
		if hasIssuer(cert, authorities) {
			trust.Intermediates = append(trust.Intermediates, cert)
		} else {
			trust.Roots = append(trust.Roots, cert)
		}
	}
	return trust
}

// hasIssuer tells whether another certificate of the list signed this one.
func hasIssuer(cert *x509.Certificate, list []*x509.Certificate) bool {
	if bytes.Equal(cert.RawIssuer, cert.RawSubject) {
		return false
	}
	for _, issuer := range list {
		if bytes.Equal(issuer.RawSubject, cert.RawIssuer) && cert.CheckSignatureFrom(issuer) == nil {
			return true
		}
	}
	return false
}
