package tbs

import (
	"crypto"
	"crypto/dsa" //lint:ignore SA1019 certtool signs with such keys
	"crypto/ecdsa"
	"crypto/ed25519"
	_ "crypto/md5" // certtool signs with all of these
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1"
	_ "crypto/sha256"
	_ "crypto/sha3"
	_ "crypto/sha512"
	"crypto/x509/pkix"
	encoding "encoding/asn1"
	"fmt"

	"github.com/cloudflare/circl/sign/ed448"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Scheme is how a key signs.
type Scheme struct {
	Algorithm pkix.AlgorithmIdentifier
	Hash      crypto.Hash // 0: the key signs messages, not hashes of them
	Salt      int         // octets, of RSA-PSS only

	pss bool
}

// Identifiers of signature algorithms by their hash: RSA (RFC 8017 appendix A.2.4),
// ECDSA and DSA (RFC 5758 section 3), the first two with those of NIST for SHA-3.
var (
	rsaSchemes = map[crypto.Hash]encoding.ObjectIdentifier{
		crypto.MD5:      {1, 2, 840, 113549, 1, 1, 4},
		crypto.SHA1:     {1, 2, 840, 113549, 1, 1, 5},
		crypto.SHA224:   {1, 2, 840, 113549, 1, 1, 14},
		crypto.SHA256:   {1, 2, 840, 113549, 1, 1, 11},
		crypto.SHA384:   {1, 2, 840, 113549, 1, 1, 12},
		crypto.SHA512:   {1, 2, 840, 113549, 1, 1, 13},
		crypto.SHA3_224: {2, 16, 840, 1, 101, 3, 4, 3, 13},
		crypto.SHA3_256: {2, 16, 840, 1, 101, 3, 4, 3, 14},
		crypto.SHA3_384: {2, 16, 840, 1, 101, 3, 4, 3, 15},
		crypto.SHA3_512: {2, 16, 840, 1, 101, 3, 4, 3, 16},
	}
	ecdsaSchemes = map[crypto.Hash]encoding.ObjectIdentifier{
		crypto.SHA1:     {1, 2, 840, 10045, 4, 1},
		crypto.SHA224:   {1, 2, 840, 10045, 4, 3, 1},
		crypto.SHA256:   {1, 2, 840, 10045, 4, 3, 2},
		crypto.SHA384:   {1, 2, 840, 10045, 4, 3, 3},
		crypto.SHA512:   {1, 2, 840, 10045, 4, 3, 4},
		crypto.SHA3_224: {2, 16, 840, 1, 101, 3, 4, 3, 9},
		crypto.SHA3_256: {2, 16, 840, 1, 101, 3, 4, 3, 10},
		crypto.SHA3_384: {2, 16, 840, 1, 101, 3, 4, 3, 11},
		crypto.SHA3_512: {2, 16, 840, 1, 101, 3, 4, 3, 12},
	}
	dsaSchemes = map[crypto.Hash]encoding.ObjectIdentifier{
		crypto.SHA1:   {1, 2, 840, 10040, 4, 3},
		crypto.SHA256: {2, 16, 840, 1, 101, 3, 4, 3, 2},
		crypto.SHA384: {2, 16, 840, 1, 101, 3, 4, 3, 3},
		crypto.SHA512: {2, 16, 840, 1, 101, 3, 4, 3, 4},
	}
	oidEd25519 = encoding.ObjectIdentifier{1, 3, 101, 112} // RFC 8410
	oidEd448   = encoding.ObjectIdentifier{1, 3, 101, 113}
)

// RSASSA-PSS and its parts (RFC 4055).
var (
	oidPSS    = encoding.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
	oidMGF1   = encoding.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 8}
	pssHashes = map[crypto.Hash]encoding.ObjectIdentifier{
		crypto.SHA1:   {1, 3, 14, 3, 2, 26},
		crypto.SHA256: {2, 16, 840, 1, 101, 3, 4, 2, 1},
		crypto.SHA384: {2, 16, 840, 1, 101, 3, 4, 2, 2},
		crypto.SHA512: {2, 16, 840, 1, 101, 3, 4, 2, 3},
	}
)

// DefaultHash chooses as GnuTLS does, by the strength of the key that signs; 0: the key
// has no choice, or cannot sign.
func DefaultHash(public crypto.PublicKey) crypto.Hash {
	switch key := public.(type) {
	case *rsa.PublicKey:
		return hashOfModulus(key.N.BitLen())
	case *ecdsa.PublicKey:
		return hashOfOrder(key.Curve.Params().BitSize)
	case *dsa.PublicKey:
		return hashOfOrder(key.Q.BitLen())
	case ed25519.PublicKey:
		return crypto.SHA512
	}
	return 0
}

func hashOfModulus(bits int) crypto.Hash {
	switch {
	case bits > 15360: // beyond GnuTLS's table
		return crypto.SHA256
	case bits > 8192:
		return crypto.SHA512
	case bits > 3072:
		return crypto.SHA384
	}
	return crypto.SHA256
}

func hashOfOrder(bits int) crypto.Hash {
	switch {
	case bits > 384:
		return crypto.SHA512
	case bits > 256:
		return crypto.SHA384
	case bits > 160:
		return crypto.SHA256
	}
	return crypto.SHA1
}

