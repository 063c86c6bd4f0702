package tbs_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/asn1"
	"testing"

	"vncsec/ca/tbs"
	"vncsec/templates"
)

// FuzzBuild builds what certtool makes of any template. There is no panic, and what was
// built is read again as what it was. Names and extensions in hexadecimal may be any
// octets, so crypto/x509 need not read all of it: package ca refuses what it does not.
func FuzzBuild(f *testing.F) {
	for _, text := range extensionCases {
		f.Add(text)
	}
	for _, text := range timeCases {
		f.Add(text)
	}
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	public := must(x509.MarshalPKIXPublicKey(key.Public()))
	p := &peer{public: public}
	issuer := must(certificateOf(must(read("cn = Issuer\nca\n"+fixed, templates.SelfSigned)), public, nil, 3, false))
	scheme := must(tbs.SchemeOf(key.Public(), 0))
	f.Fuzz(func(t *testing.T, text string) {
		for name, w := range ways(issuer) {
			profile, err := read(text+"\n"+fixed, w.purpose)
			if err != nil {
				return
			}
			contents, err := w.build(profile, p)
			if err != nil {
				continue
			}
			der, err := tbs.Sign(contents, key, scheme)
			if err != nil {
				continue
			}
			if err := readAgain(contents, der); err != nil {
				t.Errorf("%s: %v\n%x", name, err, der)
			}
		}
	})
}

// readAgain demands that a structure is read as what it was built from.
func readAgain(contents tbs.Contents, der []byte) error {
	var again tbs.Contents
	var err error
	switch contents := contents.(type) {
	case *tbs.Certificate:
		again, err = tbs.ParseCertificate(der)
	case *tbs.Request:
		again, err = parseRequest(contents, der)
	case *tbs.RevocationList:
		again, err = tbs.ParseRevocationList(der)
	}
	if err != nil {
		return err
	}
	return sameContents(contents, again)
}

// parseRequest reads a request; the password is not read, and taken from the first.
func parseRequest(first *tbs.Request, der []byte) (tbs.Contents, error) {
	r, err := tbs.ParseRequest(der)
	if err == nil {
		r.ChallengePassword = first.ChallengePassword
	}
	return r, err
}

type notTheSame struct{ first, second []byte }

func (e notTheSame) Error() string { return "read again it is something else" }

func sameContents(a, b tbs.Contents) error {
	algorithm := []byte{0x30, 0}
	first, err := a.Marshal(algorithm)
	if err != nil {
		return err
	}
	second, err := b.Marshal(algorithm)
	if err != nil {
		return err
	}
	if !bytes.Equal(first, second) {
		return notTheSame{first, second}
	}
	return nil
}

// FuzzParse reads hostile structures. What can be read can be written and read again,
// and what crypto/x509 reads has the same parts.
func FuzzParse(f *testing.F) {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	public := must(x509.MarshalPKIXPublicKey(key.Public()))
	scheme := must(tbs.SchemeOf(key.Public(), 0))
	p := &peer{public: public}
	issuer := must(certificateOf(must(read("cn = Issuer\nca\n"+fixed, templates.SelfSigned)), public, nil, 3, false))
	for _, text := range []string{"", "cn = x\ndns_name = a\ntls_www_server\nsubject_unique_id = 01\nchallenge_password = x"} {
		for _, w := range ways(issuer) {
			contents, err := w.build(must(read(text+"\n"+fixed, w.purpose)), p)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(must(tbs.Sign(contents, key, scheme)))
		}
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		if cert, err := tbs.ParseCertificate(der); err == nil {
			compareParts(t, der, cert)
			signAgain(t, cert, key, scheme)
		}
		if request, err := tbs.ParseRequest(der); err == nil {
			signAgain(t, request, key, scheme)
		}
		if list, err := tbs.ParseRevocationList(der); err == nil {
			signAgain(t, list, key, scheme)
		}
	})
}

func compareParts(t *testing.T, der []byte, cert *tbs.Certificate) {
	t.Helper()
	peer, err := x509.ParseCertificate(der)
	if err != nil {
		return
	}
	serial := must(asn1.Marshal(peer.SerialNumber))
	if !bytes.Equal(peer.RawSubject, cert.Subject) || !bytes.Equal(peer.RawIssuer, cert.Issuer) ||
		!bytes.Equal(peer.RawSubjectPublicKeyInfo, cert.PublicKey) || !bytes.HasSuffix(serial, cert.Serial) ||
		peer.Version != cert.Version || len(peer.Extensions) != len(cert.Extensions) ||
		!peer.NotBefore.Equal(cert.NotBefore) || !peer.NotAfter.Equal(cert.NotAfter) {
		t.Errorf("crypto/x509 reads %+v, we %+v", peer, cert)
	}
}

func signAgain(t *testing.T, contents tbs.Contents, key ed25519.PrivateKey, scheme tbs.Scheme) {
	t.Helper()
	der, err := tbs.Sign(contents, key, scheme)
	if err != nil {
		return
	}
	if err := readAgain(contents, der); err != nil {
		t.Errorf("%v\n%x", err, der)
	}
}
