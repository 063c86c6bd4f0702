// Package oddcert makes certificates for tests, also such as no honest tool makes:
// every field can be set, left out or spoilt on its own. It is not for production.
package oddcert

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Spec describes a certificate. The zero value of most fields is the usual thing.
type Spec struct {
	Version   int      // 1 to 3; 0 is 3
	Serial    *big.Int // nil is a random one
	Issuer    string   // common name
	Subject   string   // common name
	RawIssuer []byte   // instead of Issuer
	NotBefore time.Time
	NotAfter  time.Time
	Key       crypto.PublicKey
	Signer    crypto.Signer
	Hash      crypto.Hash // 0 is SHA-256

	Extensions []Extension

	SpoilSignature bool
	InnerAlgorithm asn1.ObjectIdentifier // instead of the one that signs
	Trailing       []byte
}

// Extension is one extension with its value encoded.
type Extension struct {
	OID      asn1.ObjectIdentifier
	Critical bool
	Value    []byte
}

// DER builds and signs the certificate.
func (s Spec) DER() []byte {
	algorithm := s.algorithm()
	tbs := build(func(b *cryptobyte.Builder) { b.AddASN1(cbasn1.SEQUENCE, s.addTBS) })
	signature := s.sign(tbs)
	if s.SpoilSignature {
		signature[len(signature)/2] ^= 1
	}
	der := build(func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(tbs)
			addAlgorithm(b, algorithm)
			b.AddASN1BitString(signature)
		})
	})
	return append(der, s.Trailing...)
}

// PEM is DER in text form.
func (s Spec) PEM() []byte { return CertPEM(s.DER()) }

func (s Spec) addTBS(b *cryptobyte.Builder) {
	if s.Version == 0 {
		s.Version = 3
	}
	if s.Version > 1 {
		b.AddASN1(cbasn1.Tag(0).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) { b.AddASN1Int64(int64(s.Version - 1)) })
	}
	if s.Serial == nil {
		s.Serial, _ = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	}
	b.AddASN1BigInt(s.Serial)
	inner := s.algorithm()
	if s.InnerAlgorithm != nil {
		inner = s.InnerAlgorithm
	}
	addAlgorithm(b, inner)
	if s.RawIssuer == nil {
		s.RawIssuer = Name(s.Issuer)
	}
	b.AddBytes(s.RawIssuer)
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		addTime(b, s.NotBefore, time.Now().Add(-time.Hour))
		addTime(b, s.NotAfter, time.Now().AddDate(1, 0, 0))
	})
	b.AddBytes(Name(s.Subject))
	spki, err := x509.MarshalPKIXPublicKey(s.Key)
	b.SetError(err)
	b.AddBytes(spki)
	if len(s.Extensions) > 0 {
		b.AddASN1(cbasn1.Tag(3).ContextSpecific().Constructed(), s.addExtensions)
	}
}

func (s Spec) addExtensions(b *cryptobyte.Builder) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, ext := range s.Extensions {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(ext.OID)
				if ext.Critical {
					b.AddASN1Boolean(true)
				}
				b.AddASN1OctetString(ext.Value)
			})
		}
	})
}

// Name encodes a common name as a distinguished name.
func Name(commonName string) []byte {
	return build(func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) {
				b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1ObjectIdentifier(asn1.ObjectIdentifier{2, 5, 4, 3})
					b.AddASN1(cbasn1.UTF8String, func(b *cryptobyte.Builder) { b.AddBytes([]byte(commonName)) })
				})
			})
		})
	})
}

func addTime(b *cryptobyte.Builder, t, fallback time.Time) {
	if t.IsZero() {
		t = fallback
	}
	b.AddASN1GeneralizedTime(t.UTC())
}

func addAlgorithm(b *cryptobyte.Builder, oid asn1.ObjectIdentifier) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oid) })
}

var (
	rsaAlgorithms = map[crypto.Hash]asn1.ObjectIdentifier{
		crypto.MD5: {1, 2, 840, 113549, 1, 1, 4}, crypto.SHA1: {1, 2, 840, 113549, 1, 1, 5},
		crypto.SHA256: {1, 2, 840, 113549, 1, 1, 11}, crypto.SHA512: {1, 2, 840, 113549, 1, 1, 13},
	}
	ecdsaAlgorithms = map[crypto.Hash]asn1.ObjectIdentifier{
		crypto.SHA1: {1, 2, 840, 10045, 4, 1}, crypto.SHA256: {1, 2, 840, 10045, 4, 3, 2}, crypto.SHA384: {1, 2, 840, 10045, 4, 3, 3},
	}
	ed25519Algorithm = asn1.ObjectIdentifier{1, 3, 101, 112}
)

func (s Spec) hash() crypto.Hash {
	if s.Hash == 0 {
		return crypto.SHA256
	}
	return s.Hash
}

func (s Spec) algorithm() asn1.ObjectIdentifier {
	switch s.Signer.Public().(type) {
	case *rsa.PublicKey:
		return rsaAlgorithms[s.hash()]
	case *ecdsa.PublicKey:
		return ecdsaAlgorithms[s.hash()]
	}
	return ed25519Algorithm
}

func (s Spec) sign(tbs []byte) []byte {
	digest, hash := tbs, crypto.Hash(0)
	if _, ok := s.Signer.(ed25519.PrivateKey); !ok {
		hash = s.hash()
		h := hash.New()
		h.Write(tbs)
		digest = h.Sum(nil)
	}
	signature, err := s.Signer.Sign(rand.Reader, digest, hash)
	if err != nil {
		panic(err)
	}
	return signature
}

func build(fill func(*cryptobyte.Builder)) []byte {
	b := cryptobyte.NewBuilder(nil)
	fill(b)
	return b.BytesOrPanic()
}

// CertPEM encodes a certificate.
func CertPEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// KeyPEM encodes a private key as PKCS #8.
func KeyPEM(key crypto.Signer) []byte {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// P256 makes a key.
func P256() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

// RSA makes a key of the given number of bits, at least 1024.
func RSA(bits int) *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		panic(err)
	}
	return key
}

// Ed25519 makes a key.
func Ed25519() ed25519.PrivateKey {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}
