package peertest

import (
	"path/filepath"
	"strings"
	"testing"
)

// secured is a folder with an authority's certificate and the files of a server
// and a client that it signed.
func secured(t *testing.T) (dir string, authority *Authority) {
	t.Helper()
	dir = t.TempDir()
	authority = NewAuthority(t, "Peer tests")
	authority.Issue(t, dir, "server", Server)
	authority.Issue(t, dir, "client", Client)
	return dir, authority
}

func TestTigerVNCShowsAndTypes(t *testing.T) {
	t.Parallel()
	dir, _ := secured(t)
	guest := StartQEMU(t, QEMUOptions{Credentials: dir})
	viewer := StartTigerVNC(t, TigerVNCOptions{
		Address:       guest.Address,
		SecurityTypes: "X509None",
		CAFile:        filepath.Join(dir, "ca-cert.pem"),
	})
	WaitSame(t, "TigerVNC shows the guest's screen", guest.Picture(), viewer.Picture)

	before := guest.Picture()
	viewer.Type("Hello, World 42")
	viewer.Press("Return")
	guest.WaitTyped("Hello, World 42\r")
	after := guest.Picture()
	if Same(before, after) {
		t.Fatal("the guest did not show what was typed")
	}
	WaitSame(t, "TigerVNC shows what was typed", after, viewer.Picture)
}

func TestTigerVNCPassword(t *testing.T) {
	t.Parallel()
	socket := filepath.Join(t.TempDir(), "vnc")
	guest := StartQEMU(t, QEMUOptions{Socket: socket, Password: "secret"})

	right := StartTigerVNC(t, TigerVNCOptions{Address: guest.Address, Password: "secret"})
	WaitSame(t, "TigerVNC shows the guest's screen", guest.Picture(), right.Picture)

	wrong := StartTigerVNC(t, TigerVNCOptions{Address: guest.Address, Password: "wrong"})
	if log := wrong.Refused(); !strings.Contains(log, "Authentication failed") {
		t.Errorf("TigerVNC with a wrong password said:\n%s", log)
	}
}

func TestTigerVNCForeignAuthority(t *testing.T) {
	t.Parallel()
	dir, _ := secured(t)
	foreign, _ := secured(t)
	guest := StartQEMU(t, QEMUOptions{Credentials: dir})
	viewer := StartTigerVNC(t, TigerVNCOptions{
		Address: guest.Address,
		CAFile:  filepath.Join(foreign, "ca-cert.pem"),
	})
	Eventually(t, "TigerVNC asks about an unknown issuer", func() bool { return viewer.Question() != "" })
}
