package ca

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"slices"
)

const pemCertificate = "CERTIFICATE"

// ParseCertificates reads all certificates of a PEM file, in its order, which is
// leaf first in the files of servers and viewers. Other blocks and text around
// them are skipped. A file without any certificate, or with a damaged one, is an
// error.
func ParseCertificates(pemBytes []byte) ([]*x509.Certificate, error) {
	// GnuTLS reads OpenSSL's old label as well.
	return parseBlocks("certificate", x509.ParseCertificate, pemBytes, pemCertificate, "X509 CERTIFICATE")
}

// parseBlocks parses all PEM blocks that have one of the labels. pem.Decode skips
// blocks that it cannot read; here they are counted, because a trusted CA or a
// revocation list must not get lost.
func parseBlocks[T any](what string, parse func([]byte) (T, error), pemBytes []byte, labels ...string) ([]T, error) {
	begun := 0
	for _, label := range labels {
		begun += bytes.Count(pemBytes, []byte("-----BEGIN "+label+"-----"))
	}
	if begun == 0 {
		return nil, fmt.Errorf("ca: no %s in PEM form found", what)
	}
	var all []T
	for block, rest := pem.Decode(pemBytes); block != nil; block, rest = pem.Decode(rest) {
		if !slices.Contains(labels, block.Type) {
			continue
		}
		value, err := parse(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("ca: %s %d of the file cannot be read: %w", what, len(all)+1, err)
		}
		all = append(all, value)
	}
	if len(all) != begun {
		return nil, fmt.Errorf("ca: the file begins %d PEM blocks with a %s, but only %d of them are whole", begun, what, len(all))
	}
	return all, nil
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
