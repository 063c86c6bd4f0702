package peertest

import (
	"crypto/x509"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestQEMUGuest(t *testing.T) {
	t.Parallel()
	guest := StartQEMU(t, QEMUOptions{})
	if got, want := guest.Picture().Rect.Size(), image.Pt(720, 400); got != want {
		t.Errorf("picture is %v, want %v", got, want)
	}
	if strings.HasPrefix(guest.Address, "unix:") {
		t.Errorf("address %s, want a TCP port", guest.Address)
	}
	guest.Execute("send-key", map[string]any{"keys": []any{
		map[string]any{"type": "qcode", "data": "q"},
	}})
	guest.WaitTyped("q")
}

func TestQEMULoads(t *testing.T) {
	t.Parallel()
	dir, authority := secured(t)
	for _, role := range []string{"server", "client"} {
		if err := QEMULoads(t, dir, role); err != nil {
			t.Errorf("%s: %v", role, err)
		}
	}

	expired := t.TempDir()
	authority.Issue(t, expired, "server", Server, Expired)
	foreign, _ := secured(t)
	copyFile(t, filepath.Join(dir, "ca-cert.pem"), filepath.Join(foreign, "ca-cert.pem"))
	weak := t.TempDir()
	authority.Issue(t, weak, "server", Server, func(c *x509.Certificate) {
		c.KeyUsage = x509.KeyUsageKeyEncipherment
	})
	keyless, _ := secured(t)
	if err := os.Remove(filepath.Join(keyless, "server-key.pem")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ dir, want string }{
		{expired, "has expired"},
		{foreign, "failed validation"},
		{weak, "does not permit digital signature"},
		{keyless, "Unable to access credentials"},
	} {
		if err := QEMULoads(t, c.dir, "server"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("QEMU says %v, want %q", err, c.want)
		}
	}
}
