package certtool

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"io"

	"vncsec/issue/certtool/keys"
	"vncsec/templates"
)

// input is standard input, which questions and files share.
type input struct{ io.Reader }

// loadTemplate reads --template, if there is one.
func (t *tool) loadTemplate() error { return nil }

// profile returns what the template asks for, or the answers to certtool's
// questions if there is no template.
func (t *tool) profile(ctx context.Context) (*templates.Profile, error) {
	return nil, errors.New("not written yet")
}

// readInfile reads --infile or standard input whole, within maxInput.
func (t *tool) readInfile() ([]byte, error) { return io.ReadAll(t.env.Stdin) }

// loadPrivateKey reads the key of --load-privkey. Without the option it returns nil,
// or, if mandatory is set, certtool's error.
func (t *tool) loadPrivateKey(mandatory bool) (keys.Private, error) { return nil, errReported }

// loadPublicKey determines the public key that the options name, as certtool does:
// of --load-privkey, --load-pubkey, --load-request or --load-certificate, in
// certtool's order. Without one it returns nil, or, if mandatory is set, certtool's
// error.
func (t *tool) loadPublicKey(mandatory bool) (crypto.PublicKey, error) { return nil, errReported }

// loadCAKey reads the key of --load-ca-privkey, which must be given.
func (t *tool) loadCAKey() (keys.Private, error) { return nil, errReported }

// loadCertificate reads the first certificate of --load-certificate; without the
// option it returns nil, or, if mandatory is set, certtool's error.
func (t *tool) loadCertificate(mandatory bool) (*certificate, error) { return nil, errReported }

// loadCertificates reads all certificates of --load-certificate.
func (t *tool) loadCertificates(mandatory bool) ([]*certificate, error) { return nil, errReported }

// loadCACertificate reads the first certificate of --load-ca-certificate, which must
// be given.
func (t *tool) loadCACertificate() (*certificate, error) { return nil, errReported }

// loadRequest reads --load-request; without the option it returns nil.
func (t *tool) loadRequest() (*request, error) { return nil, errReported }

// loadCRL reads --load-crl; without the option it returns nil.
func (t *tool) loadCRL() (*revocationList, error) { return nil, errReported }

// certificate is one that was read. Go reads less than GnuTLS does: X509 is nil where
// it refuses, and the DER form is what counts then.
type certificate struct {
	DER  []byte
	X509 *x509.Certificate
}

// request is a certificate request that was read; X509 as in certificate.
type request struct {
	DER  []byte
	X509 *x509.CertificateRequest
}

// revocationList is a CRL that was read; X509 as in certificate.
type revocationList struct {
	DER  []byte
	X509 *x509.RevocationList
}

var _ = bytes.Clone
