package ca

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

// What ParseKey returns for a key that is sealed with a passphrase.
var (
	ErrPassphraseNeeded = errors.New("ca: the key is sealed: its passphrase is needed")
	ErrPassphraseWrong  = errors.New("ca: the passphrase does not open the key")
)

// PEM labels of private keys (RFC 7468 sections 10 and 11; PKCS #1 and SEC 1
// keys have the traditional ones of OpenSSL).
const (
	pemPKCS8       = "PRIVATE KEY"
	pemSealedPKCS8 = "ENCRYPTED PRIVATE KEY"
	pemPKCS1       = "RSA PRIVATE KEY"
	pemSEC1        = "EC PRIVATE KEY"
)

// MarshalKey encodes a private key as PEM PKCS #8 (RFC 5958). A passphrase that
// is not nil seals it: PBES2 with PBKDF2-HMAC-SHA256 and AES-256-CBC, which
// openssl pkey and certtool --key-info open.
func MarshalKey(key crypto.Signer, passphrase []byte) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("ca: encoding the key: %w", err)
	}
	defer clear(der)
	if passphrase == nil {
		return pem.EncodeToMemory(&pem.Block{Type: pemPKCS8, Bytes: der}), nil
	}
	if len(passphrase) == 0 {
		return nil, errors.New("ca: the passphrase of a key must not be empty")
	}
	sealed, err := seal(der, passphrase)
	if err != nil {
		return nil, fmt.Errorf("ca: sealing the key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: pemSealedPKCS8, Bytes: sealed}), nil
}

// ParseKey reads the first private key of a PEM file: PKCS #8, sealed or not,
// PKCS #1 or SEC 1. Other blocks and text around them are skipped. The
// passphrase is used only if the key is sealed; without one the error is
// ErrPassphraseNeeded, with a wrong one ErrPassphraseWrong.
func ParseKey(pemBytes, passphrase []byte) (crypto.Signer, error) {
	for block, rest := pem.Decode(pemBytes); block != nil; block, rest = pem.Decode(rest) {
		parse, ok := keyParsers[block.Type]
		if !ok {
			continue
		}
		if block.Headers["DEK-Info"] != "" {
			return nil, errors.New("ca: the key is sealed in OpenSSL's old way: convert it with openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD -out NEW")
		}
		key, err := parse(block.Bytes, passphrase)
		if err != nil {
			return nil, err
		}
		signer, ok := key.(crypto.Signer)
		if !ok {
			return nil, fmt.Errorf("ca: a key of type %T cannot sign", key)
		}
		return signer, nil
	}
	return nil, errors.New("ca: no private key in PEM form found")
}

// keyParsers holds a parser for the content of each PEM block with a private key.
var keyParsers = map[string]func(der, passphrase []byte) (any, error){
	pemPKCS8:       func(der, _ []byte) (any, error) { return parsed(x509.ParsePKCS8PrivateKey(der)) },
	pemPKCS1:       func(der, _ []byte) (any, error) { return parsed(x509.ParsePKCS1PrivateKey(der)) },
	pemSEC1:        func(der, _ []byte) (any, error) { return parsed(x509.ParseECPrivateKey(der)) },
	pemSealedPKCS8: parseSealed,
}

func parsed[Key any](key Key, err error) (any, error) {
	if err != nil {
		return nil, fmt.Errorf("ca: the private key cannot be read: %w", err)
	}
	return key, nil
}

func parseSealed(der, passphrase []byte) (any, error) {
	if passphrase == nil {
		return nil, ErrPassphraseNeeded
	}
	plain, err := open(der, passphrase)
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	key, err := x509.ParsePKCS8PrivateKey(plain)
	if err != nil {
		// One wrong passphrase in 256 decrypts to something with good padding.
		return nil, ErrPassphraseWrong
	}
	return key, nil
}

// KeyFits tells whether a certificate was made for a private key. The error is
// nil if it was.
func KeyFits(cert *x509.Certificate, key crypto.Signer) error {
	public, ok := cert.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	if !ok {
		return fmt.Errorf("ca: the certificate of %s has a key of the unknown algorithm %s", nameOf(cert), cert.PublicKeyAlgorithm)
	}
	if !public.Equal(key.Public()) {
		return fmt.Errorf("ca: the certificate of %s was not made for this private key", nameOf(cert))
	}
	return nil
}

// nameOf names a certificate in messages, quoted because certificates may hold
// any bytes.
func nameOf(cert *x509.Certificate) string {
	if name := cert.Subject.CommonName; name != "" {
		return fmt.Sprintf("%q", name)
	}
	return fmt.Sprintf("%q", cert.Subject.String())
}
