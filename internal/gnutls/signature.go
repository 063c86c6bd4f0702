package gnutls

import (
	"crypto"
	"encoding/asn1"
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// ErrUnverifiable says that the signature, or the key that made it, is of a kind that
// this program cannot check (GOST, MD2, old curves).
var ErrUnverifiable = errors.New("unsupported signature algorithm")

// errBroken says that the digest no longer protects a certificate.
var errBroken = errors.New("insecure signature algorithm")

// scheme is how a digest is signed.
type scheme int

const (
	unknownScheme scheme = iota
	pkcs1                // RSASSA-PKCS1-v1_5
	pss                  // RSASSA-PSS
	dsaScheme
	ecdsaScheme
	ed25519Scheme
	ed448Scheme
)

type signatureKind struct {
	oid    string
	name   string
	scheme scheme
	hash   crypto.Hash
	broken bool // refused for certificates unless self-issued
}

// DigestStrength is how many bits of security the digest of the signature has, 0 if it
// is not known.
func (c *Certificate) DigestStrength() int {
	kind, ok := c.Algorithm.kind()
	switch {
	case !ok:
		return 0
	case kind.name == "EdDSA-Ed448":
		return 256
	case kind.hash == 0:
		return 64 // MD2
	}
	return kind.hash.Size() * 8 / 2
}

// useless tells whether the digest is broken for everything, not only for
// certificates.
func (k signatureKind) useless() bool { return k.hash == crypto.MD5 || k.name == "RSA-MD2" }

// signatureKinds are those that GnuTLS maps to an algorithm. RSA-PSS is not here:
// its digest stands in the parameters.
var signatureKinds = []signatureKind{
	{"1.2.840.113549.1.1.2", "RSA-MD2", unknownScheme, 0, true},
	{"1.2.840.113549.1.1.4", "RSA-MD5", pkcs1, crypto.MD5, true},
	{"1.3.14.3.2.25", "RSA-MD5", pkcs1, crypto.MD5, true},
	{"1.3.36.3.3.1.2", "RSA-RMD160", pkcs1, crypto.RIPEMD160, true},
	{"1.2.840.113549.1.1.5", "RSA-SHA1", pkcs1, crypto.SHA1, true},
	{"1.3.14.3.2.29", "RSA-SHA1", pkcs1, crypto.SHA1, true},
	{"1.2.840.113549.1.1.14", "RSA-SHA224", pkcs1, crypto.SHA224, false},
	{"1.2.840.113549.1.1.11", "RSA-SHA256", pkcs1, crypto.SHA256, false},
	{"1.2.840.113549.1.1.12", "RSA-SHA384", pkcs1, crypto.SHA384, false},
	{"1.2.840.113549.1.1.13", "RSA-SHA512", pkcs1, crypto.SHA512, false},
	{"2.16.840.1.101.3.4.3.13", "RSA-SHA3-224", pkcs1, crypto.SHA3_224, false},
	{"2.16.840.1.101.3.4.3.14", "RSA-SHA3-256", pkcs1, crypto.SHA3_256, false},
	{"2.16.840.1.101.3.4.3.15", "RSA-SHA3-384", pkcs1, crypto.SHA3_384, false},
	{"2.16.840.1.101.3.4.3.16", "RSA-SHA3-512", pkcs1, crypto.SHA3_512, false},
	{"1.2.840.10040.4.3", "DSA-SHA1", dsaScheme, crypto.SHA1, true},
	{"1.3.14.3.2.27", "DSA-SHA1", dsaScheme, crypto.SHA1, true},
	{"2.16.840.1.101.3.4.3.1", "DSA-SHA224", dsaScheme, crypto.SHA224, false},
	{"2.16.840.1.101.3.4.3.2", "DSA-SHA256", dsaScheme, crypto.SHA256, false},
	{"2.16.840.1.101.3.4.3.3", "DSA-SHA384", dsaScheme, crypto.SHA384, false},
	{"2.16.840.1.101.3.4.3.4", "DSA-SHA512", dsaScheme, crypto.SHA512, false},
	{"1.2.840.10045.4.1", "ECDSA-SHA1", ecdsaScheme, crypto.SHA1, true},
	{"1.2.840.10045.4.3.1", "ECDSA-SHA224", ecdsaScheme, crypto.SHA224, false},
	{"1.2.840.10045.4.3.2", "ECDSA-SHA256", ecdsaScheme, crypto.SHA256, false},
	{"1.2.840.10045.4.3.3", "ECDSA-SHA384", ecdsaScheme, crypto.SHA384, false},
	{"1.2.840.10045.4.3.4", "ECDSA-SHA512", ecdsaScheme, crypto.SHA512, false},
	{"2.16.840.1.101.3.4.3.9", "ECDSA-SHA3-224", ecdsaScheme, crypto.SHA3_224, false},
	{"2.16.840.1.101.3.4.3.10", "ECDSA-SHA3-256", ecdsaScheme, crypto.SHA3_256, false},
	{"2.16.840.1.101.3.4.3.11", "ECDSA-SHA3-384", ecdsaScheme, crypto.SHA3_384, false},
	{"2.16.840.1.101.3.4.3.12", "ECDSA-SHA3-512", ecdsaScheme, crypto.SHA3_512, false},
	{"1.3.101.112", "EdDSA-Ed25519", ed25519Scheme, crypto.SHA512, false},
	{"1.3.101.113", "EdDSA-Ed448", ed448Scheme, 0, false},
}

var (
	oidRSAPSS = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}

	pssKinds = map[string]signatureKind{
		"2.16.840.1.101.3.4.2.1": {"", "RSA-PSS-SHA256", pss, crypto.SHA256, false},
		"2.16.840.1.101.3.4.2.2": {"", "RSA-PSS-SHA384", pss, crypto.SHA384, false},
		"2.16.840.1.101.3.4.2.3": {"", "RSA-PSS-SHA512", pss, crypto.SHA512, false},
	}
)

