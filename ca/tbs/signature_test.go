package tbs_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/cloudflare/circl/sign/ed448"

	"vncsec/ca/tbs"
	"vncsec/templates"
)

func minimal(t testing.TB, public crypto.PublicKey) *tbs.Certificate {
	t.Helper()
	name := must(tbs.Name([]templates.Attribute{{Type: []int{2, 5, 4, 3}, Value: "x"}}))
	return &tbs.Certificate{
		Version: 3, Serial: []byte{1}, Issuer: name, Subject: name,
		NotBefore: time.Unix(1600000000, 0), NotAfter: time.Unix(4000000000, 0),
		PublicKey: must(x509.MarshalPKIXPublicKey(public)),
	}
}

// TestSignatures has every scheme verified by GnuTLS.
func TestSignatures(t *testing.T) {
	p := newPeer(t)
	edKey := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, ed25519.SeedSize))
	sha2 := []crypto.Hash{crypto.SHA224, crypto.SHA256, crypto.SHA384, crypto.SHA512}
	all := append(sha2, crypto.SHA1, crypto.SHA3_224, crypto.SHA3_256, crypto.SHA3_384, crypto.SHA3_512)
	for name, test := range map[string]struct {
		key    crypto.Signer
		hashes []crypto.Hash
		choose crypto.Hash // the default
	}{
		"RSA":     {p.key, append(all, crypto.MD5), crypto.SHA256},
		"P-256":   {must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)), all, crypto.SHA256},
		"P-384":   {must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader)), all, crypto.SHA384},
		"P-521":   {must(ecdsa.GenerateKey(elliptic.P521(), rand.Reader)), all, crypto.SHA512},
		"Ed25519": {edKey, []crypto.Hash{crypto.SHA512}, crypto.SHA512},
	} {
		public := test.key.Public()
		if hash := tbs.DefaultHash(public); hash != test.choose {
			t.Errorf("%s chooses %v", name, hash)
		}
		for _, hash := range append(test.hashes, 0) {
			scheme, err := tbs.SchemeOf(public, hash)
			if err != nil {
				t.Errorf("%s with %v: %v", name, hash, err)
				continue
			}
			p.verifies(t, test.key, scheme)
		}
	}
	for _, hash := range sha2[1:] {
		scheme, err := tbs.PSS(&p.key.PublicKey, hash, 0)
		if err != nil || scheme.Salt != hash.Size() {
			t.Errorf("PSS with %v: salt %d, %v", hash, scheme.Salt, err)
		}
		p.verifies(t, p.key, scheme)
	}
}

// verifies has GnuTLS look at a signature, and at a damaged one. Whether the algorithm is
// good enough does not matter.
func (p *peer) verifies(t *testing.T, key crypto.Signer, scheme tbs.Scheme) {
	t.Helper()
	issuer, leaf := minimal(t, key.Public()), minimal(t, key.Public())
	issuer.Extensions.Set(tbs.OIDBasicConstraints, true, []byte{0x30, 3, 1, 1, 0xff})
	leaf.Subject = must(tbs.Name(nil))
	p.write(t, "ca.pem", pemOf(must(tbs.Sign(issuer, key, scheme))))
	der := must(tbs.Sign(leaf, key, scheme))
	if out := p.verdict(t, der); strings.Contains(out, invalid) || !strings.Contains(out, "verification output: ") {
		t.Errorf("%v %v: %s", scheme.Algorithm.Algorithm, scheme.Hash, out)
	}
	der[len(der)-1] ^= 1
	if out := p.verdict(t, der); !strings.Contains(out, invalid) {
		t.Errorf("%v %v, damaged: %s", scheme.Algorithm.Algorithm, scheme.Hash, out)
	}
}

const invalid = "signature in the certificate is invalid"

func pemOf(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// verdict is what certtool says of a certificate; an error is one of its answers.
func (p *peer) verdict(t *testing.T, der []byte) string {
	t.Helper()
	p.write(t, "leaf.pem", pemOf(der))
	cmd := exec.Command("certtool", "--verify", "--verify-allow-broken", "--load-ca-certificate", "ca.pem", "--infile", "leaf.pem")
	cmd.Dir = p.dir
	out, _ := cmd.CombinedOutput()
	return string(out)
}

func TestNoScheme(t *testing.T) {
	rsaKey := must(rsa.GenerateKey(rand.Reader, 1024))
	p256 := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	edPublic := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)).Public()
	ed448Public, _, err := ed448.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, scheme := range map[string]func() (tbs.Scheme, error){
		"RSA with RIPEMD":    func() (tbs.Scheme, error) { return tbs.SchemeOf(rsaKey.Public(), crypto.RIPEMD160) },
		"ECDSA with MD5":     func() (tbs.Scheme, error) { return tbs.SchemeOf(p256.Public(), crypto.MD5) },
		"Ed25519 with SHA-2": func() (tbs.Scheme, error) { return tbs.SchemeOf(edPublic, crypto.SHA256) },
		"Ed448 with SHA-2":   func() (tbs.Scheme, error) { return tbs.SchemeOf(ed448Public, crypto.SHA512) },
		"no key":             func() (tbs.Scheme, error) { return tbs.SchemeOf("key", crypto.SHA512) },
		"PSS with SHA-1":     func() (tbs.Scheme, error) { return tbs.PSS(&rsaKey.PublicKey, crypto.SHA1, 0) },
		"PSS with SHA-3":     func() (tbs.Scheme, error) { return tbs.PSS(&rsaKey.PublicKey, crypto.SHA3_256, 0) },
		"PSS, long salt":     func() (tbs.Scheme, error) { return tbs.PSS(&rsaKey.PublicKey, crypto.SHA256, 95) },
	} {
		if _, err := scheme(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if scheme, err := tbs.PSS(&rsaKey.PublicKey, crypto.SHA512, 0); err != nil || scheme.Salt != 62 {
		t.Errorf("a salt that fits: %d, %v", scheme.Salt, err)
	}
	if scheme, err := tbs.SchemeOf(ed448Public, 0); err != nil || scheme.Hash != 0 {
		t.Errorf("Ed448: %v", err)
	}
}

func TestMarshalRefuses(t *testing.T) {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	one := tbs.Extensions{{Id: []int{1, 2, 3}, Value: []byte{5, 0}}}
	for name, change := range map[string]func(*tbs.Certificate){
		"no serial number":           func(c *tbs.Certificate) { c.Serial = nil },
		"extensions in version 1":    func(c *tbs.Certificate) { c.Version, c.Extensions = 1, one },
		"extensions in version 2":    func(c *tbs.Certificate) { c.Version, c.Extensions = 2, one },
		"an identifier in version 1": func(c *tbs.Certificate) { c.Version = 1; c.SetUniqueIDs([]byte{1}, nil) },
		"an extension twice":         func(c *tbs.Certificate) { c.Extensions = append(one, one...) },
	} {
		cert := minimal(t, key.Public())
		change(cert)
		if _, err := cert.Marshal([]byte{0x30, 0}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
