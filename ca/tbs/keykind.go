package tbs

import (
	encoding "encoding/asn1"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// KeyKind is what keys of an algorithm can be used for.
type KeyKind int

// The kinds of keys. Keys of unknown algorithms are SigningKey.
const (
	SigningKey   KeyKind = iota // only signs: ECDSA, EdDSA, DSA, RSA-PSS
	RSAKey                      // signs and encrypts, as the old GOST keys do
	AgreementKey                // agrees on keys: X25519, X448
)

// oidRSA is that of keys for any use (RFC 8017 appendix A.1).
var oidRSA = encoding.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}

// keyKinds holds the algorithms whose keys do not only sign: RSA, X25519 and X448
// (RFC 8410 section 3), GOST (RFC 4491, RFC 9215).
var keyKinds = []struct {
	kind KeyKind
	oids []encoding.ObjectIdentifier
}{
	{RSAKey, []encoding.ObjectIdentifier{oidRSA, {1, 2, 643, 2, 2, 19}, {1, 2, 643, 7, 1, 1, 1, 1}, {1, 2, 643, 7, 1, 1, 1, 2}}},
	{AgreementKey, []encoding.ObjectIdentifier{{1, 3, 101, 110}, {1, 3, 101, 111}}},
}

// KindOf tells the kind of a key by its SubjectPublicKeyInfo.
func KindOf(publicKey []byte) KeyKind {
	s := cryptobyte.String(publicKey)
	var info, algorithm cryptobyte.String
	var id encoding.ObjectIdentifier
	if !s.ReadASN1(&info, asn1.SEQUENCE) || !info.ReadASN1(&algorithm, asn1.SEQUENCE) || !readOID(&algorithm, &id) {
		return SigningKey
	}
	for _, row := range keyKinds {
		if slices.ContainsFunc(row.oids, id.Equal) {
			return row.kind
		}
	}
	return SigningKey
}
