package e2e_test

import (
	"testing"

	"vncsec/internal/peertest"
)

// TestQEMUUsesOurFiles starts QEMU with the installed files of every key type,
// and connects gtk-vnc with the installed files of the client.
func TestQEMUUsesOurFiles(t *testing.T) {
	t.Parallel()
	for _, keyType := range []string{"rsa-3072", "rsa-4096", "ecdsa-p256", "ecdsa-p384", "ed25519"} {
		t.Run(keyType, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, keyType)
			for role, dir := range map[string]string{"server": s.server, "client": s.client} {
				if err := peertest.QEMULoads(t, dir, role); err != nil {
					t.Errorf("%s: %v", role, err)
				}
			}
			guest := peertest.StartQEMU(t, peertest.QEMUOptions{Credentials: s.server, VerifyPeer: true})
			viewer := peertest.StartGTKVNC(t, peertest.GTKVNCOptions{Address: guest.Address, Identity: s.admin()})
			peertest.WaitSame(t, "gtk-vnc shows QEMU's screen", guest.Picture(), viewer.Picture)

			stranger := peertest.StartGTKVNC(t, peertest.GTKVNCOptions{Address: guest.Address, Identity: s.anonymous()})
			stranger.Refused()
		})
	}
}
