package templates

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vncsec/internal/peertest"
)

// grammar holds one template for each rule of certtool's grammar, and the common
// name that it makes.
var grammar = map[string]struct{ text, cn string }{
	"delimiter =":               {"cn = x", "x"},
	"no blanks":                 {"cn=x\n", "x"},
	"delimiter :":               {"cn: x\n", "x"},
	"delimiter : apart":         {"cn : x\n", "x"},
	"only blanks":               {"cn \t x\n", "x"},
	"colon within the name":     {"cn:y\ncn = x\n", "x"},
	"colon and =":               {"cn:= x\n", "= x"},
	"one delimiter is eaten":    {"cn == x\n", "= x"},
	"indented":                  {"\n \t\v\f\r\b cn = x\n", "x"},
	"comment":                   {"# cn = y\n  # cn = z\ncn = x\n", "x"},
	"comment at the end":        {"cn = x\n#", "x"},
	"no comment in a value":     {"cn = x # y\n", "x # y"},
	"trailing blanks":           {"cn = x \t\n", "x \t"},
	"leading blanks":            {"cn =  \t x\n", "x"},
	"carriage return":           {"cn = x\r\nca\r\n", "x\r"},
	"backslash drops":           {`cn = a\,b\\c` + "\n", "abc"},
	"backslash keeps lines":     {"cn = a\\\nb\n", "a\nb"},
	"first backslash":           {"cn = \\b\n", "\\b"},
	"first backslash and line":  {"cn =\\\nca\n", "\\"},
	"backslash at the end":      {"cn = a\\", "a"},
	"double quotes":             {`cn = "a b "`, "a b "},
	"single quotes":             {`cn = 'a "b'`, `a "b`},
	"escaped quote":             {`cn = "a\"b"`, `a"b`},
	"other quote escaped":       {`cn = "a\'b"`, `ab`},
	"backslash in quotes":       {`cn = "a\nb"`, "ab"},
	"line in quotes":            {"cn = \"a\nb\"\n", "a\nb"},
	"escaped line in quotes":    {"cn = \"a\\\nb\"\n", "a b"},
	"unclosed quote":            {"cn = \"a\nca\n", "a\nca\n"},
	"several in a line":         {`organization = "y" cn = "x" ca`, "x"},
	"quote within a value":      {`cn = a"b"` + "\n", `a"b"`},
	"stops at a digit":          {"cn = x\n1\ncn = y\n", "x"},
	"stops at a stray quote":    {"cn = \"x\"\"\n", "x"},
	"first one wins":            {"cn = x\ncn = y\n", "x"},
	"upper case is another one": {"CN = y\ncn = x\n", "x"},
	"UTF-8":                     {"cn = Zoë\n", "Zoë"},
}

func TestScan(t *testing.T) {
	for name, test := range grammar {
		entries, _ := scan(test.text)
		if got := firstCN(entries); got != test.cn {
			t.Errorf("%s: %q makes the cn %q, want %q", name, test.text, got, test.cn)
		}
	}
}

func firstCN(entries []Entry) string {
	for _, entry := range entries {
		if entry.Name == "cn" {
			return entry.Value
		}
	}
	return ""
}

func TestScanPositions(t *testing.T) {
	entries, rest := scan("# ü\n ca\ncn = \"ü\" o = x\n\tcn\n%")
	type place struct {
		Name        string
		At, ValueAt Position
		Raw         string
	}
	var got []place
	for _, e := range entries {
		got = append(got, place{e.Name, e.At, e.ValueAt, e.Raw})
	}
	want := []place{
		{"ca", Position{2, 2}, Position{2, 4}, ""},
		{"cn", Position{3, 1}, Position{3, 6}, `"ü"`},
		{"o", Position{3, 10}, Position{3, 14}, "x"},
		{"cn", Position{4, 2}, Position{4, 4}, ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if rest == nil || *rest != (Position{5, 1}) {
		t.Errorf("stopped at %v, want line 5", rest)
	}
}

// TestCerttoolReadsTheSame compares the common name that certtool makes of each
// grammar case.
func TestCerttoolReadsTheSame(t *testing.T) {
	peertest.Need(t, "certtool")
	dir := t.TempDir()
	key, info := filepath.Join(dir, "key.pem"), filepath.Join(dir, "t.info")
	certtool(t, "--generate-privkey", "--ecdsa", "--outfile", key)
	for name, test := range grammar {
		if err := os.WriteFile(info, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		out := certtool(t, "--generate-self-signed", "--load-privkey", key, "--template", info)
		block, _ := pem.Decode(out)
		if block == nil {
			t.Fatalf("%s: no certificate\n%s", name, out)
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := cert.Subject.CommonName; got != test.cn {
			t.Errorf("%s: certtool makes the cn %q of %q, want %q", name, got, test.text, test.cn)
		}
	}
}

func certtool(t *testing.T, args ...string) []byte {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command("certtool", args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, &stderr)
	}
	return out
}
