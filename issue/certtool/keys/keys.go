// Package keys holds the keys that certtool knows, those that Go's library lacks
// included, and their encodings.
//
// Private keys are *rsa.PrivateKey, *PSSPrivate, *DSAPrivate, *ecdsa.PrivateKey,
// ed25519.PrivateKey, ed448.PrivateKey, *ecdh.PrivateKey (X25519) or *X448Private.
// Public keys are their counterparts, or *OtherPublic where only the encoding is known.
package keys

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"

	"github.com/cloudflare/circl/sign/ed448"
)

// Private is a private key. Those that can sign are crypto.Signer as well; the keys for
// X25519 and X448 are not.
type Private interface{ Public() crypto.PublicKey }

var _ = []Private{(*rsa.PrivateKey)(nil), (*ecdsa.PrivateKey)(nil), ed25519.PrivateKey(nil), (*ecdh.PrivateKey)(nil), (*PSSPrivate)(nil), (*DSAPrivate)(nil), ed448.PrivateKey(nil), (*X448Private)(nil)}

// PSSParams restrict what an RSA-PSS key may be used with (RFC 4055 section 3.1).
type PSSParams struct {
	Hash crypto.Hash // also of MGF1; 0: the key has no parameters
	Salt int         // octets, at least
}

// PSSPrivate is an RSA key that its encoding marks as one for RSASSA-PSS.
type PSSPrivate struct {
	*rsa.PrivateKey
	Params PSSParams
}

// Public returns a *PSSPublic.
func (k *PSSPrivate) Public() crypto.PublicKey {
	return &PSSPublic{PublicKey: &k.PrivateKey.PublicKey, Params: k.Params}
}

// PSSPublic is the public half of PSSPrivate.
type PSSPublic struct {
	*rsa.PublicKey
	Params PSSParams
}

// Equal tells whether another key is the same, whatever its parameters.
func (k *PSSPublic) Equal(other crypto.PublicKey) bool {
	switch other := other.(type) {
	case *PSSPublic:
		return k.PublicKey.Equal(other.PublicKey)
	case *rsa.PublicKey:
		return k.PublicKey.Equal(other)
	}
	return false
}

// OtherPublic is a public key of an algorithm that is not known here.
type OtherPublic struct {
	SPKI []byte // DER SubjectPublicKeyInfo
}
