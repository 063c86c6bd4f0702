package encoding

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"vncsec/vncserve/rfb"
)

// tightWire is a Tight rectangle of a size, with what follows its header in parts.
func tightWire(w, h int, parts ...[]byte) []byte {
	header := rfb.NewRectHeader(image.Rect(0, 0, w, h), rfb.EncodingTight).AppendWire(nil)
	return append(header, bytes.Join(parts, nil)...)
}

func tightSized(data []byte) []byte { return append(appendCompactLength(nil, len(data)), data...) }

// zlibbed is data as a zlib stream of its own.
func zlibbed(data []byte) []byte {
	var d deflater
	return tightSized(append(bytes.Clone(zlibHeader), d.segment(data, Fast)...))
}

// TestTightGradient decodes gradients in all formats with colours, made here by the words
// of rfbproto.
func TestTightGradient(t *testing.T) {
	const width, height = 37, 11
	for name, f := range formats {
		if !f.TrueColour {
			continue
		}
		t.Run(name, func(t *testing.T) {
			p := pictures["photo"](width, height)
			v := newViewer(t, f, width, height)
			v.decode(t, 1, tightWire(width, height, []byte{tightFilterFollows | 3<<tightStreamShift | 8, tightGradient},
				zlibbed(gradientOf(p, v.translator))))
			v.check(t, p)
		})
	}
}

// gradientOf filters a picture.
func gradientOf(p *Picture, t *Translator) []byte {
	f := t.Format()
	most := [3]int{int(f.RedMax), int(f.GreenMax), int(f.BlueMax)}
	shift := [3]uint8{f.RedShift, f.GreenShift, f.BlueShift}
	at := func(x, y, c int) int {
		if x < 0 || y < 0 {
			return 0
		}
		return int(t.value(p.Pix[y*p.Width+x])>>shift[c]) & most[c]
	}
	var out []byte
	for y := range p.Height {
		for x := range p.Width {
			var difference [3]uint32
			for c := range difference {
				expected := max(0, min(most[c], at(x-1, y, c)+at(x, y-1, c)-at(x-1, y-1, c)))
				difference[c] = uint32((at(x, y, c) - expected) & most[c])
			}
			if hasTightPixel(f) {
				out = append(out, byte(difference[0]), byte(difference[1]), byte(difference[2]))
				continue
			}
			value := difference[0]<<shift[0] | difference[1]<<shift[1] | difference[2]<<shift[2]
			pixel := binary.LittleEndian.AppendUint32(nil, value)[:f.BytesPerPixel()]
			if f.BigEndian {
				pixel = binary.BigEndian.AppendUint32(nil, value)[4-f.BytesPerPixel():]
			}
			out = append(out, pixel...)
		}
	}
	return out
}

// TestTightStreams goes on with four streams that refer to what they had before, and
// begins some of them anew.
func TestTightStreams(t *testing.T) {
	const width, height = 40, 5
	v := newViewer(t, rfb.Canonical, width, height)
	var out [tightStreams]bytes.Buffer
	var writers [tightStreams]*zlib.Writer
	for step := range 40 {
		stream := step * 7 % tightStreams
		control := byte(stream << tightStreamShift)
		if writers[stream] == nil || step%9 == 0 {
			writers[stream] = zlib.NewWriter(&out[stream])
			control |= 1 << stream
		}
		p := pictures["noise"](width, height)
		p.Pix[step] = 0x123456
		out[stream].Reset()
		if _, err := writers[stream].Write(appendRGB(nil, p.Pix)); err != nil {
			t.Fatal(err)
		}
		if err := writers[stream].Flush(); err != nil {
			t.Fatal(err)
		}
		if control&0xf == 0 && out[stream].Len() > 100 {
			t.Fatalf("step %d: %d bytes refer to nothing", step, out[stream].Len())
		}
		v.decode(t, 1, tightWire(width, height, []byte{control}, tightSized(out[stream].Bytes())))
		v.check(t, p)
	}
}

// TestTightPaletteOfOne has a palette whose indices need no bits.
func TestTightPaletteOfOne(t *testing.T) {
	v := newViewer(t, rfb.Canonical, 8, 2)
	v.decode(t, 1, tightWire(8, 2, []byte{tightFilterFollows, tightPalette, 0, 1, 2, 3, 0, 0}))
	if got := v.decoder.Picture.Pix[15]; got != 0x010203 {
		t.Errorf("pixel %06x", got)
	}
}

