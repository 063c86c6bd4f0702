package certtool

import (
	"context"
	"crypto"
	"fmt"

	"vncsec/issue/certtool/text"
)

// fingerprint is --fingerprint: a hash of a certificate, that of --load-certificate or
// of the input.
func (t *tool) fingerprint(context.Context) error {
	der, err := t.fingerprinted()
	if err != nil {
		return err
	}
	hash := t.hash
	if hash == 0 {
		hash = crypto.SHA1
	}
	if !hash.Available() {
		return fmt.Errorf("--hash %s is not supported by vncsec", t.opts.hash.value)
	}
	t.writeText(hexDigest(hash, der) + "\n")
	return nil
}

func (t *tool) fingerprinted() ([]byte, error) {
	loaded, err := t.loadCertificate(false)
	if err != nil {
		return nil, err
	}
	if loaded != nil {
		return loaded.DER, nil
	}
	data, err := t.readInfile()
	if err != nil {
		return nil, err
	}
	certs, err := certificatesIn(data, t.opts.inder)
	switch {
	case err != nil:
		return nil, fmt.Errorf("import error: %w", err)
	case len(certs) > 1:
		return nil, fmt.Errorf("too many certificates (%d).import error: %w", len(certs), text.ErrShortBuffer)
	}
	return certs[0].DER(), nil
}
