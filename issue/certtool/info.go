package certtool

import (
	"context"
	"errors"
	"fmt"

	"vncsec/internal/gnutls"
	"vncsec/issue/certtool/text"
)

// textOptions are what the command line says of descriptions.
func (t *tool) textOptions() text.Options {
	return text.Options{HexNumbers: t.opts.hexNumbers}
}

// certificateInfo is --certificate-info: all certificates of the input, described.
func (t *tool) certificateInfo(context.Context) error {
	return t.eachCertificate(func(cert *text.Certificate) error {
		t.writeDER(pemCertificate, cert.DER())
		return nil
	})
}

// certificatePubkey is --certificate-pubkey: the public keys of certificates.
func (t *tool) certificatePubkey(context.Context) error {
	return t.eachCertificate(func(cert *text.Certificate) error {
		key, err := cert.PublicKey()
		if err != nil {
			return fmt.Errorf("pubkey_import_x509: %w", err)
		}
		return t.writePublicKey(key)
	})
}

// eachCertificate describes the certificates of the input and lets write add what
// goes below each description.
func (t *tool) eachCertificate(write func(*text.Certificate) error) error {
	data, err := t.readInfile()
	if err != nil {
		return err
	}
	certs, err := certificatesIn(data, t.opts.inder)
	if err != nil {
		return fmt.Errorf("import error: %w", err)
	}
	outText := t.outText()
	if len(certs) > 1 && t.opts.outder {
		t.logf("Cannot output multiple certificates in DER format; using PEM instead\n")
		t.opts.outder = false
	}
	for i, cert := range certs {
		if i > 0 {
			t.writeText("\n")
		}
		if outText {
			t.writeText(string(cert.Text(t.textOptions())) + "\n")
		}
		if err := write(cert); err != nil {
			return err
		}
	}
	return nil
}

// certificatesIn reads the certificates of a PEM file, or the one of a DER file.
func certificatesIn(data []byte, inder bool) ([]*text.Certificate, error) {
	if inder {
		cert, err := text.ParseCertificate(data)
		return []*text.Certificate{cert}, err
	}
	var certs []*text.Certificate
	for rest := data; ; rest = rest[1:] {
		rest = nextArmored(rest, pemCertificate, pemOldCertificate)
		if rest == nil {
			break
		}
		der, err := unarmorEither(rest, pemCertificate, pemOldCertificate)
		if err != nil {
			return nil, err
		}
		cert, err := text.ParseCertificate(der)
		if err != nil {
			return nil, err
		}
		certs = append(certs, cert)
	}
	if len(certs) == 0 {
		return nil, errNoCertificate
	}
	return certs, nil
}

// input is one structure in PEM or, with --inder, DER.
func (t *tool) input(first, second string) ([]byte, error) {
	data, err := t.readInfile()
	if err != nil || t.opts.inder {
		return data, err
	}
	der, err := unarmorEither(data, first, second)
	if err != nil {
		return nil, fmt.Errorf("import error: %w", err)
	}
	return der, nil
}

// crlInfo is --crl-info.
func (t *tool) crlInfo(context.Context) error {
	crl, err := t.readCRL()
	if err != nil {
		return err
	}
	t.writeCRL(crl)
	return nil
}

// readCRL reads the revocation list that is the action's input.
func (t *tool) readCRL() (*text.CRL, error) {
	der, err := t.input(pemCRL, pemCRL)
	if err != nil {
		return nil, err
	}
	crl, err := text.ParseCRL(der)
	if err != nil {
		return nil, fmt.Errorf("import error: %w", err)
	}
	return crl, nil
}

func (t *tool) writeCRL(crl *text.CRL) {
	if t.outText() {
		t.writeText(string(crl.Text(t.textOptions())) + "\n")
	}
	t.writeDER(pemCRL, crl.DER())
}

// crqInfo is --crq-info.
func (t *tool) crqInfo(context.Context) error {
	der, err := t.input(pemRequest, pemOtherRequest)
	if err != nil {
		return err
	}
	description, err := t.requestText(der)
	if err != nil {
		return fmt.Errorf("import error: %w", err)
	}
	t.writeText(description)
	t.writeDER(pemRequest, der)
	return nil
}

// requestText describes a request and its own signature. Without text that verdict
// goes to standard error.
func (t *tool) requestText(der []byte) (string, error) {
	request, err := text.ParseRequest(der)
	if err != nil {
		return "", err
	}
	verdict := "Self signature: verified\n\n"
	switch err := gnutls.RequestSigned(der); {
	case errors.Is(err, gnutls.ErrUnverifiable):
		verdict = fmt.Sprintf("Self signature: not checked (vncsec: %v)\n\n", err)
	case err != nil:
		verdict = "Self signature: FAILED\n\n"
	}
	if !t.outText() {
		t.logf("%s", verdict)
		return "", nil
	}
	return string(request.Text(t.textOptions())) + "\n" + verdict, nil
}
