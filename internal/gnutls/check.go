package gnutls

import (
	"bytes"
	"crypto"
	"crypto/dsa" //lint:ignore SA1019 old certificates are signed with it, and nothing is signed here
	"crypto/ecdsa"
	"crypto/ed25519"
	_ "crypto/md5" // registers the digest
	"crypto/rsa"
	_ "crypto/sha1" // registers the digest
	_ "crypto/sha3" // registers the digests
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/cloudflare/circl/sign/ed448"
	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// errSignature says that the signature is not that of the key.
var errSignature = errors.New("the signature does not fit")

// ErrBadKey says that the issuer's key cannot be read, by GnuTLS neither.
var ErrBadKey = errors.New("the issuer's key cannot be read")

// ErrOtherKey says that the key is not one to make such a signature.
var ErrOtherKey = errors.New("the signature is not of the kind that the key makes")

// CheckSignature checks a signature over signed with the key of a DER
// SubjectPublicKeyInfo. It does not judge the algorithm. The error is
// [ErrUnverifiable] where it cannot be checked.
func CheckSignature(algorithm Algorithm, spki, signed, signature []byte) error {
	kind, ok := algorithm.kind()
	if !ok || kind.scheme == unknownScheme || (kind.scheme != ed448Scheme && !kind.hash.Available()) {
		return fmt.Errorf("%w %s", ErrUnverifiable, algorithm.name())
	}
	key, keyAlgorithm, err := parseKey(spki)
	if err != nil && keyAlgorithm.onlyGnuTLS() {
		return fmt.Errorf("%w: the issuer's key: %v", ErrUnverifiable, err)
	}
	if err != nil {
		return fmt.Errorf("%w: %v", ErrBadKey, err)
	}
	if longKey(key) {
		return fmt.Errorf("%w: the issuer's key has more than %d bits", ErrUnverifiable, longestKey)
	}
	digest := signed
	if kind.scheme != ed25519Scheme && kind.scheme != ed448Scheme {
		hash := kind.hash.New()
		hash.Write(signed)
		digest = hash.Sum(nil)
	}
	if !kind.mayMake(key, keyAlgorithm, algorithm) {
		return ErrOtherKey
	}
	salt := algorithm.saltLength()
	if keyAlgorithm.OID.Equal(oidRSA) {
		salt = kind.hash.Size() // GnuTLS wants this length of plain RSA keys, whatever is said
	}
	if !kind.fits(key, salt, digest, signature) {
		return errSignature
	}
	return nil
}

// longestKey bounds the work that a certificate can ask for, in bits. It grows with the
// cube.
const longestKey = 16384

func longKey(key any) bool {
	switch key := key.(type) {
	case *rsa.PublicKey:
		return key.N.BitLen() > longestKey
	case *dsa.PublicKey:
		return key.P.BitLen() > longestKey || key.Q.BitLen() > key.P.BitLen()
	}
	return false
}

// mayMake tells whether a key is of the type that signatures of a kind are made with.
// A key for RSASSA-PSS makes no others, and only those that its parameters allow.
func (k signatureKind) mayMake(key any, spki Algorithm, algorithm Algorithm) bool {
	switch key.(type) {
	case *rsa.PublicKey:
		if !spki.OID.Equal(oidRSAPSS) {
			return k.scheme == pkcs1 || k.scheme == pss
		}
		if own, restricted := spki.kind(); restricted && (own.hash != k.hash || spki.saltLength() > algorithm.saltLength()) {
			return false
		}
		return k.scheme == pss
	case *ecdsa.PublicKey:
		return k.scheme == ecdsaScheme
	case ed25519.PublicKey:
		return k.scheme == ed25519Scheme
	case ed448.PublicKey:
		return k.scheme == ed448Scheme
	case *dsa.PublicKey:
		return k.scheme == dsaScheme
	}
	return false
}

func (k signatureKind) fits(key any, salt int, digest, signature []byte) bool {
	switch key := key.(type) {
	case *rsa.PublicKey:
		if k.scheme == pss {
			return rsa.VerifyPSS(key, k.hash, digest, signature, &rsa.PSSOptions{SaltLength: salt}) == nil
		}
		if key.N.BitLen() < smallestRSA {
			return smallRSAFits(key, k.hash, digest, signature)
		}
		return rsa.VerifyPKCS1v15(key, k.hash, digest, signature) == nil
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(key, digest, signature)
	case ed25519.PublicKey:
		return ed25519.Verify(key, digest, signature)
	case ed448.PublicKey:
		return ed448.Verify(key, digest, signature, "")
	case *dsa.PublicKey:
		return dsaFits(key, digest, signature)
	}
	return false
}

// smallestRSA is the smallest key that Go's library uses, in bits.
const smallestRSA = 1024

// smallRSAFits is RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2.2) for smaller keys.
func smallRSAFits(key *rsa.PublicKey, hash crypto.Hash, digest, signature []byte) bool {
	oid, ok := digestOIDs[hash]
	size := key.Size()
	s := new(big.Int).SetBytes(signature)
	if !ok || len(signature) != size || s.Cmp(key.N) >= 0 {
		return false
	}
	info, err := asn1.Marshal(struct {
		Algorithm pkix.AlgorithmIdentifier
		Digest    []byte
	}{pkix.AlgorithmIdentifier{Algorithm: oid, Parameters: asn1.NullRawValue}, digest})
	padding := size - 3 - len(info)
	if err != nil || padding < 8 {
		return false
	}
	want := append([]byte{0, 1}, bytes.Repeat([]byte{0xff}, padding)...)
	want = append(append(want, 0), info...)
	got := s.Exp(s, big.NewInt(int64(key.E)), key.N).FillBytes(make([]byte, size))
	return bytes.Equal(got, want)
}

var digestOIDs = map[crypto.Hash]asn1.ObjectIdentifier{
	crypto.MD5:    {1, 2, 840, 113549, 2, 5},
	crypto.SHA1:   {1, 3, 14, 3, 2, 26},
	crypto.SHA224: {2, 16, 840, 1, 101, 3, 4, 2, 4},
	crypto.SHA256: {2, 16, 840, 1, 101, 3, 4, 2, 1},
	crypto.SHA384: {2, 16, 840, 1, 101, 3, 4, 2, 2},
	crypto.SHA512: {2, 16, 840, 1, 101, 3, 4, 2, 3},
}

// dsaFits uses the digest's leading octets, as many as the key's q has (FIPS 186-4
// section 4.6).
func dsaFits(key *dsa.PublicKey, digest, signature []byte) bool {
	var value struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(signature, &value); err != nil || len(rest) > 0 {
		return false
	}
	digest = digest[:min(len(digest), key.Q.BitLen()/8)]
	return dsa.Verify(key, digest, value.R, value.S)
}

// parseKey reads a SubjectPublicKeyInfo. A key that is marked as one for RSASSA-PSS
// is an RSA key here.
func parseKey(der []byte) (key any, algorithm Algorithm, err error) {
	input := cryptobyte.String(der)
	var seq cryptobyte.String
	var bits asn1.BitString
	if !input.ReadASN1(&seq, cbasn1.SEQUENCE) || !readAlgorithm(&seq, &algorithm) || !seq.ReadASN1BitString(&bits) {
		return nil, algorithm, errMalformed
	}
	switch {
	case algorithm.OID.Equal(oidRSAPSS):
		key, err = x509.ParsePKCS1PublicKey(bits.Bytes)
	case algorithm.OID.Equal(oidEd448) && len(bits.Bytes) == ed448.PublicKeySize:
		key = ed448.PublicKey(bits.Bytes)
	default:
		key, err = x509.ParsePKIXPublicKey(der)
	}
	return key, algorithm, err
}

// onlyGnuTLS tells whether GnuTLS reads keys that this program does not: those on
// secp192r1 and those of GOST.
func (a Algorithm) onlyGnuTLS() bool {
	const ec, secp192r1 = "1.2.840.10045.2.1", "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x01"
	oid := a.OID.String()
	return (oid == ec && string(a.Parameters) == secp192r1) || strings.HasPrefix(oid, "1.2.643.")
}

var oidRSA = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}

