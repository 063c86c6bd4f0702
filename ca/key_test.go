package ca

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vncsec/internal/pbe"
	"vncsec/internal/peertest"
)

// testKeys makes one key of each type once for all tests: RSA keys take seconds.
var testKeys = map[KeyType]crypto.Signer{}

func testKey(t testing.TB, keyType KeyType) crypto.Signer {
	t.Helper()
	if key := testKeys[keyType]; key != nil {
		return key
	}
	key, err := keyType.Generate()
	if err != nil {
		t.Fatal(err)
	}
	testKeys[keyType] = key
	return key
}

func TestParseKeyType(t *testing.T) {
	for _, keyType := range KeyTypes() {
		got, err := ParseKeyType(strings.ToUpper(string(keyType)))
		if err != nil || got != keyType {
			t.Errorf("%s: got %q, %v", keyType, got, err)
		}
	}
	if _, err := ParseKeyType("rsa-1024"); err == nil || !strings.Contains(err.Error(), "rsa-2048") {
		t.Errorf("got %v, want the known types listed", err)
	}
	if _, err := KeyType("rsa-1024").Generate(); err == nil {
		t.Error("a key of an unknown type was made")
	}
}

func TestKeyRoundTrip(t *testing.T) {
	for _, keyType := range KeyTypes() {
		for _, passphrase := range passphrases(keyType, "pass phrase with blanks and ü") {
			key := testKey(t, keyType)
			data, err := MarshalKey(key, passphrase)
			if err != nil {
				t.Fatal(err)
			}
			got, err := ParseKey(data, passphrase)
			if err != nil {
				t.Fatalf("%s: %v", keyType, err)
			}
			wantSameKey(t, got, key)
		}
	}
}

// passphrases are those to try with a key. Sealing takes long, and does not look
// at what it seals; so it is tried with one key of each kind.
func passphrases(keyType KeyType, passphrase string) map[string][]byte {
	if keyType == ECDSAP384 || keyType == RSA3072 || keyType == RSA4096 {
		return map[string][]byte{"plain": nil}
	}
	return map[string][]byte{"plain": nil, "sealed": []byte(passphrase)}
}