func TestHostileTight(t *testing.T) {
	header := func(w int, e rfb.Encoding, body ...byte) []byte {
		return append(rfb.NewRectHeader(image.Rect(0, 0, w, 8), e).AppendWire(nil), body...)
	}
	tooMany := scans(t, maxScans+1)
	for _, tt := range []struct {
		name string
		wire []byte
		want string
	}{
		{"too wide", header(maxTightWidth+1, rfb.EncodingTight, tightFill, 1, 2, 3), "wider than 2048"},
		{"control 0xb0", header(8, rfb.EncodingTight, 0xb0), "unknown compression control 0xb0"},
		{"PNG in Tight", header(8, rfb.EncodingTight, tightPNG), "unknown compression control 0xa0"},
		{"basic in TightPNG", header(8, rfb.EncodingTightPNG, 0), "unknown compression control 0x00"},
		{"filter 3", header(8, rfb.EncodingTight, tightFilterFollows, 3), "unknown filter 3"},
		{"palette index", tightWire(8, 1, []byte{tightFilterFollows, tightPalette, 2, 1, 1, 1, 2, 2, 2, 3, 3, 3, 0, 0, 3, 0, 0, 0, 0, 0}),
			"index 3 into a palette of 3"},
		{"bit of a palette of one", tightWire(8, 1, []byte{tightFilterFollows, tightPalette, 0, 1, 1, 1, 0x80}), "index 1 into a palette of 1"},
		{"no stream", tightWire(8, 8, []byte{0}, tightSized([]byte{1, 2, 3, 4, 5})), "zlib"},
		{"empty stream", tightWire(8, 8, []byte{0, 0}), "EOF"},
		{"too little data", tightWire(8, 8, []byte{0}, zlibbed(make([]byte, 8*8*3-1))), "EOF"},
		{"data left over", tightWire(8, 8, []byte{0}, zlibbed(make([]byte, 8*8*3+1))), "1 bytes more"},
		{"image of garbage", tightWire(8, 8, []byte{tightJPEG}, tightSized(noise(100))), "JPEG"},
		{"image of nothing", tightWire(8, 8, []byte{tightJPEG, 0}), "EOF"},
		{"image cut off", tightWire(8, 8, []byte{tightJPEG}, appendCompactLength(nil, maxTightLength-1), tooMany), "EOF"},
		{"image of another size", tightWire(9, 8, []byte{tightJPEG}, tightSized(tooMany)), "its image is 8 x 8"},
		{"image of many scans", tightWire(8, 8, []byte{tightJPEG}, tightSized(tooMany)), "too many scans"},
		{"image that is large", append(header(8, rfb.EncodingTightPNG, tightPNG), tightSized(largePNG(t))...), "its image is 60000 x 8"},
	} {
		d, err := NewDecoder(rfb.Canonical, maxTightWidth+1, 8)
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.Update(bytes.NewReader(tt.wire), rfb.FramebufferUpdate{Rectangles: 1})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	mapped := newViewer(t, formats["colour map"], 8, 8)
	wire := tightWire(8, 8, []byte{tightFilterFollows, tightGradient}, zlibbed(make([]byte, 64)))
	if _, err := mapped.decoder.Update(bytes.NewReader(wire), rfb.FramebufferUpdate{Rectangles: 1}); err == nil {
		t.Error("a gradient of a colour map's indices was taken")
	}
}

// TestLargeImage refuses an image whose decoder would take half a gigabyte.
func TestLargeImage(t *testing.T) {
	const width, height = maxTightWidth, 1 << 14
	d, err := NewDecoder(rfb.Canonical, width, height)
	if err != nil {
		t.Fatal(err)
	}
	wire := tightWire(width, height, []byte{tightJPEG}, tightSized(scans(t, 1)))
	if _, err := d.Update(bytes.NewReader(wire), rfb.FramebufferUpdate{Rectangles: 1}); err == nil || !strings.Contains(err.Error(), "more than 4194304 pixels") {
		t.Errorf("error %v", err)
	}
}

// scans is a JPEG image of 8 x 8 pixels with starts of scans.
func scans(t *testing.T, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	return append(b.Bytes(), bytes.Repeat([]byte{0xff, 0xda}, n)...)
}

func largePNG(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 60000, 8))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestCompactLength writes and reads lengths of one, two and three bytes.
func TestCompactLength(t *testing.T) {
	for _, n := range []int{0, 1, 127, 128, 10000, 1<<14 - 1, 1 << 14, 1 << 20, maxTightLength - 1} {
		r := bytes.NewReader(appendCompactLength(nil, n))
		if got, err := readCompactLength(r); got != n || err != nil || r.Len() > 0 {
			t.Errorf("%d: %d, %v, %d bytes left", n, got, err, r.Len())
		}
	}
}
