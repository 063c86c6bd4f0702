package peertest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Authority is a certificate authority made with crypto/x509 and nothing of
// vncsec's, for the certificates that vncsec does not issue: foreign, expired,
// revoked, or for the wrong role.
type Authority struct {
	Certificate *x509.Certificate
	Key         crypto.Signer
}

// NewAuthority makes an authority with a key of its own. Its name is a common
// name only, so that one of the same name as another's can be had.
func NewAuthority(t testing.TB, name string) *Authority {
	t.Helper()
	a := &Authority{Key: newKey(t)}
	a.Certificate = a.sign(t, a.Key.Public(), func(c *x509.Certificate) {
		c.Subject.CommonName = name
		c.IsCA = true
		c.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	})
	return a
}

// LoadAuthority takes over ca-cert.pem and an unsealed ca-key.pem from a folder.
func LoadAuthority(t testing.TB, dir string) *Authority {
	t.Helper()
	cert, err := x509.ParseCertificate(readPEM(t, filepath.Join(dir, "ca-cert.pem")))
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.ParsePKCS8PrivateKey(readPEM(t, filepath.Join(dir, "ca-key.pem")))
	if err != nil {
		t.Fatal(err)
	}
	return &Authority{Certificate: cert, Key: key.(crypto.Signer)}
}

// Server is a change for Issue: a server on this machine.
func Server(c *x509.Certificate) {
	c.Subject.CommonName = "localhost"
	c.DNSNames = []string{"localhost"}
	c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
}

// Client is a change for Issue: a user.
func Client(c *x509.Certificate) {
	c.Subject.CommonName = "user"
	c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
}

// Expired is a change for Issue: the certificate ended yesterday.
func Expired(c *x509.Certificate) {
	c.NotBefore = time.Now().AddDate(0, 0, -2)
	c.NotAfter = time.Now().AddDate(0, 0, -1)
}

// Issue writes the files of a role, "server" or "client", into a folder under
// QEMU's names: ca-cert.pem, ROLE-cert.pem and ROLE-key.pem. The changes say
// what the certificate holds.
func (a *Authority) Issue(t testing.TB, dir, role string, changes ...func(*x509.Certificate)) *x509.Certificate {
	t.Helper()
	key := newKey(t)
	cert := a.sign(t, key.Public(), append([]func(*x509.Certificate){func(c *x509.Certificate) {
		c.KeyUsage = x509.KeyUsageDigitalSignature
	}}, changes...)...)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	writePEM(t, filepath.Join(dir, "ca-cert.pem"), "CERTIFICATE", a.Certificate.Raw)
	writePEM(t, filepath.Join(dir, role+"-cert.pem"), "CERTIFICATE", cert.Raw)
	writePEM(t, filepath.Join(dir, role+"-key.pem"), "PRIVATE KEY", der)
	return cert
}

// Revoke writes ca-crl.pem into a folder, a list with the given certificates.
func (a *Authority) Revoke(t testing.TB, dir string, certs ...*x509.Certificate) {
	t.Helper()
	list := &x509.RevocationList{
		Number:     big.NewInt(1),
		ThisUpdate: time.Now().Add(-time.Hour),
		NextUpdate: time.Now().AddDate(0, 0, 1),
	}
	for _, cert := range certs {
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: cert.SerialNumber, RevocationTime: list.ThisUpdate})
	}
	der, err := x509.CreateRevocationList(rand.Reader, list, a.Certificate, a.Key)
	if err != nil {
		t.Fatal(err)
	}
	writePEM(t, filepath.Join(dir, "ca-crl.pem"), "X509 CRL", der)
}

// sign makes a certificate, by itself when the authority has none yet.
func (a *Authority) sign(t testing.TB, pub crypto.PublicKey, changes ...func(*x509.Certificate)) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber:          serial(t),
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().AddDate(0, 0, 30),
		BasicConstraintsValid: true,
	}
	for _, change := range changes {
		change(template)
	}
	parent := a.Certificate
	if parent == nil {
		parent = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, pub, a.Key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func serial(t testing.TB) *big.Int {
	t.Helper()
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		t.Fatal(err)
	}
	return n.Add(n, big.NewInt(1)) // never 0
}

func newKey(t testing.TB) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func writePEM(t testing.TB, path, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

func readPEM(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(data)
	if block == nil {
		t.Fatalf("%s holds no PEM block", path)
	}
	return block.Bytes
}