func TestSealedKeyNeedsItsPassphrase(t *testing.T) {
	sealed, err := MarshalKey(testKey(t, ECDSAP256), []byte("right"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParseKey(sealed, nil); !errors.Is(err, ErrPassphraseNeeded) {
		t.Errorf("no passphrase: %v", err)
	}
	for _, wrong := range []string{"", "wrong", "right "} {
		if _, err := ParseKey(sealed, []byte(wrong)); !errors.Is(err, ErrPassphraseWrong) {
			t.Errorf("passphrase %q: %v", wrong, err)
		}
	}
	if _, err := MarshalKey(testKey(t, ECDSAP256), []byte{}); err == nil {
		t.Error("a key was sealed with an empty passphrase")
	}
}

func TestParseKeySkipsWhatIsNoKey(t *testing.T) {
	key := testKey(t, ECDSAP256)
	data, err := MarshalKey(key, nil)
	if err != nil {
		t.Fatal(err)
	}
	params := pem.EncodeToMemory(&pem.Block{Type: "EC PARAMETERS", Bytes: []byte{6, 1, 42}})
	got, err := ParseKey(bytes.Join([][]byte{[]byte("Public Key Info:\n"), params, data}, nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	wantSameKey(t, got, key)

	for name, text := range map[string]string{
		"nothing":         "",
		"only parameters": string(params),
		"damaged":         "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
	} {
		if _, err := ParseKey([]byte(text), nil); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestPeersOpenOurKeys opens what MarshalKey wrote with OpenSSL and GnuTLS.
func TestPeersOpenOurKeys(t *testing.T) {
	peertest.Need(t, "openssl", "certtool")
	const passphrase = "sesame open"
	for _, keyType := range KeyTypes() {
		key := testKey(t, keyType)
		for name, secret := range passphrases(keyType, passphrase) {
			t.Run(string(keyType)+"/"+name, func(t *testing.T) {
				data, err := MarshalKey(key, secret)
				if err != nil {
					t.Fatal(err)
				}
				path := writeTemp(t, "key.pem", data)
				public := run(t, "openssl", "pkey", "-in", path, "-passin", "pass:"+passphrase, "-pubout")
				wantPublicKey(t, public, key)
				run(t, "certtool", "--key-info", "--password="+passphrase, "--infile", path)
				public = run(t, "certtool", "--pubkey-info", "--password="+passphrase, "--load-privkey", path)
				wantPublicKey(t, public, key)
			})
		}
	}
	path := writeTemp(t, "key.pem", must(MarshalKey(testKey(t, ECDSAP256), []byte(passphrase))))
	if out, err := runError("openssl", "pkey", "-in", path, "-passin", "pass:wrong"); err == nil {
		t.Errorf("openssl opened the key with a wrong passphrase: %s", out)
	}
}

// TestPeersKeysOpenHere parses keys that OpenSSL and GnuTLS wrote.
func TestPeersKeysOpenHere(t *testing.T) {
	peertest.Need(t, "openssl", "certtool")
	const passphrase = "sesame open"
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain.pem")
	run(t, "openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", plain)
	want := must(ParseKey(must(os.ReadFile(plain)), nil))
	toPKCS8 := []string{"openssl", "pkcs8", "-topk8", "-in", plain, "-passout", "pass:" + passphrase}
	toP8 := []string{"certtool", "--to-p8", "--load-privkey", plain, "--password=" + passphrase}

	for name, command := range map[string][]string{
		"SEC 1":                  {"openssl", "ec", "-in", plain},
		"openssl aes-256":        append(toPKCS8, "-v2", "aes-256-cbc"),
		"openssl aes-128":        append(toPKCS8, "-v2", "aes-128-cbc"),
		"openssl aes-192 sha512": append(toPKCS8, "-v2", "aes-192-cbc", "-v2prf", "hmacWithSHA512"),
		"openssl 3des sha1":      append(toPKCS8, "-v2", "des3", "-v2prf", "hmacWithSHA1"),
		"certtool":               toP8,
		"certtool aes-256":       append(toP8, "--pkcs-cipher", "aes-256"),
		"certtool aes-192":       append(toP8, "--pkcs-cipher", "aes-192"),
		"certtool 3des":          append(toP8, "--pkcs-cipher", "3des"),
	} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "key.pem")
			option := "-out"
			if command[0] == "certtool" {
				option = "--outfile"
			}
			run(t, command[0], append(command[1:], option, out)...)
			data := must(os.ReadFile(out))
			got, err := ParseKey(data, []byte(passphrase))
			if err != nil {
				t.Fatalf("%v\n%s", err, data)
			}
			wantSameKey(t, got, want)
		})
	}

	t.Run("PKCS 1", func(t *testing.T) {
		data := run(t, "certtool", "--generate-privkey", "--rsa", "--bits", "2048")
		if _, err := ParseKey(data, nil); err != nil || !bytes.Contains(data, []byte(pemPKCS1)) {
			t.Errorf("%v\n%s", err, data)
		}
	})
	for name, command := range map[string][]string{
		"scrypt":          append(toPKCS8, "-scrypt"),
		"PKCS 12 cipher":  append(toP8, "--pkcs-cipher", "3des-pkcs12"),
		"old OpenSSL way": {"openssl", "ec", "-in", plain, "-aes128", "-passout", "pass:" + passphrase},
	} {
		t.Run("refused "+name, func(t *testing.T) {
			data := run(t, command[0], command[1:]...)
			if _, err := ParseKey(data, []byte(passphrase)); err == nil || !strings.Contains(err.Error(), "openssl pkcs8 -topk8") {
				t.Errorf("got %v, want the way to convert the key", err)
			}
		})
	}
}

func TestDamagedFilesAreRefused(t *testing.T) {
	root := testCA(t, "Root", nil, nil)
	good := string(MarshalCertificate(root.cert))
	crl := string(pem.EncodeToMemory(&pem.Block{Type: pemCRL, Bytes: testCRL(t, root, nil).Raw}))
	garbled := func(text string) string { return strings.Replace(text, "\nM", "\n!M", 1) }
	for name, text := range map[string]string{
		"empty":              "",
		"no certificate":     "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
		"one of two":         good + garbled(good),
		"the end is missing": good + good[:len(good)/2],
		"another kind":       crl,
	} {
		if certs, err := ParseCertificates([]byte(text)); err == nil {
			t.Errorf("%s: got %d certificates", name, len(certs))
		}
	}
	for name, text := range map[string]string{"empty": "", "one of two": garbled(crl) + crl, "another kind": good} {
		if crls, err := ParseCRLs([]byte(text)); err == nil {
			t.Errorf("%s: got %d revocation lists", name, len(crls))
		}
	}
	// Text and other blocks are no damage, nor are the line ends of Windows.
	mixed := strings.ReplaceAll("Certificate:\n"+good+crl+good, "\n", "\r\n")
	if certs, err := ParseCertificates([]byte(mixed)); err != nil || len(certs) != 2 {
		t.Errorf("got %d certificates, %v", len(certs), err)
	}
}

func FuzzParseKey(f *testing.F) {
	key := testKey(f, ECDSAP256)
	f.Add(must(MarshalKey(key, nil)))
	f.Add(must(MarshalKey(key, []byte("x"))))
	f.Add(pem.EncodeToMemory(&pem.Block{Type: pemSEC1, Bytes: []byte{0x30, 0x03, 2, 1, 1}}))
	f.Fuzz(func(t *testing.T, data []byte) {
		key, err := ParseKey(data, nil)
		if err != nil {
			return
		}
		again, err := MarshalKey(key, nil)
		if err != nil {
			t.Skip("a key that PKCS #8 has no form for")
		}
		wantSameKey(t, must(ParseKey(again, nil)), key)
	})
}

// FuzzOpen reaches the sealed form below the PEM and without the 600,000 rounds.
func FuzzOpen(f *testing.F) {
	block, _ := pem.Decode(must(MarshalKey(testKey(f, ECDSAP256), []byte("x"))))
	rounds := []byte{2, 3, 0x09, 0x27, 0xc0} // INTEGER 600000
	if !bytes.Contains(block.Bytes, rounds) {
		f.Fatal("the rounds are not where they were")
	}
	f.Add(bytes.Replace(block.Bytes, rounds, []byte{2, 3, 0, 0, 1}, 1))
	f.Add(bytes.Replace(block.Bytes, rounds, []byte{2, 3, 0xff, 0xff, 0xff}, 1))
	f.Fuzz(func(t *testing.T, der []byte) {
		var sealed sealedKey
		if _, err := asn1.Unmarshal(der, &sealed); err == nil {
			if info, err := pbe.Describe(sealed.Algorithm); err == nil && info.Rounds > 1000 {
				t.Skip("slow")
			}
		}
		if plain, err := open(der, []byte("x")); err == nil && len(plain) >= len(der) {
			t.Error("more came out than went in")
		}
	})
}

func FuzzParseCertificates(f *testing.F) {
	root := testCA(f, "Root", nil, nil)
	f.Add(MarshalCertificate(root.cert, root.cert))
	f.Fuzz(func(t *testing.T, data []byte) {
		certs, err := ParseCertificates(data)
		if err != nil {
			return
		}
		again, err := ParseCertificates(MarshalCertificate(certs...))
		if err != nil || len(again) != len(certs) {
			t.Errorf("%d certificates became %d: %v", len(certs), len(again), err)
		}
	})
}

func wantSameKey(t *testing.T, got, want crypto.Signer) {
	t.Helper()
	if !got.Public().(interface{ Equal(crypto.PublicKey) bool }).Equal(want.Public()) {
		t.Error("another key came out")
	}
}

// wantPublicKey looks for a PEM public key in what a peer printed.
func wantPublicKey(t *testing.T, printed []byte, key crypto.Signer) {
	t.Helper()
	want, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(printed)
	if block == nil || !bytes.Equal(block.Bytes, want) {
		t.Errorf("not the public key of the private one:\n%s", printed)
	}
}
