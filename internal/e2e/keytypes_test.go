package e2e_test

import (
	"testing"

	"vncsec/internal/peertest"
)

// TestKeyTypes sets up a site with every type of key and uses its files on both
// sides, with QEMU's server and with ours.
func TestKeyTypes(t *testing.T) {
	t.Parallel()
	for _, keyType := range []string{"rsa-3072", "rsa-4096", "ecdsa-p256", "ecdsa-p384", "ed25519"} {
		t.Run(keyType, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, keyType)
			testQEMU(t, s)
			testOurs(t, s)
		})
	}
}

// testQEMU starts QEMU with the files of the server, and connects to it with
// those of the client.
func testQEMU(t *testing.T, s site) {
	t.Helper()
	for role, dir := range map[string]string{"server": s.server, "client": s.client} {
		if err := peertest.QEMULoads(t, dir, role); err != nil {
			t.Errorf("%s: %v", role, err)
		}
	}
	guest := peertest.StartQEMU(t, peertest.QEMUOptions{Credentials: s.server, VerifyPeer: true})
	options := peertest.GTKVNCOptions{Address: guest.Address, Identity: s.admin()}
	peertest.WaitSame(t, "gtk-vnc shows QEMU's screen", guest.Picture(), peertest.StartGTKVNC(t, options).Picture)
	options.Identity = s.anonymous()
	peertest.StartGTKVNC(t, options).Refused()
}

// testOurs does the same with our server: TLS 1.3 for gtk-vnc and TigerVNC, which
// has no client certificates, and TLS 1.2 for libvncclient.
func testOurs(t *testing.T, s site) {
	t.Helper()
	guest := peertest.StartQEMU(t, peertest.QEMUOptions{Socket: socketPath(t)})
	open := serve(t, "--listen", anyPort, "--x509", s.server, "--backend", guest.Address)
	strict := serve(t, "--listen", anyPort, "--x509verify", s.server, "--backend", guest.Address)
	picture := guest.Picture()

	tiger := peertest.StartTigerVNC(t, peertest.TigerVNCOptions{
		Address: open.address, CAFile: s.caFile(), SecurityTypes: "X509None",
	})
	peertest.WaitSame(t, "TigerVNC shows QEMU's screen", picture, tiger.Picture)
	gtk := peertest.StartGTKVNC(t, peertest.GTKVNCOptions{Address: strict.address, Identity: s.admin()})
	peertest.WaitSame(t, "gtk-vnc shows QEMU's screen", picture, gtk.Picture)

	lib := peertest.LibVNCClientOptions{Address: open.address, Encoding: "zrle", Identity: s.anonymous()}
	peertest.WaitSame(t, "libvncclient shows QEMU's screen", picture, peertest.StartLibVNCClient(t, lib).Picture)
	lib.Address, lib.Identity = strict.address, s.admin()
	peertest.WaitSame(t, "libvncclient is let in", picture, peertest.StartLibVNCClient(t, lib).Picture)
}
