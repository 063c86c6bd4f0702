package certtool

import (
	"context"
	"errors"
	"fmt"

	"vncsec/internal/gnutls"
	"vncsec/issue/certtool/text"
)

// verifyCRL is --verify-crl: a revocation list against the authority of
// --load-ca-certificate.
func (t *tool) verifyCRL(context.Context) error {
	issuer, err := t.crlIssuer()
	if err != nil {
		return err
	}
	described, err := t.readCRL()
	if err != nil {
		return err
	}
	t.writeCRL(described)
	crl, err := gnutls.ParseCRL(described.DER())
	if err != nil {
		return fmt.Errorf("verification error: %w", err)
	}
	status, err := crl.VerifyWith(issuer, t.env.Now())
	switch {
	case errors.Is(err, gnutls.ErrWeak):
		return fmt.Errorf("verification error: %w", text.ErrInsufficient)
	case err != nil:
		return fmt.Errorf("vncsec cannot verify this list: %w", err)
	}
	if status == 0 {
		t.writeText("Verification output: " + verdict(status) + "\n")
		return nil
	}
	t.writeText("Verification output: Not verified.  " + reasons(status) + "\n")
	return errVerdict
}

// crlIssuer reads the authority and writes its name.
func (t *tool) crlIssuer() (*gnutls.Certificate, error) {
	loaded, err := t.loadCACertificate()
	if err != nil {
		return nil, err
	}
	described, err := text.ParseCertificate(loaded.DER)
	if err != nil {
		return nil, fmt.Errorf("error importing CA certificate: %s: %w", t.opts.loadCACertificate.value, err)
	}
	subject, err := nonEmpty(described.Subject())
	if err != nil {
		return nil, fmt.Errorf("crt_get_dn: %w", err)
	}
	t.writeText("\nCA certificate:\n\tSubject: " + subject + "\n\n")
	issuer, err := gnutls.Parse(loaded.DER)
	if err != nil {
		return nil, fmt.Errorf("error importing CA certificate: %s: %w", t.opts.loadCACertificate.value, err)
	}
	return issuer, nil
}
