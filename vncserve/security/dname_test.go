package security

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vncsec/internal/peertest"
)

// TestDistinguishedNameAsGnuTLS compares with what GnuTLS prints for certificates
// that certtool makes of odd names. certtool prints names in reverse order
// (RFC 4514); QEMU uses the certificate's order.
func TestDistinguishedNameAsGnuTLS(t *testing.T) {
	peertest.Need(t, "certtool")
	for name, test := range map[string]struct{ template, want string }{
		"manual": {
			"country = GB\nstate = London\nlocality = London\norganization = Name of your organization\ncn = client.foo.example.com\n",
			"C=GB,ST=London,L=London,O=Name of your organization,CN=client.foo.example.com",
		},
		"escapes":     {`cn = "a,b+c<d>e;f"` + "\n", `CN=a\,b\+c\<d\>e\;f`},
		"leading":     {`cn = "#hash"` + "\n", `CN=\#hash`},
		"blank edges": {`cn = " edge "` + "\n", `CN=\ edge\ `},
		"unicode":     {"cn = Zoë\nunit = Größe\n", "OU=Größe,CN=Zoë"},
		"other names": {"cn = x\nuid = u1\ndc = com\npkcs9_email = a@b.c\ndn_oid = 2.5.4.12 Dr\n", "CN=x,UID=u1,DC=com,title=Dr,EMAIL=a@b.c"},
	} {
		t.Run(name, func(t *testing.T) {
			der := certtoolSelfSigned(t, test.template)
			subject := subjectOf(t, der)
			if got := DistinguishedName(subject); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func certtoolSelfSigned(t *testing.T, template string) []byte {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	info := write("t.info", template)
	key, cert := filepath.Join(dir, "key.pem"), filepath.Join(dir, "cert.pem")
	for _, args := range [][]string{
		{"--generate-privkey", "--key-type", "ecdsa", "--no-text", "--outfile", key},
		{"--generate-self-signed", "--load-privkey", key, "--template", info, "--outfile", cert},
	} {
		if out, err := exec.Command("certtool", args...).CombinedOutput(); err != nil {
			t.Fatalf("certtool %v: %v\n%s", args, err, out)
		}
	}
	content, err := os.ReadFile(cert)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(content)
	return block.Bytes
}

// subjectOf takes the subject out of a certificate without judging the rest.
func subjectOf(t *testing.T, der []byte) []byte {
	t.Helper()
	var cert struct {
		TBS struct {
			Version    int `asn1:"explicit,tag:0"`
			Serial     asn1.RawValue
			Algorithm  asn1.RawValue
			Issuer     asn1.RawValue
			Validity   asn1.RawValue
			Subject    asn1.RawValue
			PublicKey  asn1.RawValue
			Extensions asn1.RawValue `asn1:"optional,explicit,tag:3"`
		}
		Algorithm, Signature asn1.RawValue
	}
	if _, err := asn1.Unmarshal(der, &cert); err != nil {
		t.Fatal(err)
	}
	return cert.TBS.Subject.FullBytes
}

func TestDistinguishedNameOfOddDER(t *testing.T) {
	multi, err := asn1.Marshal(pkix.RDNSequence{{
		{Type: asn1.ObjectIdentifier{2, 5, 4, 3}, Value: "a"},
		{Type: asn1.ObjectIdentifier{2, 5, 4, 10}, Value: "b"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	number, err := asn1.Marshal(pkix.RDNSequence{{{Type: asn1.ObjectIdentifier{1, 2, 3}, Value: 5}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		der  []byte
		want string
	}{
		{multi, "CN=a+O=b"},
		{number, "1.2.3=#020105"},
		{[]byte{0x30, 0x00}, ""},
		{[]byte{0x30, 0x05, 0x01}, "#300501"},
		{nil, "#"},
	} {
		if got := DistinguishedName(test.der); got != test.want {
			t.Errorf("%x: got %q, want %q", test.der, got, test.want)
		}
	}
}

func FuzzDistinguishedName(f *testing.F) {
	f.Add([]byte{0x30, 0x0f, 0x31, 0x0d, 0x30, 0x0b, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x04, 'a', ',', '\n', 'b'})
	f.Add([]byte{0x30, 0x00})
	f.Fuzz(func(t *testing.T, der []byte) {
		if s := DistinguishedName(der); strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Errorf("control characters in %q", s)
		}
	})
}
