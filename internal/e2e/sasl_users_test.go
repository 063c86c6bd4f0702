package e2e_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"vncsec/internal/peertest"
)

// TestUsersOfQEMU has one service file and one database of users, made by vncsec and
// without a readable password in it, for QEMU and for vncsec serve.
func TestUsersOfQEMU(t *testing.T) {
	t.Parallel()
	peertest.Need(t, "libsasl2")
	s := newSite(t, "ecdsa-p256")
	dir := t.TempDir()
	conf, password := filepath.Join(dir, "qemu.conf"), filepath.Join(dir, "password")
	if err := os.WriteFile(password, []byte("open sesame\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	vncsec(t, "sasl", "init", "--mech", "scram-sha-256", "--file", conf)
	vncsec(t, "sasl", "user", "add", "alice", "--file", conf, "--password-file", password)
	if database, err := os.ReadFile(filepath.Join(dir, "passwd.db")); err != nil || bytes.Contains(database, []byte("sesame")) {
		t.Errorf("the password can be read, or nothing can: %v", err)
	}

	qemu := peertest.StartQEMU(t, peertest.QEMUOptions{Credentials: s.server, SASL: dir})
	console := serve(t, "--sasl", "--sasl-conf", conf, "--listen", anyPort, "--x509", s.server,
		"--backend", peertest.StartQEMU(t, peertest.QEMUOptions{Socket: socketPath(t)}).Address)
	for name, address := range map[string]string{"QEMU": qemu.Address, "vncsec": console.address} {
		options := peertest.GTKVNCOptions{Address: address, Identity: s.anonymous(), Username: "alice", Password: "open sesame"}
		peertest.WaitSame(t, "gtk-vnc shows the screen of "+name, qemu.Picture(), peertest.StartGTKVNC(t, options).Picture)
		options.Password = "open sesam"
		if viewer := peertest.StartGTKVNC(t, options); viewer.Refused() == "" || !viewer.State().AuthFailed {
			t.Errorf("%s did not refuse a wrong password: %+v", name, viewer.State())
		}
	}
}
