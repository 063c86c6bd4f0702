package probe

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"math"
	"strings"
	"time"
)

// CertificateFacts describe one certificate of a server's chain.
type CertificateFacts struct {
	Subject   string    `json:"subject"`
	Issuer    string    `json:"issuer"`
	Names     []string  `json:"names"` // of its subjectAltName
	Key       string    `json:"key"`
	Signature string    `json:"signature"`
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
	DaysLeft  int       `json:"days_left"`
	SHA256    string    `json:"sha256"` // fingerprint of the whole certificate
}

func describe(cert *x509.Certificate, now time.Time) CertificateFacts {
	return CertificateFacts{
		Subject:   cert.Subject.String(),
		Issuer:    cert.Issuer.String(),
		Names:     namesOf(cert),
		Key:       keyName(cert),
		Signature: cert.SignatureAlgorithm.String(),
		NotBefore: cert.NotBefore.UTC(),
		NotAfter:  cert.NotAfter.UTC(),
		DaysLeft:  daysLeft(cert, now),
		SHA256:    fingerprint(cert),
	}
}

// daysLeft counts whole days, and is negative once the certificate has expired.
func daysLeft(cert *x509.Certificate, now time.Time) int {
	return int(math.Floor(cert.NotAfter.Sub(now).Hours() / 24))
}

func namesOf(cert *x509.Certificate) []string {
	names := append([]string{}, cert.DNSNames...)
	for _, ip := range cert.IPAddresses {
		names = append(names, ip.String())
	}
	names = append(names, cert.EmailAddresses...)
	for _, uri := range cert.URIs {
		names = append(names, uri.String())
	}
	return names
}

func keyName(cert *x509.Certificate) string {
	switch key := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA %d", key.N.BitLen())
	case *ecdsa.PublicKey:
		return "ECDSA " + key.Curve.Params().Name
	case ed25519.PublicKey:
		return "Ed25519"
	}
	return cert.PublicKeyAlgorithm.String()
}

// fingerprint is in the form that OpenSSL prints.
func fingerprint(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.Raw)
	return strings.ReplaceAll(fmt.Sprintf("% X", sum[:]), " ", ":")
}

// selfSigned tells whether a certificate was signed with its own key.
func selfSigned(cert *x509.Certificate) bool {
	return string(cert.RawSubject) == string(cert.RawIssuer) &&
		cert.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature) == nil
}

// weakKey tells whether a key is an RSA key below the size that everybody accepts.
func weakKey(cert *x509.Certificate) bool {
	key, ok := cert.PublicKey.(*rsa.PublicKey)
	return ok && key.N.BitLen() < 2048
}

// weakSignature tells whether the hash of a signature is broken.
func weakSignature(cert *x509.Certificate) bool {
	switch cert.SignatureAlgorithm {
	case x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1:
		return true
	}
	return false
}

// daysSoon is how many days before the end of a certificate a warning begins, unless that
// is more than a third of its life. vncsec check has the same.
const daysSoon = 30

func expiresSoon(cert *x509.Certificate, now time.Time) bool {
	const day = 24 * time.Hour
	return cert.NotAfter.Sub(now) < min(daysSoon*day, cert.NotAfter.Sub(cert.NotBefore)/3)
}
