package peertest

import (
	"image"
	"image/color"
	"strings"
	"testing"
)

func TestDifference(t *testing.T) {
	red, blue := color.RGBA{R: 0xff, A: 0xff}, color.RGBA{B: 0xff, A: 0xff}
	base := image.NewRGBA(image.Rect(0, 0, 4, 3))
	base.SetRGBA(2, 1, red)

	same := image.NewRGBA(base.Rect)
	same.SetRGBA(2, 1, color.RGBA{R: 0xff}) // alpha does not count
	moved := image.NewRGBA(image.Rect(0, 0, 9, 9)).SubImage(image.Rect(5, 5, 9, 8)).(*image.RGBA)
	moved.SetRGBA(7, 6, red)
	other := image.NewRGBA(base.Rect)
	other.SetRGBA(2, 1, blue)
	several := image.NewRGBA(base.Rect)
	several.SetRGBA(0, 2, blue)
	for _, c := range []struct {
		name, want string
		img        *image.RGBA
	}{
		{"same", "", same},
		{"part of a larger picture", "", moved},
		{"other colour", "pixel (2, 1) is [255 0 0] and [0 0 255]", other},
		{"several", "pixel (2, 1) is [255 0 0] and [0 0 0], and 1 others differ", several},
		{"other size", "sizes (4,3) and (3,4)", image.NewRGBA(image.Rect(0, 0, 3, 4))},
	} {
		if got := Difference(base, c.img); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if Same(base, c.img) != (c.want == "") {
			t.Errorf("%s: Same and Difference do not agree", c.name)
		}
	}
}

func TestWaitStable(t *testing.T) {
	looks := 0
	picture := WaitStable(t, "the picture stands still", func() *image.RGBA {
		looks++
		if looks < 3 {
			return nil
		}
		return image.NewRGBA(image.Rect(0, 0, min(looks, 10), 1))
	})
	if got := picture.Rect.Dx(); got != 10 {
		t.Errorf("picture of width %d, want the one that did not change any more", got)
	}
}

func TestDecodePAM(t *testing.T) {
	const header = "P7\nWIDTH 2\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n"
	img, err := decodePAM(strings.NewReader(header + "abc\xffdef\xff"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := img.RGBAAt(1, 0), (color.RGBA{'d', 'e', 'f', 0xff}); got != want {
		t.Errorf("pixel is %v, want %v", got, want)
	}
	for _, text := range []string{"", "P6\n1 1\n255\nabc", header + "abc\xffdef"} {
		if _, err := decodePAM(strings.NewReader(text)); err == nil {
			t.Errorf("%q is taken for a picture", text)
		}
	}
}
