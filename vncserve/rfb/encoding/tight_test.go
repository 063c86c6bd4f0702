package encoding

import (
	"bytes"
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"slices"
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
	var encoder Encoder // what it has made before does not matter
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
						form.Format = v.translator.Format()
						v.take(t, encoder.Encode(p, p.Bounds(), image.Point{}, form, v.translator))
						v.check(t, p)
					})
				}
			}
		}
	}
}

func TestCompactLengths(t *testing.T) {
	for _, n := range []int{0, 1, 127, 128, 129, 1<<14 - 1, 1 << 14, 1<<14 + 1, 1 << 15, maxTightLength - 1} {
		b := appendCompactLength(nil, n)
		if got, size := compactLength(append(b, 0xff)); got != n || size != len(b) {
			t.Errorf("%d is read from %x as %d of %d bytes", n, b, got, size)
		}
	}
}

// TestTightLongestData checks that what is just short enough to have its length told is still
// so with the header of its stream, which begins with it for some viewers.
func TestTightLongestData(t *testing.T) {
	e := tightEncoder{segments: []segment{{stream: tightStream}}}
	const n = maxTightLength - 1
	e.sized(make([]byte, n))
	sent := Encoded{wire: e.wire, segments: e.segments}.AppendWire(nil, new(Streams))
	if told, _ := compactLength(sent); told != n+len(zlibHeader) && !e.overlong {
		t.Errorf("%d bytes have length %d", n+len(zlibHeader), told)
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
		{"two colours", coloured(64, 64, 2), lossless, tightFilterFollows | tightMonoStream<<tightStreamShift},
		{"a palette", coloured(64, 64, 200), lossless, tightFilterFollows | tightPaletteStream<<tightStreamShift},
		{"a photo", pictures["photo"](64, 64), lossless, tightFilterFollows | tightGradientStream<<tightStreamShift},
		{"a photo that may lose", pictures["photo"](64, 64), withJPEG, tightJPEG},
		{"a small photo", pictures["photo"](64, 16), withJPEG, tightCopyStream},
		{"text is no photo", pictures["text"](64, 64), withJPEG, tightFilterFollows | tightPaletteStream<<tightStreamShift},
		{"text with soft edges is no photo", softText(t), withJPEG, tightFilterFollows | tightPaletteStream<<tightStreamShift},
		{"many colours that are no photo", pictures["long runs of many colours"](150, 131), withJPEG, tightCopyStream},
		{"a whole photo", pictures["photo"](64, 64), inOne, tightJPEG},
		{"a whole with text is no photo", desktop(t), inOne, tightCopyStream},
	} {
		v := newViewer(t, rfb.Canonical, tt.p.Width, tt.p.Height)
		e := v.encode(tt.p, tt.p.Bounds(), tt.form)
		v.take(t, e)
		if got := e.wire[rfb.RectHeaderLen]; got != tt.control {
			t.Errorf("%s: control byte %#02x, want %#02x", tt.name, got, tt.control)
		}
	}
}

// softText has text of many shades.
func softText(t *testing.T) *Picture { return screens(t, 320, 200)["console"] }

func desktop(t *testing.T) *Picture { return screens(t, 320, 200)["desktop"] }

// TestTightOrRaw sends in Raw what would be too wide or too long, unless it may be cut.
func TestTightOrRaw(t *testing.T) {
	for name, p := range map[string]*Picture{
		"wide": NewPicture(maxTightWidth+1, 3),
		"long": pictures["noise"](maxTightWidth, 800),
	} {
		for _, split := range []bool{false, true} {
			v := newViewer(t, rfb.Canonical, p.Width, p.Height)
			e := v.encode(p, p.Bounds(), Form{Encoding: rfb.EncodingTight, Quality: Lossless, Split: split})
			v.take(t, e)
			v.check(t, p)
			h, err := rfb.ReadRectHeader(bytes.NewReader(e.wire))
			if err != nil {
				t.Fatal(err)
			}
			if raw := h.Encoding == rfb.EncodingRaw; raw == split || (e.Rectangles > 1) != split {
				t.Errorf("%s, split %t: %d rectangles, the first in %v", name, split, e.Rectangles, h.Encoding)
			}
		}
	}
}

