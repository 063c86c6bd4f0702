package gnutls

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// ErrUnverifiable says that the signature is of a kind that this program cannot
// check (GnuTLS may know it: DSA, Ed448, SHA-224, SHA-3).
var ErrUnverifiable = errors.New("unsupported signature algorithm")

// errBroken says that the digest no longer protects a certificate.
var errBroken = errors.New("insecure signature algorithm")

type signatureKind struct {
	oid    string
	name   string
	go_    x509.SignatureAlgorithm // zero where Go has none
	broken bool                    // refused for certificates unless self-issued
}

// signatureKinds are those that GnuTLS maps to an algorithm. RSA-PSS is not here:
// its digest stands in the parameters.
var signatureKinds = []signatureKind{
	{"1.2.840.113549.1.1.2", "RSA-MD2", 0, true},
	{"1.2.840.113549.1.1.4", "RSA-MD5", 0, true},
	{"1.2.840.113549.1.1.5", "RSA-SHA1", x509.SHA1WithRSA, true},
	{"1.3.14.3.2.29", "RSA-SHA1", x509.SHA1WithRSA, true},
	{"1.2.840.113549.1.1.14", "RSA-SHA224", 0, false},
	{"1.2.840.113549.1.1.11", "RSA-SHA256", x509.SHA256WithRSA, false},
	{"1.2.840.113549.1.1.12", "RSA-SHA384", x509.SHA384WithRSA, false},
	{"1.2.840.113549.1.1.13", "RSA-SHA512", x509.SHA512WithRSA, false},
	{"1.2.840.10040.4.3", "DSA-SHA1", 0, true},
	{"2.16.840.1.101.3.4.3.1", "DSA-SHA224", 0, false},
	{"2.16.840.1.101.3.4.3.2", "DSA-SHA256", 0, false},
	{"1.2.840.10045.4.1", "ECDSA-SHA1", x509.ECDSAWithSHA1, true},
	{"1.2.840.10045.4.3.1", "ECDSA-SHA224", 0, false},
	{"1.2.840.10045.4.3.2", "ECDSA-SHA256", x509.ECDSAWithSHA256, false},
	{"1.2.840.10045.4.3.3", "ECDSA-SHA384", x509.ECDSAWithSHA384, false},
	{"1.2.840.10045.4.3.4", "ECDSA-SHA512", x509.ECDSAWithSHA512, false},
	{"1.3.101.112", "EdDSA-Ed25519", x509.PureEd25519, false},
	{"1.3.101.113", "EdDSA-Ed448", 0, false},
}

var (
	oidRSAPSS = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}

	pssKinds = map[string]signatureKind{
		"2.16.840.1.101.3.4.2.1": {"", "RSA-PSS-SHA256", x509.SHA256WithRSAPSS, false},
		"2.16.840.1.101.3.4.2.2": {"", "RSA-PSS-SHA384", x509.SHA384WithRSAPSS, false},
		"2.16.840.1.101.3.4.2.3": {"", "RSA-PSS-SHA512", x509.SHA512WithRSAPSS, false},
	}
)

// SignatureName names the algorithm, or gives its number where it is unknown.
func (c *Certificate) SignatureName() string {
	if kind, ok := c.Algorithm.kind(); ok {
		return kind.name
	}
	return c.Algorithm.OID.String()
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
	kind, ok := c.Algorithm.kind()
	if !ok || kind.go_ == x509.UnknownSignatureAlgorithm {
		return fmt.Errorf("%w %s", ErrUnverifiable, c.SignatureName())
	}
	key, err := x509.ParsePKIXPublicKey(issuer.RawSPKI)
	if err != nil {
		return fmt.Errorf("%w: the issuer's key: %v", ErrUnverifiable, err)
	}
	signer := &x509.Certificate{PublicKey: key}
	return signer.CheckSignature(kind.go_, c.RawTBS, c.Signature)
}
