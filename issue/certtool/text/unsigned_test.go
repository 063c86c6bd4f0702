package text

import (
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vncsec/internal/peertest"
)

// TestUnsignedAsCerttool compares the form that is shown before signing with what
// certtool shows then.
func TestUnsignedAsCerttool(t *testing.T) {
	t.Parallel()
	peertest.Need(t, "certtool")
	template := "cn = \"before, signing\"\nserial = 7\nca\ncert_signing_key\ndns_name = a.example\n" +
		"crl_dist_points = http://a/\nsubject_unique_id = 0011223344556677\n"
	for _, f := range fixtures(t, "privatekeys.pem") {
		if strings.Contains(f.name, "x25519") || strings.Contains(f.name, "x448") {
			continue // cannot sign
		}
		dir := t.TempDir()
		write := func(name string, data []byte) string {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			return path
		}
		command := exec.Command("certtool", "--generate-self-signed",
			"--load-privkey", write("key", pem.EncodeToMemory(&pem.Block{Type: f.label, Bytes: f.der})),
			"--template", write("template", []byte(template)))
		var shown strings.Builder
		command.Stderr = &shown
		out, err := command.Output()
		if err != nil {
			t.Fatalf("%s: %v: %s", f.name, err, &shown)
		}
		block, _ := pem.Decode(out)
		cert, err := ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatalf("%s: %v", f.name, err)
		}
		_, want, _ := strings.Cut(shown.String(), "...\n")
		want, _, _ = strings.Cut(want, "\n\nSigning")
		if diff := cmp.Diff(want, string(cert.Text(Options{Unsigned: true}))+"\n"); diff != "" {
			t.Errorf("%s: certtool (-), vncsec (+):\n%s", f.name, diff)
		}
	}
}
