package peertest

import (
	"image"
	"testing"
)

func TestGVNCCapture(t *testing.T) {
	t.Parallel()
	dir, _ := secured(t)
	guest := StartQEMU(t, QEMUOptions{Credentials: dir, VerifyPeer: true})

	// A screen that nobody has looked at yet is not up to date in QEMU's first
	// answer.
	WaitSame(t, "gvnccapture shows the guest's screen", guest.Picture(), func() *image.RGBA {
		picture, err := GVNCCapture(t, guest.Address, ClientIdentity(dir))
		if err != nil {
			t.Fatal(err)
		}
		return picture
	})
	if _, err := GVNCCapture(t, guest.Address, ClientIdentity(dir).Anonymous()); err == nil {
		t.Error("gvnccapture was let in without a certificate")
	}
}