// SignatureName names the algorithm, or gives its number where it is unknown.
func (c *Certificate) SignatureName() string { return c.Algorithm.name() }

func (a Algorithm) name() string {
	if kind, ok := a.kind(); ok {
		return kind.name
	}
	return a.OID.String()
}

func (a Algorithm) kind() (signatureKind, bool) {
	if a.OID.Equal(oidRSAPSS) {
		return a.pssKind()
	}
	for _, k := range signatureKinds {
		if k.oid == a.OID.String() {
			return k, true
		}
	}
	return signatureKind{}, false
}

// pssKind reads the digest from RSASSA-PSS-params (RFC 4055, 3.1); its default is SHA-1.
func (a Algorithm) pssKind() (signatureKind, bool) {
	params := cryptobyte.String(a.Parameters)
	var seq, wrapped, hash cryptobyte.String
	var present bool
	var oid asn1.ObjectIdentifier
	if !params.ReadASN1(&seq, cbasn1.SEQUENCE) ||
		!seq.ReadOptionalASN1(&wrapped, &present, cbasn1.Tag(0).ContextSpecific().Constructed()) || !present ||
		!wrapped.ReadASN1(&hash, cbasn1.SEQUENCE) || !hash.ReadASN1ObjectIdentifier(&oid) {
		return signatureKind{}, false
	}
	kind, ok := pssKinds[oid.String()]
	return kind, ok
}

// secureSignature refuses broken digests, but on self-issued certificates, whose
// own signature protects nothing.
func (c *Certificate) secureSignature() error {
	kind, ok := c.Algorithm.kind()
	if ok && kind.broken && !c.SelfIssued() {
		return fmt.Errorf("%w %s", errBroken, kind.name)
	}
	return nil
}

// SignedBy checks c's signature with issuer's key, whatever the issuer may sign.
func (c *Certificate) SignedBy(issuer *Certificate) error {
	return CheckSignature(c.Algorithm, issuer.RawSPKI, c.RawTBS, c.Signature)
}