var oidEd448 = asn1.ObjectIdentifier{1, 3, 101, 113}

// saltLength is what RSASSA-PSS-params say, 20 if they say nothing (RFC 4055
// section 3.1).
func (a Algorithm) saltLength() int {
	length := 20
	params := cryptobyte.String(a.Parameters)
	var seq cryptobyte.String
	ok := params.ReadASN1(&seq, cbasn1.SEQUENCE) &&
		seq.SkipOptionalASN1(cbasn1.Tag(0).ContextSpecific().Constructed()) &&
		seq.SkipOptionalASN1(cbasn1.Tag(1).ContextSpecific().Constructed()) &&
		seq.ReadOptionalASN1Integer(&length, cbasn1.Tag(2).ContextSpecific().Constructed(), 20)
	if !ok || length < 0 || length > maxSalt {
		return crypto.SHA512.Size() + maxSalt // fits no signature
	}
	return length
}

// maxSalt is longer than any salt that fits into an RSA key.
const maxSalt = 4096

// RequestSigned checks the signature that a DER certificate request has of its own
// key (RFC 2986 section 4.2).
func RequestSigned(der []byte) error {
	input := cryptobyte.String(der)
	var outer, info, fields, spki cryptobyte.String
	var algorithm Algorithm
	var signature asn1.BitString
	if !input.ReadASN1(&outer, cbasn1.SEQUENCE) || !outer.ReadASN1Element(&info, cbasn1.SEQUENCE) ||
		!readAlgorithm(&outer, &algorithm) || !outer.ReadASN1BitString(&signature) {
		return errors.New("not a DER certificate request")
	}
	fields = info
	if !fields.ReadASN1(&fields, cbasn1.SEQUENCE) || !fields.SkipASN1(cbasn1.INTEGER) ||
		!fields.SkipASN1(cbasn1.SEQUENCE) || !fields.ReadASN1Element(&spki, cbasn1.SEQUENCE) {
		return errors.New("not a DER certificate request")
	}
	return CheckSignature(algorithm, spki, info, signature.Bytes)
}
