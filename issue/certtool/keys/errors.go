package keys

import (
	"crypto/x509/pkix"
	"errors"
	"fmt"

	"vncsec/internal/pbe"
)

// Error is a fault in the words that GnuTLS has for it.
type Error string

func (e Error) Error() string { return string(e) }

// The faults that reading a key can end with.
const (
	ErrNone      Error = "The requested data were not available." // no key in the PEM file
	ErrHeader    Error = "Base64 unexpected header error."        // no block of the right kind
	ErrBase64    Error = "Base64 decoding error."                 // no PEM where it has to be
	ErrTag       Error = "ASN1 parser: Error in TAG."             // no key in the DER data
	ErrDecrypt   Error = "Decryption has failed."                 // the password does not fit, or is needed
	ErrAlgorithm Error = "An unknown public key algorithm was encountered."
	ErrCurve     Error = "The curve is unsupported"
)

// SealedError says that a key is encrypted and no password was given.
type SealedError struct {
	// Algorithm is how a PKCS #8 key is encrypted; empty: in OpenSSL's old way.
	Algorithm pkix.AlgorithmIdentifier
}

func (e *SealedError) Error() string { return string(ErrDecrypt) }

// Is makes errors.Is(err, ErrDecrypt) true.
func (e *SealedError) Is(target error) bool { return target == ErrDecrypt }

// unsealed words a failure to decrypt.
func unsealed(err error) error {
	var unsupported *pbe.UnsupportedError
	if errors.As(err, &unsupported) {
		return fmt.Errorf("the key is encrypted with the %w", err)
	}
	if errors.Is(err, pbe.ErrPassword) || errors.Is(err, pbe.ErrDamaged) {
		return ErrDecrypt
	}
	return err
}
