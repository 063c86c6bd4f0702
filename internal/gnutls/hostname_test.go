package gnutls

import (
	"bufio"
	"encoding/asn1"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"vncsec/internal/oddcert"
	"vncsec/internal/peertest"
)

var hostCertificates = []struct {
	name       string
	subject    string
	extensions []oddcert.Extension
	matches    []string // of hosts
}{
	{"DNS name", "cn.example", []oddcert.Extension{oddcert.SubjectAltName(false, oddcert.DNS("a.example"))}, []string{"a.example", "A.EXAMPLE"}},
	{"two names", "cn.example", []oddcert.Extension{oddcert.SubjectAltName(false, oddcert.DNS("a.example"), oddcert.DNS("b.example"))}, []string{"a.example", "A.EXAMPLE", "b.example"}},
	{"address", "cn.example", []oddcert.Extension{oddcert.SubjectAltName(false, oddcert.IP("10.0.0.1"))}, []string{"10.0.0.1"}},
	{"IPv6 address", "cn.example", []oddcert.Extension{oddcert.SubjectAltName(false, oddcert.IP("fe80::1"))}, []string{"fe80::1", "FE80:0::1"}},
	{"address as name", "cn.example", []oddcert.Extension{oddcert.SubjectAltName(false, oddcert.DNS("10.0.0.1"))}, nil},
	{"common name", "cn.example", nil, []string{"cn.example"}},
	{"common name that is an address", "10.0.0.1", nil, nil},
	{"common name beside an e-mail address", "cn.example", []oddcert.Extension{oddcert.SubjectAltName(false, oddcert.Email("a@a.example"))}, []string{"cn.example"}},
	{"common name of a client", "cn.example", []oddcert.Extension{oddcert.ExtKeyUsage(false, oddcert.ClientAuth)}, nil},
	{"common name of a server", "cn.example", []oddcert.Extension{oddcert.ExtKeyUsage(false, oddcert.ServerAuth)}, []string{"cn.example"}},
	{"wildcard", "cn.example", []oddcert.Extension{oddcert.SubjectAltName(false, oddcert.DNS("*.d.example"))}, []string{"x.d.example", "xx.d.example", ".d.example"}},
	{"wildcard fragment", "cn.example", []oddcert.Extension{oddcert.SubjectAltName(false, oddcert.DNS("*x.d.example"))}, []string{"x.d.example", "xx.d.example"}},
	{"wildcard too high", "cn.example", []oddcert.Extension{oddcert.SubjectAltName(false, oddcert.DNS("*.example"))}, nil},
	{"wildcard alone", "cn.example", []oddcert.Extension{oddcert.SubjectAltName(false, oddcert.DNS("*"))}, nil},
	{"wildcard common name", "*.d.example", nil, []string{"x.d.example", "xx.d.example", ".d.example"}},
	{"NUL in the name", "cn.example", []oddcert.Extension{oddcert.SubjectAltName(false, oddcert.DNS("a.example\x00.b"))}, nil},
}

var hosts = []string{
	"a.example", "A.EXAMPLE", "b.example", "cn.example", "10.0.0.1", "10.0.0.2", "fe80::1", "FE80:0::1", "::1",
	"x.d.example", "xx.d.example", "x.y.d.example", "d.example", ".d.example", "example", "a.example.",
}

func hostCertificate(subject string, extensions []oddcert.Extension) []byte {
	key := oddcert.P256()
	return oddcert.Spec{Issuer: "CA", Subject: subject, Key: key.Public(), Signer: key, Extensions: extensions}.PEM()
}

func TestMatchesHost(t *testing.T) {
	for _, tt := range hostCertificates {
		t.Run(tt.name, func(t *testing.T) {
			cert, err := FirstCertificate(hostCertificate(tt.subject, tt.extensions))
			if err != nil {
				t.Fatal(err)
			}
			for _, host := range hosts {
				if got, want := cert.MatchesHost(host), slices.Contains(tt.matches, host); got != want {
					t.Errorf("%s: %v, want %v", host, got, want)
				}
			}
		})
	}
}

func TestMatchesHostAsGnuTLS(t *testing.T) {
	peertest.Need(t, "python3")
	peertest.Need(t, "certtool") // comes with the library that the script loads
	cmd := exec.Command("python3", "testdata/hostname.py")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer in.Close()
	answers := bufio.NewScanner(out)
	for _, tt := range hostCertificates {
		file := filepath.Join(t.TempDir(), "cert.pem")
		text := hostCertificate(tt.subject, tt.extensions)
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		cert, err := FirstCertificate(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, host := range hosts {
			fmt.Fprintln(in, file, host)
			if !answers.Scan() {
				t.Fatal("no answer")
			}
			if got := fmt.Sprint(btoi(cert.MatchesHost(host))); got != answers.Text() {
				t.Errorf("%s, host %s: %s, GnuTLS says %s", tt.name, host, got, answers.Text())
			}
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestNameIsHarmless(t *testing.T) {
	key := oddcert.P256()
	cert, err := Parse(oddcert.Spec{Issuer: "CA", Subject: "evil\x1b[31m\n\xff", Key: key.Public(), Signer: key}.DER())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := cert.Subject(), `CN=evil\x1b[31m\n?`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Name([]byte{0x30, 0}); got != "(empty name)" {
		t.Errorf("empty name: %q", got)
	}
}

func TestOIDsOfPurposes(t *testing.T) {
	for _, pair := range [][2]asn1.ObjectIdentifier{{PurposeServer, oddcert.ServerAuth}, {PurposeClient, oddcert.ClientAuth}, {PurposeAny, oddcert.AnyPurpose}} {
		if !pair[0].Equal(pair[1]) {
			t.Errorf("%v and %v", pair[0], pair[1])
		}
	}
}