// TestTightTextIsDivided sends a page in the two colours that most of it has, and then
// lines and parts of lines in theirs.
func TestTightTextIsDivided(t *testing.T) {
	const grey, green, blue = 0xaaaaaa, 0x55ff55, 0x5555ff
	for _, tt := range []struct {
		name       string
		colour     func(line, x int) uint32
		rectangles int
	}{
		{"lines", func(line, _ int) uint32 { return []uint32{grey, green, grey, blue}[line/5] }, 3},
		{"columns", func(_, x int) uint32 { return []uint32{grey, green, blue}[x/140] }, 3},
		{"a column that changes", func(line, x int) uint32 {
			return []uint32{grey, []uint32{green, grey}[line/10], blue}[x/140]
		}, 3},
		{"an indented block", func(line, x int) uint32 {
			switch {
			case x < 140 || line%7 == 0:
				return grey
			case x < 140+line%2*30:
				return 0
			}
			return []uint32{green, blue}[line/14]
		}, 4},
		{"words in a line", func(line, x int) uint32 {
			if line == 3 {
				return []uint32{green, grey, blue, grey, blue}[x/100]
			}
			return grey
		}, 3},
		{"words between which the paper is seen", func(line, x int) uint32 {
			if line == 3 && x/50%2 == 0 {
				return []uint32{green, 0, blue, 0, blue}[x/100]
			}
			return grey
		}, 3},
	} {
		p := NewPicture(400, 320)
		for y := range p.Height {
			for x := range p.Width {
				if y%16 > 3 && x%10 > 5 && (x*31+y*17)%5 != 0 {
					p.Pix[y*p.Width+x] = tt.colour(y/16, x)
				}
			}
		}
		v := newViewer(t, rfb.Canonical, p.Width, p.Height)
		whole := v.encode(p, p.Bounds(), Form{Encoding: rfb.EncodingTight, Quality: Lossless})
		parts := v.encode(p, p.Bounds(), Form{Encoding: rfb.EncodingTight, Quality: Lossless, Split: true})
		if parts.Rectangles != tt.rectangles || parts.Size() >= whole.Size() {
			t.Errorf("%s: %d rectangles of %d bytes, want %d, in one %d bytes",
				tt.name, parts.Rectangles, parts.Size(), tt.rectangles, whole.Size())
		}
		v.take(t, parts)
		v.check(t, p)
	}
}

// TestTightPages cuts pages of areas, lines and specks of a few colours in random places.
func TestTightPages(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	for range 300 {
		p := NewPicture(1+r.IntN(300), 1+r.IntN(300))
		colours := 2 + r.IntN(maxTextColours+1)
		for range 1 + r.IntN(25) {
			area, colour, every := randomRect(r, p.Width, p.Height), uint32(r.IntN(colours))*0x070b0d, 1+r.IntN(3)
			for y := area.Min.Y; y < min(area.Max.Y, area.Min.Y+12); y++ {
				for i, row := 0, p.Row(y, area.Min.X, area.Max.X); i < len(row); i += every {
					row[i] = colour
				}
			}
		}
		v := newViewer(t, rfb.Canonical, p.Width, p.Height)
		v.decoder.Picture.Fill(p.Bounds(), 0xfedcba)
		v.take(t, v.encode(p, p.Bounds(), Form{Encoding: rfb.EncodingTight, Quality: Lossless, Split: true}))
		v.check(t, p)
	}
}

// TestTightInAnyOrder gives viewers some of the pieces of screens, each viewer others and in
// another order: what pieces refer to, they have themselves.
func TestTightInAnyOrder(t *testing.T) {
	type piece struct {
		area image.Rectangle
		from *Picture
		Encoded
	}
	const side = 320
	r := rand.New(rand.NewPCG(3, 4))
	for _, encoding := range []rfb.Encoding{rfb.EncodingTight, rfb.EncodingTightPNG} {
		var pieces []piece
		maker := newViewer(t, rfb.Canonical, side, side)
		for _, p := range screens(t, side, side) {
			for range 20 {
				area := randomRect(r, min(p.Width, side), min(p.Height, side))
				form := Form{Encoding: encoding, Quality: Lossless, Split: r.IntN(4) > 0, Effort: Effort(r.IntN(3))}
				pieces = append(pieces, piece{area, p, maker.encode(p, area, form)})
			}
		}
		for range 20 {
			v := newViewer(t, rfb.Canonical, side, side)
			want := NewPicture(side, side)
			for _, i := range r.Perm(len(pieces))[:1+r.IntN(len(pieces))] {
				piece := pieces[i]
				v.take(t, piece.Encoded)
				for y := piece.area.Min.Y; y < piece.area.Max.Y; y++ {
					copy(want.Row(y, piece.area.Min.X, piece.area.Max.X), piece.from.Row(y, piece.area.Min.X, piece.area.Max.X))
				}
			}
			v.check(t, want)
		}
	}
}

