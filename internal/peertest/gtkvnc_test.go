package peertest

import (
	"path/filepath"
	"slices"
	"testing"
)

func TestGTKVNCShowsAndTypes(t *testing.T) {
	t.Parallel()
	dir, _ := secured(t)
	guest := StartQEMU(t, QEMUOptions{Credentials: dir, VerifyPeer: true})
	viewer := StartGTKVNC(t, GTKVNCOptions{Address: guest.Address, Identity: ClientIdentity(dir)})

	state := viewer.WaitInitialized()
	if state.Name != "QEMU" || !slices.Contains(state.Asked, "clientname") {
		t.Errorf("desktop %q, asked for %q; want QEMU, clientname", state.Name, state.Asked)
	}
	picture := guest.Picture()
	if state.Size != picture.Rect.Size() {
		t.Errorf("size %v, want %v", state.Size, picture.Rect.Size())
	}
	WaitSame(t, "gtk-vnc shows the guest's screen", picture, viewer.Picture)

	viewer.Type("Hello, World 42")
	viewer.Press("Return")
	guest.WaitTyped("Hello, World 42\r")
	viewer.Keysyms('x')
	guest.WaitTyped("Hello, World 42\rx")
	WaitSame(t, "gtk-vnc shows what was typed", guest.Picture(), viewer.Picture)
}

func TestGTKVNCClientCertificate(t *testing.T) {
	t.Parallel()
	dir, authority := secured(t)
	guest := StartQEMU(t, QEMUOptions{Credentials: dir, VerifyPeer: true})

	expired := t.TempDir()
	authority.Issue(t, expired, "client", Client, Expired)
	for name, identity := range map[string]Identity{
		"none":    ClientIdentity(dir).Anonymous(),
		"expired": ClientIdentity(expired),
	} {
		t.Run(name, func(t *testing.T) {
			viewer := StartGTKVNC(t, GTKVNCOptions{Address: guest.Address, Identity: identity})
			if viewer.Refused() == "" {
				t.Error("gtk-vnc told no reason")
			}
		})
	}
}

func TestGTKVNCTrustsOnlyItsAuthority(t *testing.T) {
	t.Parallel()
	dir, _ := secured(t)
	foreign, _ := secured(t)
	guest := StartQEMU(t, QEMUOptions{Credentials: dir})
	viewer := StartGTKVNC(t, GTKVNCOptions{Address: guest.Address, Identity: ClientIdentity(foreign)})
	viewer.Refused()
}

func TestGTKVNCRevoked(t *testing.T) {
	t.Parallel()
	dir, authority := secured(t)
	revoked := authority.Issue(t, t.TempDir(), "client", Client)
	authority.Revoke(t, dir, revoked)
	guest := StartQEMU(t, QEMUOptions{Credentials: dir, VerifyPeer: true})
	viewer := StartGTKVNC(t, GTKVNCOptions{Address: guest.Address, Identity: ClientIdentity(dir)})
	viewer.WaitInitialized()

	gone := t.TempDir()
	authority.Revoke(t, dir, authority.Issue(t, gone, "client", Client))
	strict := StartQEMU(t, QEMUOptions{Credentials: dir, VerifyPeer: true})
	StartGTKVNC(t, GTKVNCOptions{Address: strict.Address, Identity: ClientIdentity(gone)}).Refused()
}

func TestGTKVNCPassword(t *testing.T) {
	t.Parallel()
	guest := StartQEMU(t, QEMUOptions{Socket: filepath.Join(t.TempDir(), "vnc"), Password: "secret"})

	right := StartGTKVNC(t, GTKVNCOptions{Address: guest.Address, Password: "secret"})
	WaitSame(t, "gtk-vnc shows the guest's screen", guest.Picture(), right.Picture)

	wrong := StartGTKVNC(t, GTKVNCOptions{Address: guest.Address, Password: "wrong"})
	if got, want := wrong.Refused(), "Authentication failed"; got != want {
		t.Errorf("gtk-vnc with a wrong password said %q, want %q", got, want)
	}
	if !wrong.State().AuthFailed {
		t.Error("gtk-vnc does not take it for a failed authentication")
	}
}
