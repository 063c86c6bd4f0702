package pbe

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"hash"
)

var (
	oidPBES2      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	oidHMACSHA256 = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}
)

// pseudoRandomFunctions holds the PRFs of PBKDF2 (RFC 8018 appendix B.1).
var pseudoRandomFunctions = map[string]func() hash.Hash{
	"1.2.840.113549.2.7":   sha1.New,
	"1.2.840.113549.2.8":   sha256.New224,
	oidHMACSHA256.String(): sha256.New,
	"1.2.840.113549.2.10":  sha512.New384,
	"1.2.840.113549.2.11":  sha512.New,
	"1.2.840.113549.2.12":  sha512.New512_224,
	"1.2.840.113549.2.13":  sha512.New512_256,
}

// blockCipher is an encryption scheme of PBES2; all are CBC with PKCS #7 padding.
type blockCipher struct {
	cipher  Cipher
	oid     asn1.ObjectIdentifier
	keySize int
	new     func(key []byte) (cipher.Block, error)
}

// blockCiphers holds the schemes of RFC 8018 appendix B.2 that are still in use.
var blockCiphers = []blockCipher{
	{AES128, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 2}, 16, aes.NewCipher},
	{AES192, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 22}, 24, aes.NewCipher},
	{AES256, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}, 32, aes.NewCipher},
	{TripleDES, asn1.ObjectIdentifier{1, 2, 840, 113549, 3, 7}, 24, des.NewTripleDESCipher},
}

type pbes2Params struct {
	KeyDerivation pkix.AlgorithmIdentifier
	Encryption    pkix.AlgorithmIdentifier
}

type pbkdf2Params struct {
	Salt      []byte
	Rounds    int
	KeyLength int                      `asn1:"optional"`
	PRF       pkix.AlgorithmIdentifier `asn1:"optional"`
}

// saltSize is the number of octets of a new salt.
const saltSize = 16

// pbes2Algorithm makes new parameters.
func pbes2Algorithm(c Cipher, rounds int) (pkix.AlgorithmIdentifier, error) {
	var scheme blockCipher
	for _, scheme = range blockCiphers {
		if scheme.cipher == c {
			break
		}
	}
	salt := make([]byte, saltSize)
	rand.Read(salt)
	iv := make([]byte, aes.BlockSize)
	if c == TripleDES {
		iv = iv[:des.BlockSize]
	}
	rand.Read(iv)
	kdf, err := encode(oidPBKDF2, pbkdf2Params{
		Salt:   salt,
		Rounds: rounds,
		PRF:    pkix.AlgorithmIdentifier{Algorithm: oidHMACSHA256, Parameters: asn1.NullRawValue},
	})
	if err != nil {
		return pkix.AlgorithmIdentifier{}, err
	}
	encryption, err := encode(scheme.oid, iv)
	if err != nil {
		return pkix.AlgorithmIdentifier{}, err
	}
	return encode(oidPBES2, pbes2Params{KeyDerivation: kdf, Encryption: encryption})
}

// newPBES2 makes the cipher that parameters describe.
func newPBES2(der []byte, password Password) (suite, error) {
	p, err := parsePBES2(der)
	if err != nil {
		return suite{}, err
	}
	key, err := pbkdf2.Key(p.prf, string(password.Text), p.kdf.Salt, p.kdf.Rounds, p.scheme.keySize)
	if err != nil {
		return suite{}, fmt.Errorf("deriving the key: %w", err)
	}
	defer clear(key)
	block, err := p.scheme.new(key)
	return suite{block: block, iv: p.iv}, err
}

// pbes2 are parameters that were read.
type pbes2 struct {
	kdf    pbkdf2Params
	prf    func() hash.Hash
	scheme blockCipher
	iv     []byte
}

func parsePBES2(der []byte) (p pbes2, err error) {
	var params pbes2Params
	if err := unmarshal(der, &params); err != nil {
		return p, err
	}
	if !params.KeyDerivation.Algorithm.Equal(oidPBKDF2) {
		return p, &UnsupportedError{"key derivation", params.KeyDerivation.Algorithm}
	}
	for _, scheme := range blockCiphers {
		if scheme.oid.Equal(params.Encryption.Algorithm) {
			p.scheme = scheme
		}
	}
	if p.scheme.new == nil {
		return p, &UnsupportedError{"cipher", params.Encryption.Algorithm}
	}
	if err := unmarshal(params.KeyDerivation.Parameters.FullBytes, &p.kdf); err != nil {
		return p, err
	}
	p.prf = sha1.New // the default, RFC 8018 appendix A.2
	if oid := p.kdf.PRF.Algorithm; len(oid) > 0 {
		if p.prf = pseudoRandomFunctions[oid.String()]; p.prf == nil {
			return p, &UnsupportedError{"pseudo-random function", oid}
		}
	}
	if err := checkRounds(p.kdf.Rounds); err != nil {
		return p, err
	}
	if n := p.kdf.KeyLength; n != 0 && n != p.scheme.keySize {
		return p, fmt.Errorf("the data derive %d bytes for a cipher that needs %d", n, p.scheme.keySize)
	}
	return p, unmarshal(params.Encryption.Parameters.FullBytes, &p.iv)
}
