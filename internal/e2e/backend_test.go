package e2e_test

import (
	"strings"
	"syscall"
	"testing"

	"vncsec/internal/peertest"
)

// TestBackend shows QEMU's screen, which QEMU gives to a UNIX socket only,
// through our TLS: every viewer sees exactly what QEMU says the screen is.
func TestBackend(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	guest := peertest.StartQEMU(t, peertest.QEMUOptions{Socket: socketPath(t)})
	console := serve(t, "--listen", anyPort, "--x509verify", s.server, "--backend", guest.Address)

	viewer := peertest.StartGTKVNC(t, peertest.GTKVNCOptions{Address: console.address, Identity: s.admin()})
	if got := viewer.WaitInitialized().Name; got != "QEMU" {
		t.Errorf("the desktop's name is %q, want QEMU's", got)
	}
	peertest.WaitSame(t, "gtk-vnc shows QEMU's screen", guest.Picture(), viewer.Picture)

	viewer.Type("Through TLS 1.3")
	guest.WaitTyped("Through TLS 1.3")
	peertest.WaitSame(t, "gtk-vnc shows what was typed", guest.Picture(), viewer.Picture)
}

// TestBackendEncodings lets the viewer and QEMU agree on encodings that our own
// display does not have.
func TestBackendEncodings(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	guest := peertest.StartQEMU(t, peertest.QEMUOptions{Socket: socketPath(t)})
	console := serve(t, "--listen", anyPort, "--x509", s.server, "--backend", guest.Address)

	for _, encoding := range []string{"raw", "zrle", "hextile", "zlib"} {
		t.Run("libvncclient "+encoding, func(t *testing.T) {
			viewer := peertest.StartLibVNCClient(t, peertest.LibVNCClientOptions{
				Address: console.address, Encoding: encoding, Identity: s.anonymous(),
			})
			peertest.WaitSame(t, "libvncclient shows QEMU's screen", guest.Picture(), viewer.Picture)
		})
	}
	for _, encoding := range []string{"Tight", "ZRLE"} {
		t.Run("TigerVNC "+encoding, func(t *testing.T) {
			viewer := peertest.StartTigerVNC(t, peertest.TigerVNCOptions{
				Address: console.address, Encoding: encoding, CAFile: s.caFile(), SecurityTypes: "X509None",
			})
			peertest.WaitSame(t, "TigerVNC shows QEMU's screen", guest.Picture(), viewer.Picture)
		})
	}
}

// TestBackendSeveralViewers has three kinds of viewers on one screen at once; a
// key struck in one of them is seen by all.
func TestBackendSeveralViewers(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	guest := peertest.StartQEMU(t, peertest.QEMUOptions{Socket: socketPath(t)})
	console := serve(t, "--listen", anyPort, "--x509", s.server, "--backend", guest.Address)

	gtk := peertest.StartGTKVNC(t, peertest.GTKVNCOptions{Address: console.address, Identity: s.anonymous()})
	tiger := peertest.StartTigerVNC(t, peertest.TigerVNCOptions{Address: console.address, CAFile: s.caFile()})
	lib := peertest.StartLibVNCClient(t, peertest.LibVNCClientOptions{
		Address: console.address, Encoding: "zrle", Identity: s.anonymous(),
	})
	gtk.WaitInitialized()
	tiger.Type("seen by all")
	guest.WaitTyped("seen by all")
	picture := guest.Picture()
	peertest.WaitSame(t, "gtk-vnc shows what was typed", picture, gtk.Picture)
	peertest.WaitSame(t, "TigerVNC shows what was typed", picture, tiger.Picture)
	peertest.WaitSame(t, "libvncclient shows what was typed", picture, lib.Picture)
}

// TestBackendAway tells viewers why they see nothing while there is no backend,
// and serves them once there is.
func TestBackendAway(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	socket := socketPath(t)
	console := serve(t, "--listen", anyPort, "--x509", s.server, "--backend", "unix:"+socket)
	options := peertest.GTKVNCOptions{Address: console.address, Identity: s.anonymous()}

	const reason = "the machine behind this console is not running"
	if told := peertest.StartGTKVNC(t, options).Refused(); !strings.Contains(told, reason) {
		t.Errorf("gtk-vnc was told %q, want %q", told, reason)
	}

	guest := peertest.StartQEMU(t, peertest.QEMUOptions{Socket: socket})
	viewer := peertest.StartGTKVNC(t, options)
	peertest.WaitSame(t, "gtk-vnc shows QEMU's screen", guest.Picture(), viewer.Picture)

	guest.Kill()
	viewer.WaitDisconnected()
	if !console.Running() {
		t.Fatalf("vncsec serve ended with its backend:\n%s", console.Log())
	}
	if told := peertest.StartGTKVNC(t, options).Refused(); !strings.Contains(told, reason) {
		t.Errorf("gtk-vnc was told %q, want %q", told, reason)
	}
	console.Signal(t, syscall.SIGTERM)
	if err := console.Wait(t); err != nil {
		t.Errorf("vncsec serve ended with %v", err)
	}
}
