package peertest

import (
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// Same tells whether two pictures have the same size and the same colour in
// every pixel; what an alpha channel says is not looked at, as neither RFB nor
// the X server has one.
func Same(a, b *image.RGBA) bool { return difference(a, b) == "" }

// WaitSame waits until the picture that look returns is the wanted one. When it
// never is, the test fails, and both pictures are among its artifacts.
func WaitSame(t testing.TB, what string, want *image.RGBA, look func() *image.RGBA) {
	t.Helper()
	var got *image.RGBA
	defer func() {
		if t.Failed() {
			SavePicture(t, "want.png", want)
			SavePicture(t, "got.png", got)
		}
	}()
	Eventually(t, what, func() bool {
		got = look()
		return got != nil && Same(got, want)
	})
}

// WaitStable waits until look has returned the same picture often enough to
// take it for finished, and returns that.
func WaitStable(t testing.TB, what string, look func() *image.RGBA) *image.RGBA {
	t.Helper()
	const enough = 15
	var last *image.RGBA
	equal := 0
	Eventually(t, what, func() bool {
		now := look()
		if now == nil || last == nil || !Same(now, last) {
			last, equal = now, 0
			return false
		}
		equal++
		return equal >= enough
	})
	return last
}

// SavePicture keeps the picture among the test's artifacts (go test -artifacts).
// Without a picture it does nothing.
func SavePicture(t testing.TB, name string, img *image.RGBA) {
	t.Helper()
	if img == nil {
		return
	}
	file, err := os.Create(filepath.Join(t.ArtifactDir(), name))
	if err != nil {
		t.Error(err)
		return
	}
	defer file.Close()
	if err := png.Encode(file, img); err != nil {
		t.Error(err)
	}
}

// difference says where two pictures first differ; empty when they do not.
func difference(a, b *image.RGBA) string {
	size := a.Rect.Size()
	if size != b.Rect.Size() {
		return fmt.Sprintf("sizes %v and %v", size, b.Rect.Size())
	}
	for y := range size.Y {
		p := a.Pix[y*a.Stride:][:4*size.X]
		q := b.Pix[y*b.Stride:][:4*size.X]
		for i := range p {
			if p[i] != q[i] && i%4 != 3 {
				x := i - i%4
				return fmt.Sprintf("pixel (%d, %d) is %v and %v", x/4, y, p[x:x+3], q[x:x+3])
			}
		}
	}
	return ""
}
