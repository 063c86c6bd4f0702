package encoding

import (
	"fmt"
	"image"
	"math"
	"strings"
	"testing"

	"vncsec/internal/samplescreen"
	"vncsec/vncserve/rfb"
)

// coloured has a number of colours.
func coloured(width, height, colours int) *Picture {
	p := NewPicture(width, height)
	for i := range p.Pix {
		p.Pix[i] = uint32(i*7%colours) * 0x010305
	}
	return p
}

// TestTightSizes encodes pictures of sizes and numbers of colours at which the encoder
// changes its ways.
func TestTightSizes(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {3, 1}, {4, 1}, {11, 1}, {12, 1}, {9, 18}, {2047, 2}, {2048, 2}, {2049, 2}, {300, 301}} {
		for _, n := range []int{1, 2, 3, 16, 17, 255, 256, 257, 4000} {
			for name, form := range forms {
				if !strings.HasPrefix(name, "Tight") {
					continue
				}
				for _, format := range []string{"canonical", "565", "332", "upper bytes big"} {
					t.Run(fmt.Sprintf("%s/%s/%v/%d", name, format, size, n), func(t *testing.T) {
						p := coloured(size.X, size.Y, n)
						v := newViewer(t, formats[format], size.X, size.Y)
						v.take(t, v.encode(p, p.Bounds(), form))
						v.check(t, p)
					})
				}
			}
		}
	}
}

// TestTightKinds checks that pictures go the way that is meant for them.
func TestTightKinds(t *testing.T) {
	lossless := Form{Encoding: rfb.EncodingTight, Quality: Lossless, Split: true}
	withJPEG := Form{Encoding: rfb.EncodingTight, Quality: 5, Split: true}
	inOne := Form{Encoding: rfb.EncodingTight, Quality: 5}
	for _, tt := range []struct {
		name    string
		p       *Picture
		form    Form
		control byte
	}{
		{"solid", coloured(64, 64, 1), lossless, tightFill},
		{"two colours", coloured(64, 64, 2), lossless, tightFilterFollows | tightResetStream},
		{"a palette", coloured(64, 64, 200), lossless, tightFilterFollows | tightResetStream},
		{"all colours", pictures["noise"](64, 64), lossless, tightResetStream},
		{"a photo", pictures["photo"](64, 64), withJPEG, tightJPEG},
		{"text is no photo", pictures["text"](64, 64), withJPEG, tightFilterFollows | tightResetStream},
		{"many colours that are no photo", pictures["long runs of many colours"](150, 131), withJPEG, tightResetStream},
		{"what cannot be cut is no photo", pictures["photo"](64, 64), inOne, tightResetStream},
	} {
		v := newViewer(t, rfb.Canonical, tt.p.Width, tt.p.Height)
		e := v.encode(tt.p, tt.p.Bounds(), tt.form)
		if got := e.wire[rfb.RectHeaderLen]; got != tt.control {
			t.Errorf("%s: control byte %#02x, want %#02x", tt.name, got, tt.control)
		}
	}
}

// TestTightInStrips sends a page of text in strips of two colours, which are smaller.
func TestTightInStrips(t *testing.T) {
	p := NewPicture(400, 320)
	for y := range p.Height {
		for x := range p.Width {
			if y%16 > 3 && (x*31+y*17)%5 == 0 {
				p.Pix[y*p.Width+x] = []uint32{0xaaaaaa, 0x55ff55, 0x5555ff}[y/64%3]
			}
		}
	}
	v := newViewer(t, rfb.Canonical, p.Width, p.Height)
	whole := v.encode(p, p.Bounds(), Form{Encoding: rfb.EncodingTight, Quality: Lossless})
	strips := v.encode(p, p.Bounds(), Form{Encoding: rfb.EncodingTight, Quality: Lossless, Split: true})
	if strips.Rectangles < 2 || strips.Size() >= whole.Size() {
		t.Errorf("%d rectangles of %d bytes, against %d bytes", strips.Rectangles, strips.Size(), whole.Size())
	}
	v.take(t, strips)
	v.check(t, p)
}

// TestTightQuality measures what JPEG loses of a desktop: text nothing, photographs less
// with each quality, and no more than a bound.
func TestTightQuality(t *testing.T) {
	screen, err := samplescreen.Desktop(640, 480, 0)
	if err != nil {
		t.Fatal(err)
	}
	p := &Picture{Width: screen.Width, Height: screen.Height, Pix: screen.Pix}
	least := []float64{24, 25, 26, 26, 27, 28, 28, 29, 30, 32} // dB
	for _, e := range []rfb.Encoding{rfb.EncodingTight, rfb.EncodingTightPNG} {
		last := 0
		for quality := range 10 {
			v := newViewer(t, rfb.Canonical, p.Width, p.Height)
			encoded := v.encode(p, p.Bounds(), Form{Encoding: e, Quality: int8(quality), Split: true})
			v.take(t, encoded)
			if snr := signalToNoise(p, v.decoder.Picture); snr < least[quality] {
				t.Errorf("%v at quality %d: %.1f dB, want %.0f", e, quality, snr, least[quality])
			}
			if encoded.Size() < last {
				t.Errorf("%v at quality %d is smaller than the one before", e, quality)
			}
			last = encoded.Size()
		}
	}
}

// signalToNoise is the peak signal-to-noise ratio of a copy, in dB.
func signalToNoise(want, got *Picture) float64 {
	sum := 0.0
	for i, w := range want.Pix {
		for shift := 0; shift < 24; shift += 8 {
			d := float64(w>>shift&0xff) - float64(got.Pix[i]>>shift&0xff)
			sum += d * d
		}
	}
	return 10 * math.Log10(255*255/(sum/float64(3*len(want.Pix))))
}
