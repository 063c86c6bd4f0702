package encoding

import (
	"bytes"
	"fmt"
	"image"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"vncsec/vncserve/rfb"
)

// formats are the pixel formats that viewers are known to ask for, and odd ones.
var formats = map[string]rfb.PixelFormat{
	"canonical":       rfb.Canonical,
	"bgr":             trueColour(32, 24, false, 255, 255, 255, 0, 8, 16),
	"big endian":      trueColour(32, 24, true, 255, 255, 255, 16, 8, 0),
	"upper bytes":     trueColour(32, 24, false, 255, 255, 255, 24, 16, 8),
	"upper bytes big": trueColour(32, 24, true, 255, 255, 255, 24, 16, 8),
	"depth 32":        trueColour(32, 32, false, 255, 255, 255, 16, 8, 0),
	"four bytes":      trueColour(32, 24, true, 255, 255, 255, 24, 8, 0),
	"30 bits":         trueColour(32, 30, false, 1023, 1023, 1023, 20, 10, 0),
	"565":             trueColour(16, 16, false, 31, 63, 31, 11, 5, 0),
	"565 big":         trueColour(16, 16, true, 31, 63, 31, 11, 5, 0),
	"555":             trueColour(16, 15, false, 31, 31, 31, 10, 5, 0),
	"332":             trueColour(8, 8, false, 7, 7, 3, 5, 2, 0),
	"bgr233":          trueColour(8, 8, false, 7, 7, 3, 0, 3, 6),
	"222":             trueColour(8, 6, false, 3, 3, 3, 4, 2, 0),
	"111":             trueColour(8, 3, false, 1, 1, 1, 2, 1, 0),
	"colour map":      {BitsPerPixel: 8, Depth: 8},
	"colour map 16":   {BitsPerPixel: 16, Depth: 8, BigEndian: true},
	"colour map 32":   {BitsPerPixel: 32, Depth: 8},
}

func trueColour(bpp, depth uint8, big bool, r, g, b uint16, rs, gs, bs uint8) rfb.PixelFormat {
	return rfb.PixelFormat{
		BitsPerPixel: bpp, Depth: depth, BigEndian: big, TrueColour: true,
		RedMax: r, GreenMax: g, BlueMax: b, RedShift: rs, GreenShift: gs, BlueShift: bs,
	}
}

// pictures are contents that lead the encoders into all of their branches.
var pictures = map[string]func(width, height int) *Picture{
	"solid": func(w, h int) *Picture {
		p := NewPicture(w, h)
		p.Fill(p.Bounds(), 0x123456)
		return p
	},
	"noise": func(w, h int) *Picture {
		return paint(w, h, func(_, _ int, r *rand.Rand) uint32 { return r.Uint32() & 0xffffff })
	},
	"noise of 12 colours": func(w, h int) *Picture {
		return paint(w, h, func(_, _ int, r *rand.Rand) uint32 { return uint32(r.IntN(12)) * 0x151109 })
	},
	"noise of 2 colours": func(w, h int) *Picture {
		return paint(w, h, func(_, _ int, r *rand.Rand) uint32 { return uint32(r.IntN(2)) * 0xffeedd })
	},
	"photo": photo,
	"text":  textPage,
	"stripes of 20 colours": func(w, h int) *Picture {
		return paint(w, h, func(x, y int, _ *rand.Rand) uint32 { return uint32(y%20) * 0x0b0d07 })
	},
	"long runs of many colours": func(w, h int) *Picture {
		return paint(w, h, func(x, y int, _ *rand.Rand) uint32 { return uint32(y*w+x) / 17 * 0x030507 & 0xffffff })
	},
}

func paint(w, h int, f func(x, y int, r *rand.Rand) uint32) *Picture {
	r := rand.New(rand.NewPCG(1, 2))
	p := NewPicture(w, h)
	for i := range p.Pix {
		p.Pix[i] = f(i%w, i/w, r)
	}
	return p
}

// photo has soft gradients with a little noise, as a camera's picture has.
func photo(w, h int) *Picture {
	return paint(w, h, func(x, y int, r *rand.Rand) uint32 {
		n := r.IntN(5)
		return uint32((x*255/w+n)&0xff)<<16 | uint32((y*255/h+n)&0xff)<<8 | uint32(((x+y)*255/(w+h)+n)&0xff)
	})
}

// textPage has glyph-like specks in a few colours on black.
func textPage(w, h int) *Picture {
	colours := []uint32{0xd0d0d0, 0x808080, 0x50c050, 0x5080ff}
	return paint(w, h, func(x, y int, r *rand.Rand) uint32 {
		inGlyph := x%8 < 6 && y%16 > 2 && y%16 < 13 && (x/8*7+y/16*3)%5 != 0
		if inGlyph && r.IntN(3) == 0 {
			return colours[(y/16)%3+r.IntN(2)]
		}
		return 0
	})
}

