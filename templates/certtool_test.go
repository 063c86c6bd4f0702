package templates

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
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
		t.Run("", func(t *testing.T) {
			t.Parallel()
			compareWithCerttool(t, key, text)
		})
	}
}

// compareWithCerttool makes a self-signed certificate of a template. What certtool
// says is compared up to the description of the certificate.
func compareWithCerttool(t *testing.T, key, text string) {
	t.Helper()
	dir := t.TempDir()
	info := filepath.Join(dir, "t.info")
	if err := os.WriteFile(info, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd := exec.Command("certtool", "--generate-self-signed", "--load-privkey", key, "--template", info, "--outfile", filepath.Join(dir, "cert.pem"))
	cmd.Stderr = &stderr
	theirs := cmd.Run()
	said, _, _ := strings.Cut(stderr.String(), "X.509 Certificate Information")
	said = strings.TrimSpace(strings.Replace(said, "Generating a self signed certificate...\n", "", 1))

	var ours strings.Builder
	template, warnings, err := Read(info, []byte(text))
	for _, warning := range warnings {
		if warning.Trap == nil {
			ours.WriteString(warning.String() + "\n")
		}
	}
	if err == nil {
		_, err = template.Certtool(SelfSigned, time.Now())
	}
	if err != nil {
		ours.WriteString(err.Error())
	}
	if (theirs == nil) != (err == nil) {
		t.Errorf("%q: certtool %v, here %v\n%s", text, theirs, err, &stderr)
		return
	}
	if i := strings.LastIndex(stderr.String(), "\ncrt_sign:"); i >= 0 {
		said = stderr.String()[i+1 : stderr.Len()-1]
	}
	if want := strings.TrimSpace(ours.String()); said != want && !unlike[text] {
		t.Errorf("%q: certtool says\n%s\nhere\n%s", text, said, want)
	}
}

// unlike holds the templates of which something else is said: the reason that
// certtool gives is another one each time, or it finds the fault only when signing.
var unlike = map[string]bool{
	"cn = \"a\\":         true,
	"dn = 9.2.3=#0c0161": true,
}
