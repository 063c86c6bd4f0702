package ca

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"time"

	"vncsec/templates"
)

// The structures of RFC 5280 section 4.1. crypto/x509 is not used to make
// certificates because it chooses extensions and their order by itself.
type (
	certificate struct {
		TBS       asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}
	tbsCertificate struct {
		Version    int `asn1:"explicit,tag:0"`
		Serial     asn1.RawValue
		Algorithm  pkix.AlgorithmIdentifier
		Issuer     asn1.RawValue
		Validity   validity
		Subject    asn1.RawValue
		PublicKey  asn1.RawValue
		Extensions []pkix.Extension `asn1:"explicit,tag:3"`
	}
	validity struct {
		NotBefore, NotAfter time.Time
	}
)

const version3 = 2

// issuer is who signs: a CA, or for its own certificate the subject itself.
type issuer struct {
	key   crypto.Signer
	name  []byte // DER
	keyID []byte // nil for a certificate that is signed by itself
}

// sign makes a certificate. A nil name of the issuer is that of the subject.
func sign(p *templates.Profile, public crypto.PublicKey, valid validity, by issuer) (*x509.Certificate, error) {
	tbs, err := toBeSigned(p, public, valid, by)
	if err != nil {
		return nil, err
	}
	algorithm, hash, err := signatureAlgorithm(by.key.Public())
	if err != nil {
		return nil, err
	}
	tbs.Algorithm = algorithm
	der, err := asn1.Marshal(tbs)
	if err != nil {
		return nil, fmt.Errorf("ca: encoding the certificate: %w", err)
	}
	signature, err := signature(by.key, hash, der)
	if err != nil {
		return nil, fmt.Errorf("ca: signing the certificate: %w", err)
	}
	der, err = asn1.Marshal(certificate{
		TBS:       asn1.RawValue{FullBytes: der},
		Algorithm: algorithm,
		Signature: asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)},
	})
	if err != nil {
		return nil, fmt.Errorf("ca: encoding the certificate: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("ca: the profile makes a certificate that cannot be read: %w", err)
	}
	return cert, nil
}

func toBeSigned(p *templates.Profile, public crypto.PublicKey, valid validity, by issuer) (tbsCertificate, error) {
	subject, err := marshalName(p.Subject.Attributes())
	if err != nil {
		return tbsCertificate{}, err
	}
	if by.name == nil {
		by.name = subject
	}
	keyInfo, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return tbsCertificate{}, fmt.Errorf("ca: encoding the public key: %w", err)
	}
	usage, err := usageFor(p, public)
	if err != nil {
		return tbsCertificate{}, err
	}
	extensions, err := extensionsOf(p, usage, keyID(keyInfo), by.keyID)
	if err != nil {
		return tbsCertificate{}, fmt.Errorf("ca: encoding the extensions: %w", err)
	}
	return tbsCertificate{
		Version:    version3,
		Serial:     serialOf(p),
		Issuer:     asn1.RawValue{FullBytes: by.name},
		Validity:   valid,
		Subject:    asn1.RawValue{FullBytes: subject},
		PublicKey:  asn1.RawValue{FullBytes: keyInfo},
		Extensions: extensions,
	}, nil
}

// keyID identifies a key as certtool does: by the SHA-1 of its whole
// SubjectPublicKeyInfo, not only of the key's bits. It protects nothing.
func keyID(keyInfo []byte) []byte {
	sum := sha1.Sum(keyInfo)
	return sum[:]
}

// serialOf takes the profile's serial number or makes one of 128 bits.
func serialOf(p *templates.Profile) asn1.RawValue {
	if p.Serial != nil {
		return asn1.RawValue{Tag: asn1.TagInteger, Bytes: p.Serial}
	}
	serial := make([]byte, 17) // the first octet is the sign
	rand.Read(serial[1:])
	serial[1] |= 0x80 // never zero, and always of the same length
	return asn1.RawValue{Tag: asn1.TagInteger, Bytes: serial}
}

// usageFor is the key usage that a key can have. encryption_key gives RSA keys
// keyEncipherment and others nothing, as in certtool, because templates name it
// whatever key is made later; what can only be a mistake is refused.
func usageFor(p *templates.Profile, public crypto.PublicKey) (x509.KeyUsage, error) {
	if _, ok := public.(*rsa.PublicKey); ok {
		return p.KeyUsage, nil
	}
	usage := p.KeyUsage &^ x509.KeyUsageKeyEncipherment
	if usage&x509.KeyUsageDataEncipherment != 0 {
		return 0, errors.New("ca: data_encipherment needs an RSA key")
	}
	if _, ok := public.(ed25519.PublicKey); ok && usage&x509.KeyUsageKeyAgreement != 0 {
		return 0, errors.New("ca: key_agreement is impossible with an Ed25519 key")
	}
	if !p.CA {
		usage |= x509.KeyUsageDigitalSignature
	}
	return usage, nil
}

// signatureAlgorithm chooses as GnuTLS does, by the strength of the signing key
// (algorithm identifiers: RFC 4055, RFC 5758, RFC 8410).
func signatureAlgorithm(public crypto.PublicKey) (pkix.AlgorithmIdentifier, crypto.Hash, error) {
	switch key := public.(type) {
	case *rsa.PublicKey:
		arc, hash := 11, crypto.SHA256
		if key.N.BitLen() > 3072 {
			arc, hash = 12, crypto.SHA384
		}
		oid := asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, arc}
		return pkix.AlgorithmIdentifier{Algorithm: oid, Parameters: asn1.NullRawValue}, hash, nil
	case *ecdsa.PublicKey:
		arc, hash := 2, crypto.SHA256
		switch size := key.Curve.Params().BitSize; {
		case size > 384:
			arc, hash = 4, crypto.SHA512
		case size > 256:
			arc, hash = 3, crypto.SHA384
		}
		return pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, arc}}, hash, nil
	case ed25519.PublicKey:
		return pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 3, 101, 112}}, 0, nil
	}
	return pkix.AlgorithmIdentifier{}, 0, fmt.Errorf("ca: a key of type %T cannot sign certificates", public)
}

// signature signs the hash of a message, or for Ed25519, which has no hash of
// its own to choose, the message.
func signature(key crypto.Signer, hash crypto.Hash, message []byte) ([]byte, error) {
	if hash != 0 {
		digest := hash.New()
		digest.Write(message)
		message = digest.Sum(nil)
	}
	return key.Sign(rand.Reader, message, hash)
}