// forms are the ways to encode that are tried with every picture and pixel format.
var forms = map[string]Form{
	"Raw":             {Encoding: rfb.EncodingRaw},
	"RRE":             {Encoding: rfb.EncodingRRE},
	"Hextile":         {Encoding: rfb.EncodingHextile},
	"Zlib":            {Encoding: rfb.EncodingZlib},
	"Tight":           {Encoding: rfb.EncodingTight, Quality: Lossless},
	"Tight in parts":  {Encoding: rfb.EncodingTight, Quality: Lossless, Split: true},
	"TightPNG":        {Encoding: rfb.EncodingTightPNG, Quality: Lossless, Split: true},
	"TightPNG, fast":  {Encoding: rfb.EncodingTightPNG, Quality: Lossless, Split: true, Effort: Fast},
	"TightPNG, small": {Encoding: rfb.EncodingTightPNG, Quality: Lossless, Split: true, Effort: Small},
	"Zlib, fast":      {Encoding: rfb.EncodingZlib, Effort: Fast},
	"Zlib, small":     {Encoding: rfb.EncodingZlib, Effort: Small},
	"Tight, small":    {Encoding: rfb.EncodingTight, Quality: Lossless, Split: true, Effort: Small},
	"Tight, fast":     {Encoding: rfb.EncodingTight, Quality: Lossless, Split: true, Effort: Fast},
	"TightPNG in one": {Encoding: rfb.EncodingTightPNG, Quality: Lossless},
	"ZRLE, fast":      {Encoding: rfb.EncodingZRLE, Effort: Fast},
	"ZRLE, small":     {Encoding: rfb.EncodingZRLE, Effort: Small},
	"ZRLE":            {Encoding: rfb.EncodingZRLE},
}

// viewer is both ends of a connection.
type viewer struct {
	translator *Translator
	encoder    *Encoder
	streams    Streams
	decoder    *Decoder
}

// encode encodes a part of a picture for the place where it is.
func (v *viewer) encode(p *Picture, r image.Rectangle, f Form) Encoded {
	f.Format = v.translator.Format()
	return v.encoder.Encode(p, r, r.Min, f, v.translator)
}

// take decodes what the viewer gets for e.
func (v *viewer) take(t testing.TB, e Encoded) {
	t.Helper()
	v.decode(t, e.Rectangles, e.AppendWire(nil, &v.streams))
}

func newViewer(t testing.TB, f rfb.PixelFormat, width, height int) *viewer {
	t.Helper()
	translator, err := NewTranslator(f)
	if err != nil {
		t.Fatal(err)
	}
	decoder, err := NewDecoder(f, width, height)
	if err != nil {
		t.Fatal(err)
	}
	decoder.SetColours(rfb.ColourMap332())
	return &viewer{translator: translator, encoder: new(Encoder), decoder: decoder}
}

func (v *viewer) decode(t testing.TB, rectangles int, wire []byte) {
	t.Helper()
	r := bytes.NewReader(wire)
	if _, err := v.decoder.Update(r, rfb.FramebufferUpdate{Rectangles: uint16(rectangles)}); err != nil {
		t.Fatal(err)
	}
	if r.Len() > 0 {
		t.Fatalf("%d bytes left over", r.Len())
	}
}

// check compares the decoded picture with the source, each colour within half a
// step of what the format can show.
func (v *viewer) check(t testing.TB, want *Picture) {
	t.Helper()
	f := v.translator.Format()
	got := v.decoder.Picture
	if got.Bounds() != want.Bounds() {
		t.Fatalf("decoded %v, want %v", got.Bounds(), want.Bounds())
	}
	for i, w := range want.Pix {
		g := got.Pix[i]
		for _, c := range []struct {
			shift int
			max   uint16
		}{{16, f.RedMax}, {8, f.GreenMax}, {0, f.BlueMax}} {
			a, b := int(w>>c.shift&0xff), int(g>>c.shift&0xff)
			step := 255 / min(int(c.max), 255)
			if d := a - b; d > step/2+1 || -d > step/2+1 || step == 1 && d != 0 {
				t.Fatalf("pixel %d,%d is %06x, want %06x", i%want.Width, i/want.Width, g, w)
			}
		}
	}
}

func TestEncodeDecode(t *testing.T) {
	const width, height = 150, 131 // tiles that are cut on both sides
	for formatName, format := range formats {
		for pictureName, make := range pictures {
			for formName, form := range forms {
				t.Run(fmt.Sprintf("%s/%s/%s", formName, formatName, pictureName), func(t *testing.T) {
					p := make(width, height)
					v := newViewer(t, format, width, height)
					v.take(t, v.encode(p, p.Bounds(), form))
					v.check(t, p)
				})
			}
		}
	}
}