// SchemeOf is how a key signs with a hash; 0 chooses the default one, as DSA keys always
// do. RSA keys sign as in PKCS #1: see PSS for the other way.
func SchemeOf(public crypto.PublicKey, hash crypto.Hash) (Scheme, error) {
	preferred := DefaultHash(public)
	if hash == 0 {
		hash = preferred
	}
	s := Scheme{Hash: hash}
	id := &s.Algorithm.Algorithm
	switch public.(type) {
	case *rsa.PublicKey:
		*id = rsaSchemes[hash]
		s.Algorithm.Parameters = encoding.NullRawValue
	case *ecdsa.PublicKey:
		*id = ecdsaSchemes[hash]
	case *dsa.PublicKey:
		s.Hash = preferred
		*id = dsaSchemes[preferred]
	case ed25519.PublicKey:
		if hash == preferred {
			*id, s.Hash = oidEd25519, 0
		}
	case ed448.PublicKey:
		if hash == 0 {
			*id = oidEd448
		}
	}
	if *id == nil {
		return Scheme{}, errAlgorithm
	}
	return s, nil
}

// PSS is how an RSA key signs by RSASSA-PSS with a hash, 0 for the default one. The salt
// has the octets that the key asks for, or as many as the hash and as fit if that is more.
func PSS(public *rsa.PublicKey, hash crypto.Hash, salt int) (Scheme, error) {
	if hash == 0 {
		hash = DefaultHash(public)
	}
	if pssHashes[hash] == nil || hash == crypto.SHA1 {
		return Scheme{}, errAlgorithm
	}
	longest := public.Size() - hash.Size() - 2
	if longest < salt {
		return Scheme{}, fmt.Errorf("the key of %d bits is too short for a hash of %d octets and a salt of %d", public.N.BitLen(), hash.Size(), salt)
	}
	salt = min(max(salt, hash.Size()), longest)
	algorithm, err := PSSAlgorithm(hash, salt)
	return Scheme{Algorithm: algorithm, Hash: hash, Salt: salt, pss: true}, err
}

// PSSAlgorithm is the AlgorithmIdentifier of signatures by RSASSA-PSS, and of keys for
// them. Unlike RFC 4055 section 2.1 advises, GnuTLS gives the hash no parameters.
func PSSAlgorithm(hash crypto.Hash, salt int) (pkix.AlgorithmIdentifier, error) {
	id := pssHashes[hash]
	if id == nil {
		return pkix.AlgorithmIdentifier{}, errAlgorithm
	}
	hashAlgorithm := func(b *builder) { b.AddASN1(asn1.SEQUENCE, func(b *builder) { addOID(b, id) }) }
	parameters, err := der(asn1.SEQUENCE, func(b *builder) {
		b.AddASN1(explicit(0), hashAlgorithm)
		b.AddASN1(explicit(1), func(b *builder) {
			b.AddASN1(asn1.SEQUENCE, func(b *builder) {
				addOID(b, oidMGF1)
				hashAlgorithm(b)
			})
		})
		const defaultSalt = 20
		if salt != defaultSalt {
			b.AddASN1(explicit(2), func(b *builder) { b.AddASN1Int64(int64(salt)) })
		}
	})
	return pkix.AlgorithmIdentifier{Algorithm: oidPSS, Parameters: encoding.RawValue{FullBytes: parameters}}, err
}

// PSSHash finds a hash of RSASSA-PSS by its identifier; 0: it is unknown.
func PSSHash(id encoding.ObjectIdentifier) crypto.Hash {
	for hash, known := range pssHashes {
		if known.Equal(id) {
			return hash
		}
	}
	return 0
}

// Contents is something to be signed.
type Contents interface {
	// Marshal encodes it for an AlgorithmIdentifier in DER.
	Marshal(algorithm []byte) ([]byte, error)
}

// Sign encodes contents, signs them, and returns the whole structure in DER.
func Sign(contents Contents, key crypto.Signer, scheme Scheme) ([]byte, error) {
	algorithm, err := encoding.Marshal(scheme.Algorithm)
	if err != nil {
		return nil, err
	}
	signed, err := contents.Marshal(algorithm)
	if err != nil {
		return nil, err
	}
	signature, err := scheme.sign(key, signed)
	if err != nil {
		return nil, err
	}
	return assemble(signed, algorithm, signature)
}

// assemble puts a signed structure together.
func assemble(signed, algorithm, signature []byte) ([]byte, error) {
	return der(asn1.SEQUENCE, func(b *builder) {
		b.AddBytes(signed)
		b.AddBytes(algorithm)
		addBits(b, asn1.BIT_STRING, wholeBits(signature))
	})
}

func (s Scheme) sign(key crypto.Signer, message []byte) ([]byte, error) {
	var options crypto.SignerOpts = s.Hash
	if s.pss {
		options = &rsa.PSSOptions{Hash: s.Hash, SaltLength: s.Salt}
	}
	if s.Hash != 0 {
		h := s.Hash.New()
		h.Write(message)
		message = h.Sum(nil)
	}
	return key.Sign(rand.Reader, message, options)
}
