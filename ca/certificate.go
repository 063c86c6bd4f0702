package ca

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

const pemCertificate = "CERTIFICATE"

// ParseCertificates reads all certificates of a PEM file, in its order, which is
// leaf first in the files of servers and viewers. Other blocks and text around
// them are skipped. A file without any certificate is an error.
func ParseCertificates(pemBytes []byte) ([]*x509.Certificate, error) {
	var certs []*x509.Certificate
	for block, rest := pem.Decode(pemBytes); block != nil; block, rest = pem.Decode(rest) {
		// GnuTLS reads OpenSSL's old label as well.
		if block.Type != pemCertificate && block.Type != "X509 CERTIFICATE" {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("ca: certificate %d of the file cannot be read: %w", len(certs)+1, err)
		}
		certs = append(certs, cert)
	}
	if len(certs) == 0 {
		return nil, errors.New("ca: no certificate in PEM form found")
	}
	return certs, nil
}

// MarshalCertificate encodes certificates as one PEM file, in the given order.
func MarshalCertificate(certs ...*x509.Certificate) []byte {
	var out bytes.Buffer
	for _, cert := range certs {
		// Writing to a bytes.Buffer does not fail.
		_ = pem.Encode(&out, &pem.Block{Type: pemCertificate, Bytes: cert.Raw})
	}
	return out.Bytes()
}
