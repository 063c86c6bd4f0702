package pbe

import (
	"crypto/cipher"
	"crypto/des"
	"crypto/rand"
	"crypto/rc4"
	"crypto/sha1"
	"crypto/x509/pkix"
	"encoding/asn1"
	"hash"
	"math/big"
	"unicode/utf16"
)

// pkcs12Scheme is a scheme of RFC 7292 appendix C; all derive their keys with SHA-1.
type pkcs12Scheme struct {
	cipher  Cipher
	oid     asn1.ObjectIdentifier
	keySize int
	block   func(key []byte) (cipher.Block, error) // nil: RC4
}

var pkcs12PBE = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 1}

func pkcs12OID(last int) asn1.ObjectIdentifier {
	return append(append(asn1.ObjectIdentifier{}, pkcs12PBE...), last)
}

// pkcs12Schemes holds the schemes by their OIDs.
var pkcs12Schemes = func() map[string]pkcs12Scheme {
	schemes := make(map[string]pkcs12Scheme)
	for _, s := range []pkcs12Scheme{
		{PKCS12_RC4, pkcs12OID(1), 16, nil},
		{PKCS12_3DES, pkcs12OID(3), 24, des.NewTripleDESCipher},
		{PKCS12_RC2, pkcs12OID(6), 5, newRC2},
	} {
		schemes[s.oid.String()] = s
	}
	return schemes
}()

type pkcs12Params struct {
	Salt   []byte
	Rounds int
}

// pkcs12Algorithm makes new parameters.
func pkcs12Algorithm(c Cipher, rounds int) (pkix.AlgorithmIdentifier, error) {
	salt := make([]byte, saltSize)
	rand.Read(salt)
	var oid asn1.ObjectIdentifier
	for _, s := range pkcs12Schemes {
		if s.cipher == c {
			oid = s.oid
		}
	}
	return encode(oid, pkcs12Params{Salt: salt, Rounds: rounds})
}

// suite makes the cipher that parameters describe.
func (s pkcs12Scheme) suite(der []byte, password Password) (suite, error) {
	var params pkcs12Params
	if err := unmarshal(der, &params); err != nil {
		return suite{}, err
	}
	if err := checkRounds(params.Rounds); err != nil {
		return suite{}, err
	}
	const forKey, forIV = 1, 2
	key := PKCS12Key(sha1.New, forKey, password, params.Salt, params.Rounds, s.keySize)
	defer clear(key)
	if s.block == nil {
		stream, err := rc4.NewCipher(key)
		return suite{stream: stream}, err
	}
	block, err := s.block(key)
	if err != nil {
		return suite{}, err
	}
	iv := PKCS12Key(sha1.New, forIV, password, params.Salt, params.Rounds, block.BlockSize())
	return suite{block: block, iv: iv}, nil
}

// ForMAC is the purpose of PKCS12Key for the key of a PKCS #12 file's MAC.
const ForMAC = 3

// PKCS12Key derives size octets for a purpose from a password (RFC 7292 appendix B.2).
// Rounds must be bounded by the caller.
func PKCS12Key(newHash func() hash.Hash, purpose byte, password Password, salt []byte, rounds, size int) []byte {
	h := newHash()
	u, v := h.Size(), h.BlockSize()

	diversifier := make([]byte, v)
	for i := range diversifier {
		diversifier[i] = purpose
	}
	block := append(stretch(salt, v), stretch(bmp(password), v)...)
	defer clear(block)

	var key []byte
	for {
		h.Reset()
		h.Write(diversifier)
		h.Write(block)
		a := h.Sum(nil)
		for range rounds - 1 {
			h.Reset()
			h.Write(a)
			a = h.Sum(a[:0])
		}
		key = append(key, a...)
		if len(key) >= size {
			return key[:size]
		}
		addToBlocks(block, stretch(a[:u], v))
	}
}

// stretch repeats data to a multiple of v octets.
func stretch(data []byte, v int) []byte {
	if len(data) == 0 {
		return nil
	}
	out := make([]byte, (len(data)+v-1)/v*v)
	for i := range out {
		out[i] = data[i%len(data)]
	}
	return out
}

// addToBlocks adds b + 1 to each block of len(b) octets of data, modulo its size.
func addToBlocks(data, b []byte) {
	add := new(big.Int).SetBytes(b)
	add.Add(add, big.NewInt(1))
	modulus := new(big.Int).Lsh(big.NewInt(1), uint(8*len(b)))
	for ; len(data) > 0; data = data[len(b):] {
		sum := new(big.Int).SetBytes(data[:len(b)])
		sum.Add(sum, add).Mod(sum, modulus)
		sum.FillBytes(data[:len(b)])
	}
}

// bmp is a password as a BMPString with two zero octets at its end; no password is no
// octets at all (RFC 7292 appendix B.1).
func bmp(password Password) []byte {
	if password.Null {
		return nil
	}
	var out []byte
	for _, unit := range utf16.Encode([]rune(string(password.Text))) {
		out = append(out, byte(unit>>8), byte(unit))
	}
	return append(out, 0, 0)
}
