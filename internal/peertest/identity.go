package peertest

import (
	"os"
	"path/filepath"
	"testing"
)

// Identity names the files that a viewer uses: whom it trusts and who it is.
// An empty name stands for a file that the viewer does not have.
type Identity struct {
	CA          string // certificates of the authorities it trusts
	CRL         string // certificates that they have revoked
	Certificate string // its own
	Key         string
}

// ClientIdentity is the identity whose files lie in a folder under QEMU's names.
// Files that are not there are left out.
func ClientIdentity(dir string) Identity {
	file := func(name string) string {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); err != nil {
			return ""
		}
		return path
	}
	return Identity{
		CA:          file("ca-cert.pem"),
		CRL:         file("ca-crl.pem"),
		Certificate: file("client-cert.pem"),
		Key:         file("client-key.pem"),
	}
}

// Anonymous is the identity without a certificate of its own.
func (id Identity) Anonymous() Identity {
	id.Certificate, id.Key = "", ""
	return id
}

// installGTKVNC puts the files where gtk-vnc looks for them below a home folder
// when the application calls itself name.
func (id Identity) installGTKVNC(t testing.TB, home, name string) {
	t.Helper()
	pki := filepath.Join(home, ".pki")
	for source, target := range map[string]string{
		id.CA:          filepath.Join(pki, "CA", "cacert.pem"),
		id.CRL:         filepath.Join(pki, "CA", "cacrl.pem"),
		id.Certificate: filepath.Join(pki, name, "clientcert.pem"),
		id.Key:         filepath.Join(pki, name, "private", "clientkey.pem"),
	} {
		if source != "" {
			copyFile(t, source, target)
		}
	}
}

// account is the part of the environment that makes gtk-vnc take home for the
// user's home folder, and find no certificates of the machine's.
func account(t testing.TB, home string) []string {
	t.Helper()
	return []string{
		"HOME=" + home,
		"LD_PRELOAD=" + compile(t, "account.c", "-shared", "-fPIC"),
		"NO_AT_BRIDGE=1", // no accessibility bus, which is not there
	}
}

func copyFile(t testing.TB, source, target string) {
	t.Helper()
	data, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(target, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
