package keys

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cloudflare/circl/sign/ed448"

	"vncsec/internal/pbe"
	"vncsec/internal/peertest"
)

// generate makes a key of every kind.
func generate(t testing.TB) map[string]Private {
	t.Helper()
	must := func(key Private, err error) Private {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	_, ed448Key, err448 := ed448.GenerateKey(rand.Reader)
	dsaKey, errDSA := GenerateDSA(rand.Reader, 1024)
	if err := errors.Join(err448, errDSA); err != nil {
		t.Fatal(err)
	}
	return map[string]Private{
		"rsa":                  rsaKey,
		"rsa-pss":              &PSSPrivate{PrivateKey: rsaKey},
		"rsa-pss with a hash":  &PSSPrivate{PrivateKey: rsaKey, Params: PSSParams{Hash: crypto.SHA384, Salt: 48}},
		"rsa-pss with SHA-1":   &PSSPrivate{PrivateKey: rsaKey, Params: PSSParams{Hash: crypto.SHA1, Salt: 20}},
		"rsa-pss without salt": &PSSPrivate{PrivateKey: rsaKey, Params: PSSParams{Hash: crypto.SHA256, Salt: 0}},
		"p224":                 must(ecdsa.GenerateKey(elliptic.P224(), rand.Reader)),
		"p256":                 must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)),
		"p521":                 must(ecdsa.GenerateKey(elliptic.P521(), rand.Reader)),
		"ed25519":              must(ed, err),
		"ed448":                must(ed448Key, err),
		"x448":                 GenerateX448(),
		"dsa":                  dsaKey,
		"x25519":               must(ecdh.X25519().GenerateKey(rand.Reader)),
	}
}

// same compares keys with their restrictions.
func same(a, b Private) bool {
	if a, ok := a.(*PSSPrivate); ok {
		b, ok := b.(*PSSPrivate)
		return ok && a.Params == b.Params && a.PrivateKey.Equal(b.PrivateKey)
	}
	return a.(interface{ Equal(crypto.PrivateKey) bool }).Equal(b)
}

// TestRoundTrip encodes keys in all ways and reads them again.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	password := pbe.Password{Text: []byte("secret")}
	for name, key := range generate(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check := func(label string, der []byte, err error, password *pbe.Password) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
				armored := pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der})
				for form, got := range map[string]func() (Private, error){
					"PEM": func() (Private, error) { return Parse(armored, false, password) },
					"DER": func() (Private, error) { return Parse(der, true, password) },
				} {
					if got, err := got(); err != nil || !same(key, got) {
						t.Errorf("%s %s: %T, %v", form, label, got, err)
					}
				}
			}
			der, err := MarshalPKCS8(key)
			check(LabelPKCS8, der, err, nil)
			if name == "p256" { // sealing takes long, and does not look at what it seals
				der, err = SealPKCS8(key, pbe.AES256, password)
				check(LabelSealed, der, err, &password)
			}
			if label, der, ok := MarshalTraditional(key); ok {
				check(label, der, nil, nil)
			}

			spki, err := MarshalPublic(key.Public())
			if err != nil {
				t.Fatal(err)
			}
			public, err := ParsePublic(spki)
			if err != nil || !key.Public().(interface{ Equal(crypto.PublicKey) bool }).Equal(public) {
				t.Errorf("public key: %T, %v", public, err)
			}
		})
	}
}

// openssl runs OpenSSL in a folder.
func openssl(t *testing.T, dir string, args string) {
	t.Helper()
	command := exec.Command("openssl", strings.Fields(args)...)
	command.Dir = dir
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
}

