package encoding

import (
	"fmt"
	"image"
	"math/rand/v2"
	"testing"

	"vncsec/vncserve/rfb"
)

// TestSizes encodes pieces of all sizes around those of the tiles, with runs that end
// at their edges.
func TestSizes(t *testing.T) {
	sizes := []int{1, 2, 8, 15, 16, 17, 63, 64, 65, 129}
	for _, format := range []string{"canonical", "565"} {
		v := newViewer(t, formats[format], 140, 140)
		for name, draw := range map[string]func(w, h int) *Picture{
			"2 colours": pictures["noise of 2 colours"], "text": textPage, "photo": photo,
			"last column": func(w, h int) *Picture {
				return paint(w, h, func(x, _ int, _ *rand.Rand) uint32 { return uint32(x/(w-1+w%2)) * 0xffffff })
			},
			"long runs": pictures["long runs of many colours"],
		} {
			p := draw(140, 140)
			for _, w := range sizes {
				for _, h := range sizes {
					for formName, form := range forms {
						r := image.Rect(140-w, 140-h, 140, 140)
						v.decoder.Picture.Fill(v.decoder.Picture.Bounds(), 0x010101)
						v.take(t, v.encode(p, r, form))
						if err := sameArea(v, p, r); err != nil {
							t.Fatalf("%s in %s of %s, %d x %d: %v", formName, format, name, w, h, err)
						}
					}
				}
			}
		}
	}
}

// sameArea compares a part of the decoded picture, and sees that the rest is as it was.
func sameArea(v *viewer, want *Picture, r image.Rectangle) error {
	for i, got := range v.decoder.Picture.Pix {
		x, y := i%want.Width, i/want.Width
		pixel := uint32(0x010101)
		if image.Pt(x, y).In(r) {
			pixel = v.translator.rounded(want.Pix[i])
		}
		if got != pixel {
			return fmt.Errorf("pixel %d,%d is %06x, want %06x", x, y, got, pixel)
		}
	}
	return nil
}

// TestRounding shows that colours which a viewer cannot tell apart count as one.
func TestRounding(t *testing.T) {
	p := NewPicture(70, 70)
	for i := range p.Pix {
		p.Pix[i] = 0x808080 + uint32(i%3)
	}
	for _, tt := range []struct {
		encoding rfb.Encoding
		want     int // bytes after the header
	}{
		{rfb.EncodingRRE, 5},
		{rfb.EncodingHextile, 5*5 + 1},
	} {
		if got := len(encode332(t, p, tt.encoding)); got != tt.want {
			t.Errorf("%v: %d bytes, want %d", tt.encoding, got, tt.want)
		}
	}
}

// TestFewColours compares the planes with the pixels, for all numbers of colours.
func TestFewColours(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var w tile
	for step := range 2000 {
		width, height, n := 1+r.IntN(64), 1+r.IntN(64), 1+r.IntN(6)
		colours := make([]uint32, n)
		for i := range colours {
			colours[i] = r.Uint32() & 0xffffff
		}
		p := NewPicture(width, height)
		for i := range p.Pix {
			p.Pix[i] = colours[r.IntN(n)]
			if i >= width && r.IntN(4) > 0 {
				p.Pix[i] = p.Pix[i-width]
			}
		}
		distinct := map[uint32]bool{}
		for _, v := range p.Pix {
			distinct[v] = true
		}
		w.load(p, p.Bounds(), CanonicalTranslator())
		if got, want := w.findFew(), len(distinct) <= maxFew; got != want {
			t.Fatalf("step %d: %d colours, few is %v", step, len(distinct), got)
		} else if !got {
			continue
		}
		w.few.sort()
		for i, v := range p.Pix {
			x, y := i%width, i/width
			for c := range w.few.n {
				if got, want := w.few.planes[c][y]>>x&1 == 1, w.few.colours[c] == v; got != want {
					t.Fatalf("step %d: pixel %d,%d is %06x, but its bit for %06x is %v", step, x, y, v, w.few.colours[c], got)
				}
			}
		}
		for c := 1; c < w.few.n; c++ {
			if w.few.colours[c] <= w.few.colours[c-1] {
				t.Fatalf("step %d: colours %06x are not in order", step, w.few.colours[:w.few.n])
			}
		}
	}
}