// TestTightGoesOn checks that the lines of a text find their letters in those before them,
// and that no rectangle begins a stream anew, after which noVNC 1.3.0 has no window for it.
func TestTightGoesOn(t *testing.T) {
	p := screens(t, 640, 480)["VGA"]
	v := newViewer(t, rfb.Canonical, p.Width, p.Height)
	form := Form{Encoding: rfb.EncodingTight, Quality: Lossless, Split: true}
	whole := v.encode(p, p.Bounds(), form)
	if whole.Rectangles < 3 || len(whole.segments) != 1 {
		t.Fatalf("%d rectangles in %d streams", whole.Rectangles, len(whole.segments))
	}
	v.take(t, whole)
	v.check(t, p)
	alone := 0
	for rest := whole.wire; len(rest) > 0; {
		h, err := rfb.ReadRectHeader(bytes.NewReader(rest))
		if err != nil {
			t.Fatal(err)
		}
		r := image.Rect(int(h.X), int(h.Y), int(h.X)+int(h.Width), int(h.Y)+int(h.Height))
		alone += v.encode(p, r, form).Size()
		rest = rest[rfb.RectHeaderLen:]
		if rest[0]&0x0f != 0 {
			t.Errorf("%v: control byte %#02x", r, rest[0])
		}
		const palette = 1 + 2 + 2*3
		n, size := compactLength(rest[palette:])
		rest = rest[palette+size+n:]
	}
	if 100*whole.Size() > 95*alone {
		t.Errorf("%d bytes together, %d one by one", whole.Size(), alone)
	}
}

// TestTightForBrowsers checks that viewers that ask for JPEG, as those in browsers do, get no
// gradients.
func TestTightForBrowsers(t *testing.T) {
	for name, p := range screens(t, 640, 480) {
		v := newViewer(t, rfb.Canonical, p.Width, p.Height)
		e := v.encode(p, p.Bounds(), Form{Encoding: rfb.EncodingTight, Quality: 6, Split: true})
		all := e.AppendWire(nil, new(Streams))
		rest := bytes.NewReader(all)
		for range e.Rectangles {
			body := all[len(all)-rest.Len()+rfb.RectHeaderLen:]
			if control, filter := body[0], body[1]; control&tightNotBasic == 0 && control&tightFilterFollows != 0 && filter != tightPalette {
				t.Errorf("%s: filter %d", name, filter)
			}
			if _, err := v.decoder.Update(rest, rfb.FramebufferUpdate{Rectangles: 1}); err != nil {
				t.Fatal(err)
			}
		}
	}
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

// TestJPEGInFormats sends a photograph in JPEG in every pixel format: in those of more than
// eight bits a pixel it comes as the same image, in the others, and those with a colour map,
// exactly.
func TestJPEGInFormats(t *testing.T) {
	p := pictures["photo"](150, 131)
	for _, quality := range []int8{0, 5, 9} {
		form := Form{Encoding: rfb.EncodingTight, Quality: quality, Split: true}
		canonical := newViewer(t, rfb.Canonical, p.Width, p.Height)
		want := canonical.encode(p, p.Bounds(), form)
		canonical.take(t, want)
		for name, format := range formats {
			v := newViewer(t, format, p.Width, p.Height)
			e := v.encode(p, p.Bounds(), form)
			v.take(t, e)
			if !format.TrueColour || format.BitsPerPixel == 8 {
				v.check(t, p)
				continue
			}
			if !bytes.Equal(e.wire, want.wire) || !slices.Equal(v.decoder.Picture.Pix, canonical.decoder.Picture.Pix) {
				t.Errorf("%s at quality %d is not the JPEG image of the canonical format", name, quality)
			}
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
