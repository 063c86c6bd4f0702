package ca

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"

	"vncsec/internal/pbe"
)

// sealedKey is PKCS #8 EncryptedPrivateKeyInfo (RFC 5958 section 3). Keys are sealed
// with PBES2 (RFC 8018) only: the schemes of PKCS #12 are too weak for an authority.
type sealedKey struct {
	Algorithm pkix.AlgorithmIdentifier
	Data      []byte
}

// oidPBES2 is the scheme of RFC 8018 section 6.2.
var oidPBES2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}

var errDamaged = errors.New("ca: the sealed key is damaged")

// seal encrypts a DER PKCS #8 key.
func seal(plain, passphrase []byte) ([]byte, error) {
	algorithm, data, err := pbe.Seal(pbe.AES256, plain, pbe.Password{Text: passphrase})
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(sealedKey{Algorithm: algorithm, Data: data})
}

// open decrypts what seal or another program has sealed.
func open(der, passphrase []byte) ([]byte, error) {
	var sealed sealedKey
	if rest, err := asn1.Unmarshal(der, &sealed); err != nil || len(rest) > 0 {
		return nil, errDamaged
	}
	if scheme := sealed.Algorithm.Algorithm; !scheme.Equal(oidPBES2) {
		return nil, unsupported(&pbe.UnsupportedError{What: "scheme", OID: scheme})
	}
	plain, err := pbe.Open(sealed.Algorithm, sealed.Data, pbe.Password{Text: passphrase})
	var unknown *pbe.UnsupportedError
	switch {
	case errors.Is(err, pbe.ErrPassword):
		return nil, ErrPassphraseWrong
	case errors.Is(err, pbe.ErrDamaged):
		return nil, errDamaged
	case errors.As(err, &unknown):
		return nil, unsupported(unknown)
	case err != nil:
		return nil, fmt.Errorf("ca: the sealed key cannot be opened: %w", err)
	}
	return plain, nil
}

func unsupported(err *pbe.UnsupportedError) error {
	return fmt.Errorf("ca: the key is sealed with the %w: convert it with openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD -out NEW", err)
}
