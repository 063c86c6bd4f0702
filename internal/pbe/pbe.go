// Package pbe encrypts and decrypts with passwords: PBES2 with PBKDF2 (RFC 8018), and
// the schemes of PKCS #12 (RFC 7292 appendices B and C). It is written here because the
// Go libraries for it panic on damaged files, set no bound on the work that a file may
// ask for, and misread the keyLength that GnuTLS writes.
package pbe

import (
	"bytes"
	"crypto/cipher"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
)

// MaxRounds bounds the work that a file can ask for to some seconds.
const MaxRounds = 10_000_000

// What Open returns for data that it cannot decrypt.
var (
	ErrDamaged  = errors.New("the encrypted data are damaged")
	ErrPassword = errors.New("the password does not open the data")
)

// UnsupportedError names an algorithm that is not known here.
type UnsupportedError struct {
	What string // scheme, cipher, ...
	OID  asn1.ObjectIdentifier
}

func (e *UnsupportedError) Error() string { return fmt.Sprintf("unsupported %s %s", e.What, e.OID) }

// Password is what keys are derived from, byte for byte: who wants other forms of
// Unicode normalizes it first. PKCS #12 tells the empty password from no password at
// all, PBES2 does not.
type Password struct {
	Text []byte // UTF-8
	Null bool   // no password
}

// Open decrypts data that were encrypted with the given algorithm. The error is
// ErrPassword if the padding shows that the password is wrong; one wrong password in
// 256 is not found out.
func Open(algorithm pkix.AlgorithmIdentifier, data []byte, password Password) ([]byte, error) {
	suite, err := newSuite(algorithm, password)
	if err != nil {
		return nil, err
	}
	if suite.stream != nil {
		plain := make([]byte, len(data))
		suite.stream.XORKeyStream(plain, data)
		return plain, nil
	}
	return decrypt(suite.block, suite.iv, data)
}

// suite is a cipher that is ready to use: a stream, or a block cipher for CBC.
type suite struct {
	stream cipher.Stream
	block  cipher.Block
	iv     []byte
}

func newSuite(algorithm pkix.AlgorithmIdentifier, password Password) (suite, error) {
	if algorithm.Algorithm.Equal(oidPBES2) {
		return newPBES2(algorithm.Parameters.FullBytes, password)
	}
	if scheme, ok := pkcs12Schemes[algorithm.Algorithm.String()]; ok {
		return scheme.suite(algorithm.Parameters.FullBytes, password)
	}
	return suite{}, &UnsupportedError{"scheme", algorithm.Algorithm}
}

func decrypt(block cipher.Block, iv, data []byte) ([]byte, error) {
	size := block.BlockSize()
	if len(iv) != size || len(data) == 0 || len(data)%size != 0 {
		return nil, ErrDamaged
	}
	plain := make([]byte, len(data))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, data)
	padding := int(plain[len(plain)-1])
	if padding < 1 || padding > size {
		return nil, ErrPassword
	}
	body, tail := plain[:len(plain)-padding], plain[len(plain)-padding:]
	if !bytes.Equal(tail, bytes.Repeat([]byte{byte(padding)}, padding)) {
		return nil, ErrPassword
	}
	return body, nil
}

// pad appends PKCS #7 padding (RFC 5652 section 6.3) to a copy of the data.
func pad(data []byte, blockSize int) []byte {
	n := blockSize - len(data)%blockSize
	padded := make([]byte, 0, len(data)+n)
	padded = append(padded, data...)
	return append(padded, bytes.Repeat([]byte{byte(n)}, n)...)
}

// Cipher is a way to encrypt.
type Cipher int

// The ciphers, by the names that certtool's --pkcs-cipher has for them.
const (
	AES128      Cipher = iota // PBES2, as all up to TripleDES
	AES192                    //
	AES256                    //
	TripleDES                 //
	PKCS12_3DES               // PKCS #12, as all that follow
	PKCS12_RC4                // 128 bits
	PKCS12_RC2                // 40 bits
)

// Rounds is how often a hash is repeated for new data: OWASP's advice for
// PBKDF2-HMAC-SHA256, and what GnuTLS 3.7 does in all schemes.
const Rounds = 600_000

// Seal encrypts data, with salt and initialization vector of its own.
func Seal(c Cipher, data []byte, password Password) (pkix.AlgorithmIdentifier, []byte, error) {
	return seal(c, data, password, Rounds)
}

func seal(c Cipher, data []byte, password Password, rounds int) (pkix.AlgorithmIdentifier, []byte, error) {
	var (
		algorithm pkix.AlgorithmIdentifier
		err       error
	)
	if c <= TripleDES {
		algorithm, err = pbes2Algorithm(c, rounds)
	} else {
		algorithm, err = pkcs12Algorithm(c, rounds)
	}
	if err != nil {
		return algorithm, nil, err
	}
	suite, err := newSuite(algorithm, password)
	if err != nil {
		return algorithm, nil, err
	}
	if suite.stream != nil {
		sealed := make([]byte, len(data))
		suite.stream.XORKeyStream(sealed, data)
		return algorithm, sealed, nil
	}
	sealed := pad(data, suite.block.BlockSize())
	cipher.NewCBCEncrypter(suite.block, suite.iv).CryptBlocks(sealed, sealed)
	return algorithm, sealed, nil
}

// encode makes an AlgorithmIdentifier.
func encode(oid asn1.ObjectIdentifier, params any) (pkix.AlgorithmIdentifier, error) {
	der, err := asn1.Marshal(params)
	return pkix.AlgorithmIdentifier{Algorithm: oid, Parameters: asn1.RawValue{FullBytes: der}}, err
}

// unmarshal accepts nothing after the value.
func unmarshal(der []byte, value any) error {
	rest, err := asn1.Unmarshal(der, value)
	if err != nil || len(rest) > 0 {
		return ErrDamaged
	}
	return nil
}

// checkRounds bounds the work.
func checkRounds(rounds int) error {
	if rounds < 1 || rounds > MaxRounds {
		return fmt.Errorf("the data ask for %d rounds of hashing, which is not between 1 and %d", rounds, MaxRounds)
	}
	return nil
}
