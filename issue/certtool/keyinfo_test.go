package certtool_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vncsec/internal/peertest"
)

// TestKeyInfoKeepsKeysPrivate: what --key-info writes is open to its owner only, also
// where an open file was before.
func TestKeyInfoKeepsKeysPrivate(t *testing.T) {
	t.Parallel()
	fixtures, err := os.ReadFile(filepath.Join("text", "testdata", "privatekeys.pem"))
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"rsa", "dsa", "ec-secp192r1", "ed25519", "ed448", "x448"} {
		_, key, _ := strings.Cut(string(fixtures), "# "+kind+" (")
		dir := t.TempDir()
		out := filepath.Join(dir, "out")
		if err := os.WriteFile(out, []byte("old"), 0o644); err != nil {
			t.Fatal(err)
		}
		r := ourCerttool(t, dir, call{args: []string{"--key-info", "--outfile", "OUT"}, stdin: key})
		if r.status != 0 || !strings.Contains(string(r.output), "private") || !strings.Contains(string(r.output), "PRIVATE KEY-----") {
			t.Errorf("%s: status %d, %s", kind, r.status, r.stderr)
		}
		if r.mode != 0o600 {
			t.Errorf("%s: mode %v", kind, r.mode)
		}
	}
}

// TestDamagedKeyIsTold: numbers that do not fit together are said to be so.
func TestDamagedKeyIsTold(t *testing.T) {
	t.Parallel()
	peertest.Need(t, "certtool")
	// p = 7, q = 3, g = 2, and a public key 4 that does not belong to the secret 1
	const key = "-----BEGIN DSA PRIVATE KEY-----\nMBICAQACAQcCAQMCAQICAQQCAQE=\n-----END DSA PRIVATE KEY-----\n"
	sameOutput(t, call{args: []string{"--key-info"}, stdin: key})
	r := ourCerttool(t, t.TempDir(), call{args: []string{"--key-info"}, stdin: key})
	if r.status != 0 || !strings.Contains(string(r.stdout), "validation failed") {
		t.Errorf("status %d: %s%s", r.status, r.stdout, r.stderr)
	}
}

// TestUnknownProfileIsAnError: certtool takes an unknown profile for none and verifies
// less than was asked for.
func TestUnknownProfileIsAnError(t *testing.T) {
	t.Parallel()
	r := ourCerttool(t, t.TempDir(), call{args: []string{"--verify", "--verify-profile", "strong"}})
	if r.status != 1 || !strings.Contains(string(r.stderr), "unknown verification profile: strong") {
		t.Errorf("status %d: %s", r.status, r.stderr)
	}
}
