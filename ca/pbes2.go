package ca

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
	"errors"
	"fmt"
	"hash"
)

// Sealed keys: PKCS #8 EncryptedPrivateKeyInfo (RFC 5958 section 3) with PBES2
// and PBKDF2 (RFC 8018). It is written here because the Go libraries for it
// panic on damaged files, set no bound on the work a file may ask for, and misread
// the keyLength that GnuTLS writes.

// What seal uses. The rounds are those of OWASP's advice for PBKDF2-HMAC-SHA256
// and of GnuTLS 3.7.
const (
	sealRounds   = 600_000
	sealSaltSize = 16
)

// maxRounds bounds the work that a key file can ask for to some seconds.
const maxRounds = 10_000_000

var (
	oidPBES2      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	oidHMACSHA1   = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 7}
	oidHMACSHA256 = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}
	oidAES256CBC  = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}
)

// pseudoRandomFunctions holds the PRFs of PBKDF2 (RFC 8018 appendix B.1).
var pseudoRandomFunctions = map[string]func() hash.Hash{
	oidHMACSHA1.String():   sha1.New,
	"1.2.840.113549.2.8":   sha256.New224,
	oidHMACSHA256.String(): sha256.New,
	"1.2.840.113549.2.10":  sha512.New384,
	"1.2.840.113549.2.11":  sha512.New,
	"1.2.840.113549.2.12":  sha512.New512_224,
	"1.2.840.113549.2.13":  sha512.New512_256,
}

// blockCipher is an encryption scheme of PBES2; all are CBC with PKCS #7 padding.
type blockCipher struct {
	keySize int
	new     func(key []byte) (cipher.Block, error)
}

// blockCiphers holds the schemes of RFC 8018 appendix B.2 that are still in use.
var blockCiphers = map[string]blockCipher{
	"2.16.840.1.101.3.4.1.2":  {16, aes.NewCipher},
	"2.16.840.1.101.3.4.1.22": {24, aes.NewCipher},
	oidAES256CBC.String():     {32, aes.NewCipher},
	"1.2.840.113549.3.7":      {24, des.NewTripleDESCipher},
}

type encryptedPrivateKeyInfo struct {
	Algorithm pkix.AlgorithmIdentifier
	Data      []byte
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

// seal encrypts a DER PKCS #8 key.
func seal(plain, passphrase []byte) ([]byte, error) {
	salt, iv := make([]byte, sealSaltSize), make([]byte, aes.BlockSize)
	rand.Read(salt)
	rand.Read(iv)
	params := pbkdf2Params{
		Salt:   salt,
		Rounds: sealRounds,
		PRF:    pkix.AlgorithmIdentifier{Algorithm: oidHMACSHA256, Parameters: asn1.NullRawValue},
	}
	scheme := blockCiphers[oidAES256CBC.String()]
	block, err := deriveCipher(params, scheme, passphrase)
	if err != nil {
		return nil, err
	}
	data := pad(plain, block.BlockSize())
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(data, data)

	kdf, err := algorithm(oidPBKDF2, params)
	if err != nil {
		return nil, err
	}
	encryption, err := algorithm(oidAES256CBC, iv)
	if err != nil {
		return nil, err
	}
	pbes2, err := algorithm(oidPBES2, pbes2Params{KeyDerivation: kdf, Encryption: encryption})
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(encryptedPrivateKeyInfo{Algorithm: pbes2, Data: data})
}

func algorithm(oid asn1.ObjectIdentifier, params any) (pkix.AlgorithmIdentifier, error) {
	der, err := asn1.Marshal(params)
	return pkix.AlgorithmIdentifier{Algorithm: oid, Parameters: asn1.RawValue{FullBytes: der}}, err
}

// open decrypts what seal or another program has sealed.
func open(sealed, passphrase []byte) ([]byte, error) {
	var info encryptedPrivateKeyInfo
	if err := unmarshal(sealed, &info); err != nil {
		return nil, err
	}
	if !info.Algorithm.Algorithm.Equal(oidPBES2) {
		return nil, unsupported("scheme", info.Algorithm.Algorithm)
	}
	var params pbes2Params
	if err := unmarshal(info.Algorithm.Parameters.FullBytes, &params); err != nil {
		return nil, err
	}
	scheme, ok := blockCiphers[params.Encryption.Algorithm.String()]
	if !ok {
		return nil, unsupported("cipher", params.Encryption.Algorithm)
	}
	if !params.KeyDerivation.Algorithm.Equal(oidPBKDF2) {
		return nil, unsupported("key derivation", params.KeyDerivation.Algorithm)
	}
	var kdf pbkdf2Params
	if err := unmarshal(params.KeyDerivation.Parameters.FullBytes, &kdf); err != nil {
		return nil, err
	}
	var iv []byte
	if err := unmarshal(params.Encryption.Parameters.FullBytes, &iv); err != nil {
		return nil, err
	}
	block, err := deriveCipher(kdf, scheme, passphrase)
	if err != nil {
		return nil, err
	}
	return decrypt(block, iv, info.Data)
}

func deriveCipher(params pbkdf2Params, scheme blockCipher, passphrase []byte) (cipher.Block, error) {
	prf := sha1.New // the default, RFC 8018 appendix A.2
	if len(params.PRF.Algorithm) > 0 {
		var ok bool
		if prf, ok = pseudoRandomFunctions[params.PRF.Algorithm.String()]; !ok {
			return nil, unsupported("pseudo-random function", params.PRF.Algorithm)
		}
	}
	if params.Rounds < 1 || params.Rounds > maxRounds {
		return nil, fmt.Errorf("ca: the sealed key asks for %d rounds of PBKDF2, which is not between 1 and %d", params.Rounds, maxRounds)
	}
	if params.KeyLength != 0 && params.KeyLength != scheme.keySize {
		return nil, fmt.Errorf("ca: the sealed key derives %d bytes for a cipher that needs %d", params.KeyLength, scheme.keySize)
	}
	key, err := pbkdf2.Key(prf, string(passphrase), params.Salt, params.Rounds, scheme.keySize)
	if err != nil {
		return nil, fmt.Errorf("ca: deriving the key's cipher: %w", err)
	}
	defer clear(key)
	return scheme.new(key)
}

func decrypt(block cipher.Block, iv, data []byte) ([]byte, error) {
	size := block.BlockSize()
	if len(iv) != size || len(data) == 0 || len(data)%size != 0 {
		return nil, errDamaged
	}
	plain := make([]byte, len(data))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, data)
	padding := int(plain[len(plain)-1])
	if padding < 1 || padding > size {
		return nil, ErrPassphraseWrong
	}
	for _, b := range plain[len(plain)-padding:] {
		if int(b) != padding {
			return nil, ErrPassphraseWrong
		}
	}
	return plain[:len(plain)-padding], nil
}

// pad appends PKCS #7 padding (RFC 5652 section 6.3) to a copy of the data.
func pad(data []byte, blockSize int) []byte {
	n := blockSize - len(data)%blockSize
	padded := make([]byte, len(data), len(data)+n)
	copy(padded, data)
	for range n {
		padded = append(padded, byte(n))
	}
	return padded
}

var errDamaged = errors.New("ca: the sealed key is damaged")

// unmarshal accepts nothing after the value.
func unmarshal(der []byte, value any) error {
	rest, err := asn1.Unmarshal(der, value)
	if err != nil || len(rest) > 0 {
		return errDamaged
	}
	return nil
}

func unsupported(what string, oid asn1.ObjectIdentifier) error {
	return fmt.Errorf("ca: the key is sealed with the unsupported %s %s: convert it with openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD -out NEW", what, oid)
}
