package pkcs12

import (
	"bytes"
	"crypto"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vncsec/internal/pbe"
	"vncsec/internal/peertest"
)

// content is one of every kind of bag.
var content = []Safe{
	{Encrypted: true, Bags: []Bag{{Kind: Certificate, Data: []byte("cert"), Name: "näme 𝄞", ID: []byte{1, 2}}, {Kind: Certificate, Data: []byte("ca")}}},
	{Encrypted: true, Bags: []Bag{{Kind: CRL, Data: []byte("crl")}}},
	{Bags: []Bag{{Kind: SealedKey, Data: []byte{0x30, 0}, Name: "key", ID: []byte{1, 2}}, {Kind: Key, Data: []byte{0x30, 0}}}},
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	password := pbe.Password{Text: []byte("secret")}
	der, err := Marshal(content, pbe.AES128, password, crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Verify(password); err != nil {
		t.Error(err)
	}
	if err := f.Verify(pbe.Password{Text: []byte("wrong")}); !errors.Is(err, ErrMAC) {
		t.Errorf("a wrong password: %v", err)
	}
	for i := range f.Safes {
		if safe := f.Safes[i]; safe.Encrypted && safe.Open(pbe.Password{Text: []byte("wrong")}) == nil {
			t.Errorf("safe %d opens with the wrong password", i)
		}
		if err := f.Safes[i].Open(password); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(content[i].Bags, f.Safes[i].Bags); diff != "" {
			t.Errorf("safe %d: %s", i, diff)
		}
	}
	f.content[len(f.content)-1] ^= 1
	if err := f.Verify(password); !errors.Is(err, ErrMAC) {
		t.Errorf("changed contents: %v", err)
	}
}

// TestOpenSSLFile reads a file of OpenSSL's.
func TestOpenSSLFile(t *testing.T) {
	t.Parallel()
	peertest.Need(t, "openssl")
	dir := t.TempDir()
	run := func(args string) {
		t.Helper()
		command := exec.Command("openssl", strings.Fields(args)...)
		command.Dir = dir
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", command, err, out)
		}
	}
	run("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x -keyout key.pem -out cert.pem")
	for _, args := range []string{"", "-legacy", "-keypbe NONE -certpbe NONE", "-macalg sha512", "-nomac"} {
		run("pkcs12 -export -inkey key.pem -in cert.pem -name me -passout pass:secret -out file.p12 " + args)
		der, err := os.ReadFile(filepath.Join(dir, "file.p12"))
		if err != nil {
			t.Fatal(err)
		}
		f, err := Parse(der)
		if err != nil {
			t.Fatalf("%s: %v", args, err)
		}
		password := pbe.Password{Text: []byte("secret")}
		if err := f.Verify(password); (err != nil) != (args == "-nomac") {
			t.Errorf("%s: %v", args, err)
		}
		var kinds []Kind
		for i := range f.Safes {
			if err := f.Safes[i].Open(password); err != nil {
				t.Fatalf("%s: %v", args, err)
			}
			for _, bag := range f.Safes[i].Bags {
				if bag.Name != "me" || len(bag.ID) != 20 {
					t.Errorf("%s: name %q, ID %x", args, bag.Name, bag.ID)
				}
				kinds = append(kinds, bag.Kind)
			}
		}
		key := SealedKey
		if strings.Contains(args, "NONE") {
			key = Key
		}
		if diff := cmp.Diff([]Kind{Certificate, key}, kinds); diff != "" {
			t.Errorf("%s: %s", args, diff)
		}
	}
}

// FuzzParse reads files that may be anything.
func FuzzParse(f *testing.F) {
	der, err := Marshal(content, pbe.PKCS12_RC4, pbe.Password{}, crypto.SHA1)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(der)
	f.Add(bytes.Repeat([]byte{0x30, 0x80}, 100))
	f.Fuzz(func(t *testing.T, der []byte) {
		file, err := Parse(der)
		if err != nil {
			return
		}
		if file.MAC != nil && file.MAC.Rounds < 10 {
			_ = file.Verify(pbe.Password{})
		}
		for i := range file.Safes {
			if info, err := pbe.Describe(file.Safes[i].Algorithm); err == nil && info.Rounds < 10 {
				_ = file.Safes[i].Open(pbe.Password{})
			}
		}
	})
}
