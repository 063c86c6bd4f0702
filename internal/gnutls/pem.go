package gnutls

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
)

// PEM headers that GnuTLS looks for. They are prefixes: the text after them up to
// the next dashes is not compared, so "CERTIFICATE REQUEST" is tried too.
const (
	pemBegin           = "-----BEGIN "
	pemEnd             = "-----END "
	pemDashes          = "-----"
	headerCertificate  = "CERTIFICATE"
	headerCertificate2 = "X509 CERTIFICATE"
	headerCRL          = "X509 CRL"
	headerDH           = "DH PARAMETERS"
)

// Errors of the PEM layer. GnuTLS reads no DER where QEMU asks for PEM.
var (
	ErrNoPEM  = errors.New("no PEM block of the expected type")
	errBadPEM = errors.New("damaged PEM block")
)

// decodePEM decodes the first block whose header starts with header. Text before
// and after the block does not matter.
func decodePEM(header string, data []byte) ([]byte, error) {
	start := bytes.Index(data, []byte(pemBegin+header))
	if start < 0 {
		return nil, ErrNoPEM
	}
	data = data[start+len(pemBegin):]
	open := bytes.Index(data, []byte(pemDashes))
	if open < 0 {
		return nil, fmt.Errorf("%w: unfinished BEGIN line", errBadPEM)
	}
	data = data[open+len(pemDashes):]
	end := bytes.Index(data, []byte(pemEnd))
	if end < 0 {
		return nil, fmt.Errorf("%w: no END line", errBadPEM)
	}
	return decodeBase64(data[:end])
}

// decodeBase64 ignores white space and stops at the first dash.
func decodeBase64(text []byte) ([]byte, error) {
	if dash := bytes.IndexByte(text, '-'); dash >= 0 {
		text = text[:dash]
	}
	text = bytes.Map(dropSpace, text)
	out := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Strict().Decode(out, text)
	if err != nil || n == 0 {
		return nil, fmt.Errorf("%w: not base64", errBadPEM)
	}
	return out[:n], nil
}

func dropSpace(r rune) rune {
	switch r {
	case ' ', '\t', '\r', '\n':
		return -1
	}
	return r
}

// nextBlock returns data from the next block with one of the headers on; the
// first header is preferred wherever it stands.
func nextBlock(data []byte, headers ...string) []byte {
	for _, h := range headers {
		if i := bytes.Index(data, []byte(pemBegin+h)); i >= 0 {
			return data[i:]
		}
	}
	return nil
}

// Certificates reads all certificates of a PEM file, in order. One that cannot
// be read makes the whole file unreadable, as in gnutls_x509_crt_list_import.
func Certificates(data []byte) ([]*Certificate, error) {
	rest := nextBlock(data, headerCertificate, headerCertificate2)
	if rest == nil {
		return nil, ErrNoPEM
	}
	var certs []*Certificate
	for rest != nil {
		cert, err := FirstCertificate(rest)
		if err != nil {
			return nil, fmt.Errorf("certificate %d: %w", len(certs)+1, err)
		}
		certs = append(certs, cert)
		rest = nextBlock(rest[1:], headerCertificate, headerCertificate2)
	}
	return certs, nil
}

// FirstCertificate reads one certificate from PEM text, as gnutls_x509_crt_import.
func FirstCertificate(data []byte) (*Certificate, error) {
	der, err := decodePEM(headerCertificate, data)
	if err != nil {
		second, err2 := decodePEM(headerCertificate2, data)
		if err2 != nil {
			return nil, err
		}
		der = second
	}
	return Parse(der)
}