// TestIncremental changes a picture bit by bit, mixing the encodings in one
// connection, and lets a second viewer join in the middle on the same bytes.
func TestIncremental(t *testing.T) {
	const width, height = 200, 160
	names := slices.Sorted(maps.Keys(forms))
	for formatName, format := range formats {
		t.Run(formatName, func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(3, 4))
			p := textPage(width, height)
			v := newViewer(t, format, width, height)
			all := []*viewer{v}
			v.take(t, v.encode(p, p.Bounds(), forms["ZRLE"]))
			for step := range 400 {
				r := randomRect(rnd, width, height)
				if step%3 == 0 {
					src := image.Pt(rnd.IntN(width-r.Dx()+1), rnd.IntN(height-r.Dy()+1))
					p.Move(r.Min, image.Rectangle{Max: r.Size()}.Add(src))
					for _, each := range all {
						each.decode(t, 1, AppendCopyRect(nil, r, src))
					}
					continue
				}
				change(p, r, rnd)
				encoded := v.encode(p, r, forms[names[rnd.IntN(len(names))]])
				for _, each := range all {
					each.take(t, encoded)
				}
				if step%100 == 99 {
					late := newViewer(t, format, width, height)
					late.take(t, late.encode(p, p.Bounds(), forms["Raw"]))
					all = append(all, late)
				}
			}
			for _, each := range all {
				each.check(t, p)
			}
		})
	}
}

func randomRect(r *rand.Rand, width, height int) image.Rectangle {
	x, y := r.IntN(width), r.IntN(height)
	return image.Rect(x, y, x+1+r.IntN(width-x), y+1+r.IntN(height-y))
}

func change(p *Picture, r image.Rectangle, rnd *rand.Rand) {
	few := rnd.IntN(2) == 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for i, row := 0, p.Row(y, r.Min.X, r.Max.X); i < len(row); i++ {
			row[i] = rnd.Uint32() & 0xffffff
			if few {
				row[i] = row[i] % 3 * 0x202020
			}
		}
	}
}

func TestPseudoEncodings(t *testing.T) {
	v := newViewer(t, rfb.Canonical, 10, 10)
	v.decoder.Picture.Fill(v.decoder.Picture.Bounds(), 0xabcdef)
	cursor := &Cursor{Picture: NewPicture(11, 2), Opaque: make([]bool, 22), Hot: image.Pt(3, 1)}
	cursor.Pix[12], cursor.Opaque[12], cursor.Opaque[10] = 0xff0000, true, true

	wire := AppendDesktopName(nil, "name – ñ")
	wire = AppendCursor(wire, cursor, v.translator)
	wire = AppendExtendedDesktopSize(wire, image.Pt(1, 1), rfb.ResizedByThisViewer, rfb.ResizeProhibited)
	v.decode(t, 3, wire)
	if v.decoder.Picture.Bounds() != image.Rect(0, 0, 10, 10) {
		t.Error("a refused resize changed the size")
	}
	got := v.decoder.Cursor
	if got == nil || got.Hot != cursor.Hot || !slices.Equal(got.Pix, cursor.Pix) || !slices.Equal(got.Opaque, cursor.Opaque) {
		t.Errorf("cursor %+v, want %+v", got, cursor)
	}
	for kind, wire := range map[string][]byte{"XCursor": AppendXCursor(nil, cursor), "alpha": AppendCursorWithAlpha(nil, cursor)} {
		v.decoder.Cursor = nil
		v.decode(t, 1, wire)
		got := v.decoder.Cursor
		if got == nil || got.Hot != cursor.Hot || got.Pix[10] != 0 || !slices.Equal(got.Opaque, cursor.Opaque) {
			t.Errorf("%s: cursor %+v, want %+v", kind, got, cursor)
		}
	}
	if v.decoder.Name != "name – ñ" {
		t.Errorf("name %q", v.decoder.Name)
	}
	v.decode(t, 1, AppendDesktopSize(nil, image.Pt(20, 5)))
	if p := v.decoder.Picture; p.Width != 20 || p.Height != 5 || p.Pix[9] != 0xabcdef {
		t.Errorf("after DesktopSize %v, pixel %06x", p.Bounds(), p.Pix[9])
	}
	v.decode(t, 1, AppendExtendedDesktopSize(nil, image.Pt(30, 40), rfb.ResizedByServer, rfb.ResizeOK))
	if p := v.decoder.Picture; p.Width != 30 || p.Height != 40 || len(v.decoder.Screens) != 1 || v.decoder.Screens[0].Height != 40 {
		t.Errorf("after ExtendedDesktopSize %v, screens %v", p.Bounds(), v.decoder.Screens)
	}
}

// TestLastRect ends an update without a number of rectangles.
func TestLastRect(t *testing.T) {
	v := newViewer(t, rfb.Canonical, 4, 4)
	p := photo(4, 4)
	wire := AppendRaw(nil, p.Bounds(), p, image.Point{}, v.translator)
	wire = rfb.RectHeader{Encoding: rfb.EncodingLastRect}.AppendWire(wire)
	v.decode(t, rfb.ManyRectangles, wire)
	v.check(t, p)
}