// TestOpenSSLKeys reads what OpenSSL writes, encrypted in its new and old ways.
func TestOpenSSLKeys(t *testing.T) {
	t.Parallel()
	peertest.Need(t, "openssl")
	dir := t.TempDir()
	openssl(t, dir, "ecparam -genkey -name prime256v1 -out key.pem")
	data, err := os.ReadFile(filepath.Join(dir, "key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := Parse(data, false, nil) // behind a block with the curve's parameters
	if err != nil {
		t.Fatal(err)
	}
	right, wrong := &pbe.Password{Text: []byte("secret")}, &pbe.Password{Text: []byte("wrong")}
	for _, args := range []string{
		"pkcs8 -topk8 -v2 aes-128-cbc",
		"pkcs8 -topk8 -v2 aes-192-cbc -v2prf hmacWithSHA1",
		"pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA512 -iter 1000",
		"pkcs8 -topk8 -v2 des3",
		"pkcs8 -topk8 -v1 PBE-SHA1-3DES",
		"pkcs8 -topk8 -v1 PBE-SHA1-RC2-40 -provider legacy -provider default",
		"pkcs8 -topk8 -v1 PBE-SHA1-RC4-128 -provider legacy -provider default",
		"ec -aes128", "ec -aes192", "ec -aes256", "ec -des3",
		"ec -des -provider legacy -provider default",
	} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			name := strings.ReplaceAll(args, " ", "_")
			openssl(t, dir, args+" -in key.pem -passout pass:secret -out "+name)
			sealed, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			var needed *SealedError
			if _, err := Parse(sealed, false, nil); !errors.As(err, &needed) {
				t.Errorf("without a password: %v", err)
			}
			if _, err := Parse(sealed, false, wrong); !errors.Is(err, ErrDecrypt) {
				t.Errorf("with a wrong password: %v", err)
			}
			got, err := Parse(sealed, false, right)
			if err != nil || !same(key, got) {
				t.Errorf("%T, %v", got, err)
			}
		})
	}
}

// TestOpenSSLReads lets OpenSSL read every key and every cipher of ours.
func TestOpenSSLReads(t *testing.T) {
	t.Parallel()
	peertest.Need(t, "openssl")
	dir := t.TempDir()
	all := generate(t)
	store := func(name, label string, der []byte, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		data := pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der})
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
		openssl(t, dir, "pkey -noout -passin pass:secret -provider legacy -provider default -in "+name)
	}
	for name, key := range all {
		der, err := MarshalPKCS8(key)
		store(strings.ReplaceAll(name, " ", "_"), LabelPKCS8, der, err)
	}
	for _, c := range []pbe.Cipher{pbe.AES128, pbe.AES192, pbe.AES256, pbe.TripleDES, pbe.PKCS12_3DES, pbe.PKCS12_RC4, pbe.PKCS12_RC2} {
		der, err := SealPKCS8(all["p256"], c, pbe.Password{Text: []byte("secret")})
		store("sealed", LabelSealed, der, err)
	}
}

// TestNoKey words what is no key as GnuTLS does.
func TestNoKey(t *testing.T) {
	for name, test := range map[string]struct {
		data string
		der  bool
		want error
	}{
		"nothing":      {"", false, ErrNone},
		"text":         {"hello", false, ErrNone},
		"no key":       {"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", false, ErrNone},
		"empty DER":    {"", true, ErrTag},
		"other DER":    {"0\x00", true, ErrTag},
		"damaged RSA":  {"-----BEGIN RSA PRIVATE KEY-----\nMAA=\n-----END RSA PRIVATE KEY-----\n", false, ErrTag},
		"damaged EC":   {"-----BEGIN EC PRIVATE KEY-----\nMAA=\n-----END EC PRIVATE KEY-----\n", false, ErrTag},
		"damaged seal": {"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n", false, ErrTag},
	} {
		if _, err := Parse([]byte(test.data), test.der, nil); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}

// FuzzParse reads keys that may be anything; what is read can be written and read
// again.
func FuzzParse(f *testing.F) {
	for _, key := range generate(f) {
		der, err := MarshalPKCS8(key)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(der, true)
		f.Add(pem.EncodeToMemory(&pem.Block{Type: LabelPKCS8, Bytes: der}), false)
		if label, der, ok := MarshalTraditional(key); ok {
			f.Add(der, true)
			f.Add(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}), false)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, der bool) {
		key, err := Parse(data, der, nil)
		if err != nil {
			return
		}
		again, err := MarshalPKCS8(key)
		if err != nil {
			t.Fatalf("%T cannot be encoded: %v", key, err)
		}
		if got, err := ParsePKCS8(again); err != nil || !same(key, got) {
			t.Errorf("%T is read again as %T, %v", key, got, err)
		}
	})
}

// FuzzParsePublic reads public keys that may be anything.
func FuzzParsePublic(f *testing.F) {
	for _, key := range generate(f) {
		der, err := MarshalPublic(key.Public())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(der)
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		key, err := ParsePublic(der)
		if err != nil {
			return
		}
		if _, err := MarshalPublic(key); err != nil {
			t.Errorf("%T cannot be encoded: %v", key, err)
		}
	})
}
