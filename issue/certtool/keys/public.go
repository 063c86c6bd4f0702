package keys

import (
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"

	"github.com/cloudflare/circl/sign/ed448"
)

// publicKeyInfo is SubjectPublicKeyInfo (RFC 5280 section 4.1).
type publicKeyInfo struct {
	Algorithm pkix.AlgorithmIdentifier
	Key       asn1.BitString
}

// ParsePublic reads a DER SubjectPublicKeyInfo. A key that is well-formed but of an
// unknown kind is an *OtherPublic.
func ParsePublic(der []byte) (crypto.PublicKey, error) {
	var info publicKeyInfo
	if !unmarshal(der, &info) {
		return nil, ErrTag
	}
	switch {
	case info.Algorithm.Algorithm.Equal(oidPSS):
		return parsePSSPublic(info)
	case info.Algorithm.Algorithm.Equal(oidDSA):
		return parseDSAPublic(info)
	}
	if key, ok, err := parseCurve448Public(info); ok {
		return key, err
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return &OtherPublic{SPKI: der}, nil
	}
	return key, nil
}

// MarshalPublic encodes a public key as DER SubjectPublicKeyInfo.
func MarshalPublic(key crypto.PublicKey) ([]byte, error) {
	switch key := key.(type) {
	case *PSSPublic:
		return marshalPSSPublic(key)
	case *DSAPublic:
		return marshalDSAPublic(key)
	case ed448.PublicKey:
		return marshalRawPublic(oidEd448, key)
	case *X448Public:
		return marshalRawPublic(oidX448, key.key[:])
	case *OtherPublic:
		return key.SPKI, nil
	}
	return x509.MarshalPKIXPublicKey(key)
}
