package peertest

import (
	"image"
	"path/filepath"
	"testing"
)

func TestQEMU(t *testing.T) {
	t.Parallel()
	q := StartQEMU(t, QEMUOptions{Socket: filepath.Join(t.TempDir(), "vnc")})
	t.Log(q.Address)
	if got, want := q.Picture().Rect.Size(), image.Pt(720, 400); got != want {
		t.Errorf("picture is %v, want %v", got, want)
	}
	SavePicture(t, "guest.png", q.Picture())
}
