package e2e_test

import (
	"strings"
	"testing"

	"vncsec/internal/peertest"
)

// TestPassword sets the VNC password through the monitor: before, nobody is let
// in; then those who know it are, with TLS and over a UNIX socket without.
func TestPassword(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	guest := peertest.StartQEMU(t, peertest.QEMUOptions{Socket: socketPath(t)})
	for name, options := range map[string][]string{
		"X509Vnc":     {"--listen", anyPort, "--x509", s.server},
		"UNIX socket": {"--listen", "unix:" + socketPath(t)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			console := serve(t, append(options, "--password", "--backend", guest.Address)...)
			gtk := peertest.GTKVNCOptions{Address: console.address, Identity: s.anonymous()}

			gtk.Password = ""
			refuse(t, gtk, "an empty password before any is set")
			gtk.Password = "secret"
			refuse(t, gtk, "a password before any is set")

			console.tell("change vnc password secret")
			console.tell("info vnc") // answered after the password is set
			peertest.Eventually(t, "the monitor answers", func() bool {
				return strings.Count(console.Log(), "Server: ") == 2
			})
			picture := guest.Picture()
			peertest.WaitSame(t, "gtk-vnc shows the screen", picture, peertest.StartGTKVNC(t, gtk).Picture)
			tiger := peertest.TigerVNCOptions{Address: console.address, CAFile: s.caFile(), Password: "secret"}
			peertest.WaitSame(t, "TigerVNC shows the screen", picture, peertest.StartTigerVNC(t, tiger).Picture)

			gtk.Password = "wrong"
			refuse(t, gtk, "a wrong password")
			tiger.Password = "wrong"
			if log := peertest.StartTigerVNC(t, tiger).Refused(); !strings.Contains(log, "Authentication failed") {
				t.Errorf("TigerVNC with a wrong password said:\n%s", log)
			}
			if strings.Contains(console.Log(), "secret") {
				t.Errorf("the password is in the server's output:\n%s", console.Log())
			}
		})
	}
}

// refuse connects gtk-vnc with a password that the server must not take.
func refuse(t *testing.T, options peertest.GTKVNCOptions, what string) {
	t.Helper()
	viewer := peertest.StartGTKVNC(t, options)
	if told := viewer.Refused(); told != "Authentication failed" || !viewer.State().AuthFailed {
		t.Errorf("with %s gtk-vnc was told %q, want %q", what, told, "Authentication failed")
	}
}
