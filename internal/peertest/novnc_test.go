package peertest

import (
	"strings"
	"testing"
)

// TestNoVNC shows QEMU's screen in noVNC, with the encodings that both have, and types. It
// leaves out Raw: noVNC 1.3.0 makes the wrong bytes of it opaque, so that parts stay black.
func TestNoVNC(t *testing.T) {
	guest := StartQEMU(t, QEMUOptions{Password: "secret"})
	const hextile, tight, tightPNG = 5, 7, -260
	for name, encodings := range map[string][]int32{
		"its own list": nil, "Hextile": {hextile}, "Tight": {tight}, "TightPNG": {tightPNG},
	} {
		t.Run(name, func(t *testing.T) {
			viewer := StartNoVNC(t, NoVNCOptions{Address: guest.Address, Password: "secret", Encodings: encodings})
			if state := viewer.WaitConnected(); state.Name != "QEMU" {
				t.Errorf("the desktop is called %q", state.Name)
			}
			WaitSame(t, "noVNC shows the screen", guest.Picture(), viewer.Picture)
		})
	}
	viewer := StartNoVNC(t, NoVNCOptions{Address: guest.Address, Password: "secret"})
	const text = `az AZ 09 !"#$%&'()*+,-./:;<=>?@[\]^_` + "`{|}~"
	viewer.Type(text)
	guest.WaitTyped(text)
	WaitSame(t, "noVNC shows what was typed", guest.Picture(), viewer.Picture)
}

// TestNoVNCRefused has a wrong password, none, and no server.
func TestNoVNCRefused(t *testing.T) {
	guest := StartQEMU(t, QEMUOptions{Password: "secret"})
	viewer := StartNoVNC(t, NoVNCOptions{Address: guest.Address, Password: "wrong"})
	if told := viewer.Refused(); !strings.Contains(told, "Authentication failed") {
		t.Errorf("noVNC was told %q", told)
	}
	viewer = StartNoVNC(t, NoVNCOptions{Address: guest.Address})
	Eventually(t, "noVNC asks for the password", func() bool { return len(viewer.State().Asked) > 0 })
	viewer = StartNoVNC(t, NoVNCOptions{Address: "127.0.0.1:1"})
	if told := viewer.Refused(); told != "" || viewer.State().Clean {
		t.Errorf("noVNC found a server: %q", told)
	}
	if viewer.Picture() != nil {
		t.Error("noVNC shows a picture without a session")
	}
}
