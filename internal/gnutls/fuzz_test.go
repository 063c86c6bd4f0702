package gnutls

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"vncsec/internal/oddcert"
)

func seedCertificates() [][]byte {
	key, rsaKey := oddcert.P256(), oddcert.RSA(1024)
	extensions := []oddcert.Extension{
		oddcert.BasicConstraints(true, true, 1), oddcert.KeyUsage(true, oddcert.CertSign|oddcert.DigitalSignature),
		oddcert.ExtKeyUsage(false, oddcert.ServerAuth), oddcert.SubjectKeyID("id"), oddcert.AuthorityKeyID("id"),
		oddcert.SubjectAltName(false, oddcert.DNS("a.example"), oddcert.IP("::1")),
		oddcert.NameConstraints([]oddcert.GeneralName{oddcert.DNS("example")}, []oddcert.GeneralName{oddcert.Net("10.0.0.0/8"), oddcert.Email("x@example")}),
	}
	return [][]byte{
		oddcert.Spec{Issuer: "CA", Subject: "CA", Key: key.Public(), Signer: key, Extensions: extensions}.DER(),
		oddcert.Spec{Issuer: "CA", Subject: "CA", Key: rsaKey.Public(), Signer: rsaKey, Version: 1}.DER(),
	}
}

// FuzzParse reads arbitrary bytes as a certificate and uses all of it. What
// crypto/x509 reads as well must say the same.
func FuzzParse(f *testing.F) {
	for _, der := range seedCertificates() {
		f.Add(der)
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		cert, err := Parse(der)
		if err != nil {
			return
		}
		useEverything(cert)
		known, err := x509.ParseCertificate(der)
		if err != nil {
			return
		}
		if !bytes.Equal(known.RawSubject, cert.RawSubject) || !bytes.Equal(known.RawIssuer, cert.RawIssuer) ||
			!bytes.Equal(known.RawTBSCertificate, cert.RawTBS) || !bytes.Equal(known.RawSubjectPublicKeyInfo, cert.RawSPKI) {
			t.Error("a part differs from that of crypto/x509")
		}
		if !known.NotAfter.Equal(cert.NotAfter) || !known.NotBefore.Equal(cert.NotBefore) || known.Version != cert.Version {
			t.Errorf("times or version differ: %v to %v, %d", cert.NotBefore, cert.NotAfter, cert.Version)
		}
		if bc, err := cert.BasicConstraints(); err == nil && (bc != nil) != known.BasicConstraintsValid {
			t.Errorf("basic constraints differ: %+v", bc)
		} else if bc != nil && bc.CA != known.IsCA {
			t.Errorf("CA differs: %+v", bc)
		}
	})
}

func useEverything(cert *Certificate) {
	cert.KeyUsage()
	cert.Purposes()
	cert.MatchesHost("a.example")
	cert.HostNames()
	cert.Holder()
	_ = cert.Subject() + cert.Issuer() + cert.SignatureName()
	Verify([]*Certificate{cert}, []*Certificate{cert}, time.Unix(1e9, 0))
	Verify([]*Certificate{cert, cert, cert}, []*Certificate{cert}, time.Unix(1e9, 0))
	(&verifier{pathLeft: 3}).check(cert, cert, true)
	list := TrustList{Anchors: []*Certificate{cert}, Now: time.Unix(1e9, 0)}
	list.Verify([]*Certificate{cert}, Expected{Purpose: "1.3.6.1.5.5.7.3.1", Hostname: "a.example"})
	list.Verify([]*Certificate{cert, cert}, Expected{Email: "x@example"})
}

// FuzzCRL reads arbitrary bytes as a revocation list. What crypto/x509 reads as well
// must revoke the same.
func FuzzCRL(f *testing.F) {
	authority, err := Parse(seedCertificates()[0])
	if err != nil {
		f.Fatal(err)
	}
	key := oddcert.P256()
	issuer, err := x509.ParseCertificate(oddcert.Spec{Issuer: "CA", Subject: "CA", Key: key.Public(), Signer: key, Extensions: []oddcert.Extension{
		oddcert.BasicConstraints(true, true, 1), oddcert.KeyUsage(true, oddcert.CRLSign), oddcert.SubjectKeyID("id"),
	}}.DER())
	if err != nil {
		f.Fatal(err)
	}
	list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: time.Unix(1e9, 0), NextUpdate: time.Unix(2e9, 0)}
	list.RevokedCertificateEntries = []x509.RevocationListEntry{{SerialNumber: big.NewInt(7), RevocationTime: time.Unix(1e9, 0)}}
	der, err := x509.CreateRevocationList(rand.Reader, list, issuer, key)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(der)
	f.Fuzz(func(t *testing.T, der []byte) {
		crl, err := ParseCRL(der)
		if err != nil {
			return
		}
		crl.VerifyWith(authority, time.Unix(1e9, 0))
		if known, err := x509.ParseRevocationList(der); err == nil && len(known.RevokedCertificateEntries) != len(crl.Serials) {
			t.Errorf("%d serial numbers instead of %d", len(crl.Serials), len(known.RevokedCertificateEntries))
		}
	})
}

// FuzzFiles reads arbitrary text as each kind of file.
func FuzzFiles(f *testing.F) {
	for _, der := range seedCertificates() {
		f.Add(oddcert.CertPEM(der))
	}
	f.Add([]byte("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n-----BEGIN X509 CERTIFICATE"))
	f.Add([]byte("-----BEGIN DH PARAMETERS-----\nMAYCAQcCAQI=\n-----END DH PARAMETERS-----\n"))
	f.Add([]byte("-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if certs, err := Certificates(text); (err == nil) != (len(certs) > 0) {
			t.Errorf("%d certificates and error %v", len(certs), err)
		}
		CRLs(text)
		CheckDHParams(text)
	})
}

func TestPEMIsReadLikeOthers(t *testing.T) {
	der := seedCertificates()[0]
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for name, data := range map[string][]byte{
		"plain": text, "spaces": bytes.ReplaceAll(text, []byte("\n"), []byte(" \n\t")), "no line ends": bytes.ReplaceAll(text, []byte("\n"), nil),
		"other END line": bytes.Replace(text, []byte("END CERTIFICATE"), []byte("END WHATEVER"), 1),
	} {
		certs, err := Certificates(data)
		if err != nil || len(certs) != 1 || !bytes.Equal(certs[0].Raw, der) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
