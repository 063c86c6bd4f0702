package main

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vncsec/ca"
)

// TestKill kills commands at any moment. Whatever they leave behind must be whole:
// a key that others could never read, a certificate, and both of one pair once
// both are there. The same command must then work again.
func TestKill(t *testing.T) {
	caDir := filepath.Join(t.TempDir(), "ca")
	vncsec(t, "ca", "init", "--cn", "Example Org", "--no-passphrase", "--ca-dir", caDir)
	source := filepath.Join(t.TempDir(), "source")
	vncsec(t, "issue", "server", "vnc.example.org", "--ca-dir", caDir, "--out", source)

	for name, test := range map[string]struct {
		command   []string
		cert, key string
	}{
		"ca init": {[]string{"ca", "init", "--cn", "Example Org", "--no-passphrase", "--ca-dir"}, "ca-cert.pem", "ca-key.pem"},
		"issue":   {[]string{"issue", "server", "vnc.example.org", "--ca-dir", caDir, "--out"}, "server-cert.pem", "server-key.pem"},
		"install": {[]string{"install", "server", "--from", source, "--dir"}, "server-cert.pem", "server-key.pem"},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			vncsec(t, append(test.command, filepath.Join(t.TempDir(), "dir"))...)
			usual := time.Since(start)

			killed := 0
			for range 40 {
				dir := filepath.Join(t.TempDir(), "dir")
				command := exec.Command("vncsec", append(test.command, dir)...)
				if err := command.Start(); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Duration(rand.Int64N(int64(usual))))
				_ = command.Process.Kill()
				if err := command.Wait(); err != nil {
					killed++
				}
				inspect(t, dir, test.cert, test.key)
				vncsec(t, append(test.command, dir, "--force")...)
				inspect(t, dir, test.cert, test.key)
			}
			if killed == 0 {
				t.Error("every command was faster than the kill: nothing was tested")
			}
		})
	}
}

// vncsec runs a command that must work.
func vncsec(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("vncsec", args...).CombinedOutput(); err != nil {
		t.Fatalf("vncsec %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// inspect looks for anything half done in a folder.
func inspect(t *testing.T, dir, cert, key string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if os.IsNotExist(err) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(entry.Name(), "key") && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", entry.Name(), info.Mode())
		}
	}
	certPEM, certErr := os.ReadFile(filepath.Join(dir, cert))
	keyPEM, keyErr := os.ReadFile(filepath.Join(dir, key))
	if certErr == nil {
		if _, err := ca.ParseCertificates(certPEM); err != nil {
			t.Errorf("%s is not whole: %v", cert, err)
		}
	}
	if keyErr == nil {
		if _, err := ca.ParseKey(keyPEM, nil); err != nil {
			t.Errorf("%s is not whole: %v", key, err)
		}
	}
	if certErr == nil && keyErr == nil {
		fits(t, certPEM, keyPEM)
	}
}

// fits tells whether a whole key belongs to a whole certificate.
func fits(t *testing.T, certPEM, keyPEM []byte) {
	t.Helper()
	certs, err := ca.ParseCertificates(certPEM)
	if err != nil {
		return // reported already
	}
	key, err := ca.ParseKey(keyPEM, nil)
	if err != nil {
		return
	}
	if err := ca.KeyFits(certs[0], key); err != nil {
		t.Error(err)
	}
}
