package keys

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"github.com/cloudflare/circl/sign/ed448"

	"vncsec/internal/pbe"
)

// PEM labels of private keys (RFC 7468 sections 10 and 11; PKCS #1, SEC 1 and DSA keys
// have the traditional ones of OpenSSL).
const (
	LabelPKCS8  = "PRIVATE KEY"
	LabelSealed = "ENCRYPTED PRIVATE KEY"
	LabelPKCS1  = "RSA PRIVATE KEY"
	LabelSEC1   = "EC PRIVATE KEY"
	LabelDSA    = "DSA PRIVATE KEY"
)

// Parse reads the first private key of PEM data, or the one of DER data: PKCS #1, SEC 1,
// PKCS #8 (encrypted or not) or OpenSSL's old encryption. An encrypted key without
// password is a *SealedError, one with a wrong password ErrDecrypt.
func Parse(data []byte, der bool, password *pbe.Password) (Private, error) {
	if der {
		return parseDER(data, password)
	}
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		switch block.Type {
		case LabelPKCS8:
			return ParsePKCS8(block.Bytes)
		case LabelSealed:
			return parseSealed(block.Bytes, password)
		case LabelPKCS1, LabelSEC1, LabelDSA:
			return parseTraditional(block, password)
		}
	}
	return nil, ErrNone
}

// parseDER finds out by trying which encoding it is.
func parseDER(der []byte, password *pbe.Password) (Private, error) {
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, nil
	}
	if key, err := x509.ParseECPrivateKey(der); err == nil {
		return key, nil
	}
	if key, err := parseOpenSSLDSA(der); err == nil {
		return key, nil
	}
	var sealed sealedKey
	if unmarshal(der, &sealed) {
		return parseSealed(der, password)
	}
	return ParsePKCS8(der)
}

// parseTraditional reads a key whose PEM label names its kind.
func parseTraditional(block *pem.Block, password *pbe.Password) (Private, error) {
	der := block.Bytes
	if block.Headers["DEK-Info"] != "" {
		if password == nil {
			return nil, &SealedError{}
		}
		plain, err := openOpenSSL(block, password.Text)
		if err != nil {
			return nil, err
		}
		defer clear(plain)
		der = plain
	}
	key, err := parsePlain(block.Type, der)
	if err != nil && block.Headers["DEK-Info"] != "" {
		return nil, ErrDecrypt
	}
	return key, err
}

func parsePlain(label string, der []byte) (Private, error) {
	switch label {
	case LabelPKCS1:
		if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
			return key, nil
		} else if !errors.As(err, new(asn1.StructuralError)) {
			return nil, plainly(err)
		}
		return ParsePKCS8(der)
	case LabelSEC1:
		key, err := x509.ParseECPrivateKey(der)
		if err != nil {
			return nil, plainly(err)
		}
		return key, nil
	}
	return parseOpenSSLDSA(der)
}

// sealedKey is EncryptedPrivateKeyInfo (RFC 5958 section 3).
type sealedKey struct {
	Algorithm pkix.AlgorithmIdentifier
	Data      []byte
}

// SealedAlgorithm tells how an encrypted PKCS #8 key is encrypted.
func SealedAlgorithm(der []byte) (pkix.AlgorithmIdentifier, error) {
	var sealed sealedKey
	if !unmarshal(der, &sealed) {
		return pkix.AlgorithmIdentifier{}, ErrTag
	}
	return sealed.Algorithm, nil
}

func parseSealed(der []byte, password *pbe.Password) (Private, error) {
	var sealed sealedKey
	if !unmarshal(der, &sealed) {
		return nil, ErrTag
	}
	if password == nil {
		return nil, &SealedError{Algorithm: sealed.Algorithm}
	}
	plain, err := pbe.Open(sealed.Algorithm, sealed.Data, *password)
	if err != nil {
		return nil, unsealed(err)
	}
	defer clear(plain)
	key, err := ParsePKCS8(plain)
	if errors.Is(err, ErrTag) { // a wrong password whose padding is right by chance
		return nil, ErrDecrypt
	}
	return key, err
}

// privateKeyInfo is PrivateKeyInfo (RFC 5958 section 2) without its attributes.
type privateKeyInfo struct {
	Version   int
	Algorithm pkix.AlgorithmIdentifier
	Key       []byte
}

// ParsePKCS8 reads a DER PKCS #8 key that is not encrypted.
func ParsePKCS8(der []byte) (Private, error) {
	var info privateKeyInfo
	if !unmarshal(der, &info) {
		return nil, ErrTag
	}
	switch {
	case info.Algorithm.Algorithm.Equal(oidPSS):
		return parsePSSPrivate(info)
	case info.Algorithm.Algorithm.Equal(oidDSA):
		return parseDSAPrivate(info)
	}
	if key, ok, err := parseCurve448(info); ok {
		return key, err
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, plainly(err)
	}
	private, ok := key.(Private)
	if !ok {
		return nil, ErrAlgorithm
	}
	return private, nil
}

// plainly drops the names of Go's packages from an error. Not all of those that are
// about the encoding are of package asn1's types.
func plainly(err error) error {
	message := strings.TrimPrefix(err.Error(), "x509: ")
	if strings.Contains(message, "asn1: ") {
		return ErrTag
	}
	return fmt.Errorf("the key cannot be read: %s", message)
}

// MarshalPKCS8 encodes a key as DER PKCS #8 without encryption.
func MarshalPKCS8(key Private) ([]byte, error) {
	switch key := key.(type) {
	case *PSSPrivate:
		return marshalPSSPrivate(key)
	case *DSAPrivate:
		return marshalDSAPrivate(key)
	case ed448.PrivateKey:
		return marshalRaw(oidEd448, key.Seed())
	case *X448Private:
		return marshalRaw(oidX448, key.secret[:])
	}
	return x509.MarshalPKCS8PrivateKey(key)
}

// SealPKCS8 encodes a key as DER PKCS #8, encrypted with a password.
func SealPKCS8(key Private, cipher pbe.Cipher, password pbe.Password) ([]byte, error) {
	plain, err := MarshalPKCS8(key)
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	algorithm, data, err := pbe.Seal(cipher, plain, password)
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(sealedKey{Algorithm: algorithm, Data: data})
}

// MarshalTraditional encodes an RSA key as PKCS #1, an EC key as SEC 1 and a DSA key as
// OpenSSL does, and tells the PEM label. Other keys have no such form: ok is false.
func MarshalTraditional(key Private) (label string, der []byte, ok bool) {
	switch key := key.(type) {
	case *rsa.PrivateKey:
		return LabelPKCS1, x509.MarshalPKCS1PrivateKey(key), true
	case *ecdsa.PrivateKey:
		der, err := x509.MarshalECPrivateKey(key)
		return LabelSEC1, der, err == nil
	case *DSAPrivate:
		der, err := marshalOpenSSLDSA(key)
		return LabelDSA, der, err == nil
	}
	return "", nil, false
}
