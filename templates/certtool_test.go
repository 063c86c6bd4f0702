package templates

import (
	"bytes"
	"cmp"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"vncsec/internal/peertest"
)

// TestCerttoolTakesTheSame compares what certtool takes and what it says of it
// with Read and Certtool.
func TestCerttoolTakesTheSame(t *testing.T) {
	peertest.Need(t, "certtool")
	data, err := os.ReadFile(filepath.Join("testdata", "certtool", "reading.txt"))
	if err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(t.TempDir(), "key.pem")
	certtool(t, "--generate-privkey", "--ecdsa", "--outfile", key)
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		text, err := strconv.Unquote(strings.TrimSuffix(line, "\n"))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		for _, purpose := range []Applies{SelfSigned, Request} {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				compareWithCerttool(t, key, purpose, text)
			})
		}
	}
}

// TestCerttoolTakesTheSameAtRandom does so with options and values put together at
// random, for certificates, requests and proxies.
func TestCerttoolTakesTheSameAtRandom(t *testing.T) {
	peertest.Need(t, "certtool")
	dir := t.TempDir()
	key := filepath.Join(dir, "key.pem")
	certtool(t, "--generate-privkey", "--ecdsa", "--outfile", key)
	info := filepath.Join(dir, "issuer.info")
	if err := os.WriteFile(info, []byte("cn = issuer"), 0o600); err != nil {
		t.Fatal(err)
	}
	certtool(t, "--generate-self-signed", "--load-privkey", key, "--template", info, "--outfile", filepath.Join(dir, "issuer.pem"))
	random := rand.New(rand.NewPCG(3, 5))
	for range 240 {
		text := compose(random)
		purpose := []Applies{SelfSigned, SelfSigned, Request, Proxy}[random.IntN(4)]
		t.Run("", func(t *testing.T) {
			t.Parallel()
			compareWithCerttool(t, key, purpose, text)
		})
	}
}

// words are parts of values, good and bad ones, of all kinds.
var words = []string{
	"", "x", "0", "1", "-1", "5", "255", "0x10", "0xff", "00", "ff00", "0500", "0c0161", "zz", "1.2.3", "1.2.3 0500", "1.2.3 0c0161", "1.2.3\tx y",
	"2.5.4.12 Dr.", "9.9 00", "1.2.3 octet_string(00)", "1.2.3 octet_string(0x", "CN=a,O=b", "CN=a+O=b", "foo=a", "CN=#0c0161", "a@b", "a/b@C", "ü@ü", "ü", "\xc3", "\xff",
	"example.org", "192.0.2.1", "192.0.2.0/24", "::1", "::/0", "2031-12-30", "tomorrow", "2031-02-29", "3 years", "false", "http://x.example", "# x", "= x",
	`"quoted" cn = y`, `'x`, `"a\"b"`, "a\\,b", "a\\", "two words ", "x\r", "x\x00y",
}

func compose(random *rand.Rand) string {
	var b strings.Builder
	for range 1 + random.IntN(4) {
		option := options[random.IntN(len(options))]
		name := option.Name
		switch random.IntN(12) {
		case 0:
			name = strings.ToUpper(name)
		case 1:
			name = cmp.Or(option.Alias, name)
		case 2:
			b.WriteString("ca\n")
		}
		b.WriteString(name + []string{" = ", "=", ": ", " ", "\t= \t"}[random.IntN(5)] + words[random.IntN(len(words))] + "\n")
	}
	return b.String()
}

// compareWithCerttool has certtool make something of a template. What it says is
// compared up to the description of what it made.
func compareWithCerttool(t *testing.T, key string, purpose Applies, text string) {
	t.Helper()
	dir := t.TempDir()
	info := filepath.Join(dir, "t.info")
	if err := os.WriteFile(info, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	issuer := filepath.Join(filepath.Dir(key), "issuer.pem")
	action := map[Applies][]string{
		SelfSigned: {"--generate-self-signed"},
		Request:    {"--generate-request"},
		Proxy:      {"--generate-proxy", "--load-certificate", issuer, "--load-ca-certificate", issuer, "--load-ca-privkey", key},
	}[purpose]
	var stderr bytes.Buffer
	// The file is in a folder of its own: certtool removes it after an error.
	cmd := exec.Command("certtool", append(action, "--load-privkey", key, "--template", info, "--outfile", filepath.Join(dir, "made.pem"))...)
	cmd.Stderr = &stderr
	theirs := cmd.Run()

	var ours strings.Builder
	template, warnings, err := Read(info, []byte(text))
	for _, warning := range warnings {
		if warning.Trap == nil {
			ours.WriteString(warning.String() + "\n")
		}
	}
	if err == nil {
		_, err = template.Certtool(purpose, time.Now())
	}
	if err != nil {
		ours.WriteString(err.Error())
	}
	if strings.Contains(ours.String(), "uninitialised memory") {
		return // certtool makes a certificate of it, another one each time
	}
	if (theirs == nil) != (err == nil) {
		t.Errorf("%q for %s: certtool %v, here %v\n%s", text, purpose, theirs, err, &stderr)
		return
	}
	if said, want := saidBy(stderr.String()), strings.TrimSpace(ours.String()); said != want && !unlike[text] {
		t.Errorf("%q for %s: certtool says\n%s\nhere\n%s", text, purpose, said, want)
	}
}

// otherWords finds what certtool says of what it does, not of the template.
var otherWords = regexp.MustCompile(`(?m)^(Generating a .*|Expiration time: .*|CA expiration time: .*|Warning: The time set exceeds.*|Reading non-standard proxy.*|warning: this algorithm does not.*|Self signature: .*)?\n`)

// saidBy is what certtool says of a template.
func saidBy(stderr string) string {
	said, _, _ := strings.Cut(stderr, "X.509 Certificate Information")
	if i := strings.LastIndex(stderr, "\ncrt_sign:"); i >= 0 {
		said = stderr[i+1:]
	}
	return strings.TrimSpace(otherWords.ReplaceAllString(said, ""))
}

// unlike holds the templates of which something else is said: the reason that
// certtool gives is another one each time, or it finds the fault only when signing.
var unlike = map[string]bool{
	"cn = \"a\\":         true,
	"dn = 9.2.3=#0c0161": true,
}
