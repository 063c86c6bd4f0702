package keys

import (
	"crypto"
	"crypto/rand"
	"crypto/subtle"
	"crypto/x509/pkix"
	"encoding/asn1"

	"github.com/cloudflare/circl/dh/x448"
	"github.com/cloudflare/circl/sign/ed448"
)

// Identifiers of the algorithms on curve448 (RFC 8410 section 3).
var (
	oidX448  = asn1.ObjectIdentifier{1, 3, 101, 111}
	oidEd448 = asn1.ObjectIdentifier{1, 3, 101, 113}
)

// X448Private is a private key to agree on keys with (RFC 7748). It cannot sign.
type X448Private struct{ secret x448.Key }

// X448Public is the public half of X448Private.
type X448Public struct{ key x448.Key }

// GenerateX448 makes a key.
func GenerateX448() *X448Private {
	key := new(X448Private)
	rand.Read(key.secret[:])
	return key
}

// Public returns an *X448Public.
func (k *X448Private) Public() crypto.PublicKey {
	public := new(X448Public)
	x448.KeyGen(&public.key, &k.secret)
	return public
}

// Equal tells whether another key is the same.
func (k *X448Private) Equal(other crypto.PrivateKey) bool {
	o, ok := other.(*X448Private)
	return ok && subtle.ConstantTimeCompare(k.secret[:], o.secret[:]) == 1
}

// Equal tells whether another key is the same.
func (k *X448Public) Equal(other crypto.PublicKey) bool {
	o, ok := other.(*X448Public)
	return ok && k.key == o.key
}

// parseCurve448 reads a private key of RFC 8410 section 7; ok is false for other
// algorithms.
func parseCurve448(info privateKeyInfo) (key Private, ok bool, err error) {
	isEd448 := info.Algorithm.Algorithm.Equal(oidEd448)
	if !isEd448 && !info.Algorithm.Algorithm.Equal(oidX448) {
		return nil, false, nil
	}
	var secret []byte
	switch {
	case !unmarshal(info.Key, &secret):
	case isEd448 && len(secret) == ed448.SeedSize:
		return ed448.NewKeyFromSeed(secret), true, nil
	case !isEd448 && len(secret) == x448.Size:
		return &X448Private{x448.Key(secret)}, true, nil
	}
	return nil, true, ErrTag
}

// marshalRaw encodes a private key that is a string of octets.
func marshalRaw(oid asn1.ObjectIdentifier, secret []byte) ([]byte, error) {
	inner, err := asn1.Marshal(secret)
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(privateKeyInfo{Algorithm: pkix.AlgorithmIdentifier{Algorithm: oid}, Key: inner})
}

// parseCurve448Public reads a public key of RFC 8410 section 4; ok is false for other
// algorithms.
func parseCurve448Public(info publicKeyInfo) (key crypto.PublicKey, ok bool, err error) {
	octets := info.Key.RightAlign()
	switch {
	case info.Algorithm.Algorithm.Equal(oidEd448):
		if len(octets) != ed448.PublicKeySize {
			return nil, true, ErrTag
		}
		return ed448.PublicKey(octets), true, nil
	case info.Algorithm.Algorithm.Equal(oidX448):
		if len(octets) != x448.Size {
			return nil, true, ErrTag
		}
		return &X448Public{x448.Key(octets)}, true, nil
	}
	return nil, false, nil
}

// marshalRawPublic encodes a public key that is a string of octets.
func marshalRawPublic(oid asn1.ObjectIdentifier, key []byte) ([]byte, error) {
	return asn1.Marshal(publicKeyInfo{Algorithm: pkix.AlgorithmIdentifier{Algorithm: oid}, Key: bitString(key)})
}
