package text

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vncsec/internal/peertest"
)

// fixture is a structure made with certtool or openssl, see testdata/README.md.
type fixture struct {
	name  string
	label string
	der   []byte
}

func fixtures(t testing.TB, file string) []fixture {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	var list []fixture
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(data) {
		before, _, _ := bytes.Cut(data, []byte("-----BEGIN"))
		comment := strings.TrimSpace(string(before[bytes.LastIndexByte(before, '#')+1:]))
		list = append(list, fixture{comment, block.Type, block.Bytes})
		data = rest
	}
	return list
}

func allFixtures(t testing.TB) []fixture {
	var list []fixture
	for _, file := range []string{"certificates.pem", "crls.pem", "requests.pem", "publickeys.pem"} {
		list = append(list, fixtures(t, file)...)
	}
	return list
}

// describe gives what vncsec says of a structure, as certtool prints it in front of
// the PEM block, or its error.
func describe(label string, der []byte, options Options) (string, error) {
	switch label {
	case "CERTIFICATE":
		c, err := ParseCertificate(der)
		if err != nil {
			return "", err
		}
		return string(c.Text(options)) + "\n", nil
	case "X509 CRL":
		c, err := ParseCRL(der)
		if err != nil {
			return "", err
		}
		return string(c.Text(options)) + "\n", nil
	case "PUBLIC KEY":
		k, err := ParsePublicKey(der)
		if err != nil {
			return "", err
		}
		return string(k.Text(options)) + "\n\n", nil
	}
	r, err := ParseRequest(der)
	if err != nil {
		return "", err
	}
	return string(r.Text(options)) + "\n", nil
}

var infoOptions = map[string]string{
	"CERTIFICATE":             "--certificate-info",
	"X509 CRL":                "--crl-info",
	"NEW CERTIFICATE REQUEST": "--crq-info",
	"CERTIFICATE REQUEST":     "--crq-info",
	"PUBLIC KEY":              "--pubkey-info",
}

// certtoolSays gives the same of the real certtool.
func certtoolSays(t testing.TB, label string, der []byte, options Options) (string, error) {
	t.Helper()
	args := []string{infoOptions[label], "--inder"}
	if options.HexNumbers {
		args = append(args, "--hex-numbers")
	}
	output, err := certtool(der, args...)
	text, _, _ := strings.Cut(output, "-----BEGIN ")
	for _, line := range []string{"Self signature: verified\n\n", "Self signature: FAILED\n\n"} {
		text = strings.TrimSuffix(text, line)
	}
	return text, err
}

// certtool runs the real one; the error is its message without what is in front of
// the first colon.
func certtool(input []byte, args ...string) (string, error) {
	command := exec.Command("certtool", args...)
	command.Env = append(os.Environ(), "LC_ALL=C")
	command.Stdin = bytes.NewReader(input)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		_, fault, _ := strings.Cut(strings.TrimSpace(stderr.String()), ": ")
		return "", Error(fault)
	}
	return stdout.String(), nil
}

// TestAsCerttool compares the description of all fixtures with the real one, to the
// byte.
func TestAsCerttool(t *testing.T) {
	t.Parallel()
	peertest.Need(t, "certtool")
	for _, f := range allFixtures(t) {
		for _, options := range []Options{{}, {HexNumbers: true}} {
			t.Run(fmt.Sprintf("%s/%+v", f.name, options), func(t *testing.T) {
				want, wantErr := certtoolSays(t, f.label, f.der, options)
				got, err := describe(f.label, f.der, options)
				if diff := cmp.Diff(fmt.Sprintln(want, wantErr), fmt.Sprintln(got, err)); diff != "" {
					t.Errorf("certtool (-), vncsec (+):\n%s", diff)
				}
			})
		}
	}
}

func TestPrivateKeysAsCerttool(t *testing.T) {
	t.Parallel()
	peertest.Need(t, "certtool")
	for _, f := range fixtures(t, "privatekeys.pem") {
		key, err := ParsePrivateKey(f.label, f.der)
		if err != nil {
			t.Errorf("%s: %v", f.name, err)
			continue
		}
		if !key.Valid() {
			t.Errorf("%s: the numbers do not fit together", f.name)
		}
		for _, source := range []bool{false, true} {
			args := []string{"--key-info"}
			if source {
				args = append(args, "--cprint")
			}
			file := pem.EncodeToMemory(&pem.Block{Type: f.label, Bytes: f.der})
			want, err := certtool(file, args...)
			if err != nil {
				t.Errorf("%s: certtool: %v", f.name, err)
			}
			want, _, _ = strings.Cut(want, "-----BEGIN ")
			if diff := cmp.Diff(want, string(key.Text(source))); diff != "" {
				t.Errorf("%s: certtool (-), vncsec (+):\n%s", f.name, diff)
			}
		}
	}
}

var (
	// certtool hashes not the file but what it makes of it.
	fingerprints = regexp.MustCompile(`sha(1|256):[0-9a-f]*`)
	// What libtasn1 stumbles over first is not modelled to the last bit.
	parserFaults = regexp.MustCompile(`ASN1 parser: [A-Za-z0-9 ]*\.`)
)

// TestDamagedAsCerttool flips bits of the fixtures: what certtool still reads must be
// described alike, what it refuses be refused.
func TestDamagedAsCerttool(t *testing.T) {
	t.Parallel()
	peertest.Need(t, "certtool")
	random := rand.New(rand.NewPCG(2024, 7))
	all := allFixtures(t)
	for i := range 600 {
		f := all[random.IntN(len(all))]
		der := damaged(f.der, random)
		want, wantErr := certtoolSays(t, f.label, der, Options{})
		got, err := describe(f.label, der, Options{})
		comparable := func(text string, err error) string {
			text = fingerprints.ReplaceAllString(fmt.Sprintln(text, err), "hash")
			return parserFaults.ReplaceAllString(text, "parser")
		}
		if diff := cmp.Diff(comparable(want, wantErr), comparable(got, err)); diff != "" {
			t.Errorf("case %d, %s: certtool (-), vncsec (+):\n%s%x", i, f.name, diff, der)
		}
	}
}

// damaged changes one or two octets, some of them to what tags and lengths are made of.
func damaged(der []byte, random *rand.Rand) []byte {
	der = bytes.Clone(der)
	telling := []byte{0, 0x80, 0xff, 0x30, 0x31, 4, 5, 6, 12, 22, 19, 20, 28, 30, 0xa0, 0xa1, 0x82, 0x84, 0x87}
	for range 1 + random.IntN(2) {
		i := random.IntN(len(der))
		switch random.IntN(4) {
		case 0:
			der[i] ^= 1 << random.IntN(8)
		case 1:
			der[i] = byte(random.IntN(256))
		case 2:
			der[i] = telling[random.IntN(len(telling))]
		case 3:
			der[i]++
		}
	}
	return der
}
