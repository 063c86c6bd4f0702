package certtool

import (
	"bytes"
	"context"
	"fmt"

	"vncsec/issue/certtool/keys"
	"vncsec/issue/certtool/text"
)

// pubkeyInfo is --pubkey-info.
func (t *tool) pubkeyInfo(ctx context.Context) error {
	key, err := t.findPublicKey(ctx)
	if err != nil {
		return err
	}
	return t.writePublicKey(key)
}

func (t *tool) writePublicKey(key *text.PublicKey) error {
	if t.outText() {
		t.writeText(string(key.Text(t.textOptions())) + "\n\n")
	}
	der, err := key.DER()
	if err != nil {
		return fmt.Errorf("export error: %w", err)
	}
	t.writeDER(pemPublicKey, der)
	return nil
}

// findPublicKey takes the key from the first of a certificate, a request, a private
// key, a public key and the action's input that is given.
func (t *tool) findPublicKey(ctx context.Context) (*text.PublicKey, error) {
	switch {
	case t.opts.loadCertificate.given:
		cert, err := t.loadCertificate(true)
		if err != nil {
			return nil, err
		}
		return publicKeyIn(cert.DER)
	case t.opts.loadRequest.given:
		return t.requestedKey()
	case t.opts.loadPrivkey.given:
		key, err := t.loadPrivateKey(ctx, true)
		if err != nil {
			return nil, err
		}
		private, err := privateText(key)
		if err != nil {
			return nil, fmt.Errorf("pubkey_import_privkey: %w", err)
		}
		return private.Public(), nil
	case t.opts.loadPubkey.given:
		return t.loadedPublicKey()
	}
	data, err := t.readInfile()
	if err != nil {
		return nil, err
	}
	return t.publicKeyOfInput(data)
}

func publicKeyIn(der []byte) (*text.PublicKey, error) {
	cert, err := text.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("crt_import: %w", err)
	}
	key, err := cert.PublicKey()
	if err != nil {
		return nil, fmt.Errorf("pubkey_import_x509: %w", err)
	}
	return key, nil
}

func (t *tool) requestedKey() (*text.PublicKey, error) {
	loaded, err := t.loadRequest()
	if err != nil {
		return nil, err
	}
	request, err := text.ParseRequest(loaded.DER)
	if err != nil {
		return nil, fmt.Errorf("error importing certificate request: %s: %w", t.opts.loadRequest.value, err)
	}
	key, err := request.PublicKey()
	if err != nil {
		return nil, fmt.Errorf("pubkey_import_x509_crq: %w", err)
	}
	return key, nil
}

func (t *tool) loadedPublicKey() (*text.PublicKey, error) {
	key, err := t.readPublicKey(t.opts.loadPubkey)
	if err != nil {
		return nil, err
	}
	der, err := keys.MarshalPublic(key)
	if err != nil {
		return nil, fmt.Errorf("importing public key: %s: %w", t.opts.loadPubkey.value, err)
	}
	public, err := text.ParsePublicKey(der)
	if err != nil {
		return nil, fmt.Errorf("importing public key: %s: %w", t.opts.loadPubkey.value, err)
	}
	return public, nil
}

// publicKeyOfInput reads a public key, or that of a PEM certificate.
func (t *tool) publicKeyOfInput(data []byte) (*text.PublicKey, error) {
	if bytes.Contains(data, []byte("BEGIN CERTIFICAT")) || bytes.Contains(data, []byte("BEGIN X509")) {
		der, err := unarmorEither(data, pemCertificate, pemOldCertificate)
		if err != nil {
			return nil, fmt.Errorf("crt_import: %w", err)
		}
		return publicKeyIn(der)
	}
	der := data
	if !t.opts.inder {
		var err error
		if der, err = unarmor(data, pemPublicKey); err != nil {
			return nil, fmt.Errorf("pubkey_import: %w", err)
		}
	}
	key, err := text.ParsePublicKey(der)
	if err != nil {
		return nil, fmt.Errorf("pubkey_import: %w", err)
	}
	return key, nil
}
