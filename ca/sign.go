package ca

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"time"

	"vncsec/ca/tbs"
	"vncsec/templates"
)

// validity is from when until when a certificate is good.
type validity struct {
	NotBefore, NotAfter time.Time
}

// issuer is who signs: a CA, or for its own certificate the subject itself.
type issuer struct {
	key   crypto.Signer
	name  []byte // DER
	keyID []byte // nil for a certificate that is signed by itself
}

// sign makes a certificate. A nil name of the issuer is that of the subject.
func sign(p *templates.Profile, public crypto.PublicKey, valid validity, by issuer) (*x509.Certificate, error) {
	contents, err := contentsOf(p, public, valid, by)
	if err != nil {
		return nil, err
	}
	scheme, err := tbs.SchemeOf(by.key.Public(), 0)
	if err != nil {
		return nil, fmt.Errorf("ca: a key of type %T cannot sign certificates: %w", by.key.Public(), err)
	}
	der, err := tbs.Sign(contents, by.key, scheme)
	if err != nil {
		return nil, fmt.Errorf("ca: signing the certificate: %w", err)
	}
	return readBack(contents, der)
}

// contentsOf is what is signed.
func contentsOf(p *templates.Profile, public crypto.PublicKey, valid validity, by issuer) (*tbs.Certificate, error) {
	subject, err := tbs.Name(p.Subject.Attributes())
	if err != nil {
		return nil, fmt.Errorf("ca: encoding the name: %w", err)
	}
	if by.name == nil {
		by.name = subject
	}
	keyInfo, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("ca: encoding the public key: %w", err)
	}
	usage, err := usageFor(p, public)
	if err != nil {
		return nil, err
	}
	cert := &tbs.Certificate{
		Version:   3,
		Serial:    serialOf(p),
		Issuer:    by.name,
		NotBefore: valid.NotBefore,
		NotAfter:  valid.NotAfter,
		Subject:   subject,
		PublicKey: keyInfo,
	}
	err = cert.Extensions.AddCertificate(withPurposesOnce(p), tbs.Frame{
		Usage:          usage,
		UsageCritical:  usageIsCritical(p, usage),
		SubjectKeyID:   keyID(keyInfo),
		AuthorityKeyID: by.keyID,
	})
	if err != nil {
		return nil, fmt.Errorf("ca: encoding the extensions: %w", err)
	}
	return cert, nil
}

// withPurposesOnce is a profile that lists no purpose twice, as certtool does for one
// that is asked for by its OID and by its own option.
func withPurposesOnce(p *templates.Profile) *templates.Profile {
	once := *p
	once.PurposeOIDs = nil
	for _, oid := range p.PurposeOIDs {
		if !slices.ContainsFunc(once.PurposeOIDs, oid.Equal) {
			once.PurposeOIDs = append(once.PurposeOIDs, oid)
		}
	}
	once.Purposes = 0
	for purpose := templates.TLSClient; purpose <= templates.EmailProtection; purpose <<= 1 {
		listed := slices.ContainsFunc(once.PurposeOIDs, func(oid asn1.ObjectIdentifier) bool { return oid.Equal(purpose.OIDs()[0]) })
		if p.Purposes&purpose != 0 && !listed {
			once.Purposes |= purpose
		}
	}
	return &once
}

// keyID identifies a key as certtool does: by the SHA-1 of its whole
// SubjectPublicKeyInfo, not only of the key's bits. It protects nothing.
func keyID(keyInfo []byte) []byte {
	sum := sha1.Sum(keyInfo)
	return sum[:]
}

// serialOf takes the profile's serial number or makes one of 128 bits.
func serialOf(p *templates.Profile) []byte {
	if p.Serial != nil {
		return p.Serial
	}
	serial := make([]byte, 17) // the first octet is the sign
	rand.Read(serial[1:])
	serial[1] |= 0x80 // never zero, and always of the same length
	return serial
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

// usageIsCritical keeps the keyUsage critical, as RFC 5280 section 4.2.1.3
// advises and certtool does, but for end certificates without keyEncipherment:
// QEMU before 7.2.22 refuses to load one whose keyUsage is critical and lacks
// that usage, and ECDSA and Ed25519 keys must not have it (RFC 8813 section 3,
// RFC 9295 section 3). It ignores the lack where the extension is not critical, so
// that servers with keys of every type start with every QEMU.
func usageIsCritical(p *templates.Profile, usage x509.KeyUsage) bool {
	return p.CA || usage&x509.KeyUsageKeyEncipherment != 0
}
