package peertest

import (
	"bytes"
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
func Same(a, b *image.RGBA) bool { return Difference(a, b) == "" }

// WaitSame waits until the picture that look returns is the wanted one. When it
// never is, the test fails and says where it differs.
func WaitSame(t testing.TB, what string, want *image.RGBA, look func() *image.RGBA) {
	t.Helper()
	WaitLike(t, what, want, look, Difference)
}

// WaitLike is WaitSame for pictures that difference, a function like Difference, may
// take for the same. When it never does, both pictures are among the artifacts of the
// test.
func WaitLike(t testing.TB, what string, want *image.RGBA, look func() *image.RGBA, difference func(got, want *image.RGBA) string) {
	t.Helper()
	var got *image.RGBA
	different := "there is no picture"
	defer func() {
		if different != "" {
			t.Logf("%s: %s", what, different)
			SavePicture(t, "want.png", want)
			SavePicture(t, "got.png", got)
		}
	}()
	Eventually(t, what, func() bool {
		if got = look(); got != nil {
			different = difference(got, want)
		}
		return different == ""
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

// Difference says in how many pixels two pictures differ and what the first of those
// are; empty when there is none.
func Difference(a, b *image.RGBA) string {
	size := a.Rect.Size()
	if size != b.Rect.Size() {
		return fmt.Sprintf("sizes %v and %v", size, b.Rect.Size())
	}
	first, count := "", 0
	for y := range size.Y {
		p := a.Pix[y*a.Stride:][:4*size.X]
		q := b.Pix[y*b.Stride:][:4*size.X]
		if bytes.Equal(p, q) {
			continue
		}
		for i := 0; i < len(p); i += 4 {
			if bytes.Equal(p[i:i+3], q[i:i+3]) {
				continue
			}
			if count++; count == 1 {
				first = fmt.Sprintf("pixel (%d, %d) is %v and %v", i/4, y, p[i:i+3], q[i:i+3])
			}
		}
	}
	if count > 1 {
		return fmt.Sprintf("%s, and %d others differ", first, count-1)
	}
	return first
}
