package encoding

import (
	"bytes"
	"encoding/binary"
	"image"
	"strings"
	"testing"

	"vncsec/vncserve/rfb"
)

// zrleRect is a ZRLE rectangle of the whole of a w x h picture from raw tile bytes.
func zrleRect(w, h int, tiles ...byte) []byte {
	var d deflater
	return streamed(rfb.EncodingZRLE, zrleStream, image.Rect(0, 0, w, h), d.segment(tiles, Fast)).AppendWire(nil, new(Streams))
}

// zlibRect is a Zlib rectangle of the whole of a w x h picture from its bytes.
func zlibRect(w, h int, data ...byte) []byte {
	var d deflater
	return streamed(rfb.EncodingZlib, zlibStream, image.Rect(0, 0, w, h), d.segment(data, Fast)).AppendWire(nil, new(Streams))
}

func TestHostileServer(t *testing.T) {
	header := func(x, y, w, h uint16, e rfb.Encoding) []byte {
		return rfb.RectHeader{X: x, Y: y, Width: w, Height: h, Encoding: e}.AppendWire(nil)
	}
	for _, tt := range []struct {
		name string
		wire []byte
		want string
	}{
		{"RRE of too many", append(header(0, 0, 2, 2, rfb.EncodingRRE), 0, 0, 0, 5, 1, 2, 3, 4), "5 subrectangles"},
		{"RRE beyond", append(header(0, 0, 2, 2, rfb.EncodingRRE), 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 0, 0, 0, 2, 0, 1), "reaches beyond"},
		{"empty RRE beyond", append(header(0, 0, 2, 2, rfb.EncodingRRE), 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 255, 255, 0, 0, 0, 0, 0, 1), "reaches beyond"},
		{"RRE cut off", append(header(0, 0, 2, 2, rfb.EncodingRRE), 0, 0, 0, 1, 1, 2, 3, 4), "EOF"},
		{"Hextile without a background", append(header(0, 0, 2, 2, rfb.EncodingHextile), 0), "background"},
		{"Hextile without a foreground", append(header(0, 0, 2, 2, rfb.EncodingHextile), 10, 1, 2, 3, 4, 1, 0, 0), "foreground"},
		{"Hextile with both", append(header(0, 0, 2, 2, rfb.EncodingHextile), 30, 1, 2, 3, 4), "both"},
		{"Hextile 32", append(header(0, 0, 2, 2, rfb.EncodingHextile), 32), "subencoding 32"},
		{"Hextile beyond", append(header(0, 0, 2, 2, rfb.EncodingHextile), 14, 1, 2, 3, 4, 5, 6, 7, 8, 1, 0, 0x20), "reaches beyond"},
		{"Hextile cut off", append(header(0, 0, 2, 2, rfb.EncodingHextile), 1, 2, 3), "EOF"},
		{"Zlib of too little", zlibRect(2, 2, 1, 2, 3, 4), "EOF"},
		{"Zlib of too much", zlibRect(1, 1, 1, 2, 3, 4, 5), "1 bytes more"},
		{"Zlib that is none", append(header(0, 0, 1, 1, rfb.EncodingZlib), 0, 0, 0, 4, 1, 2, 3, 4), "zlib"},
		{"beyond the framebuffer", header(5, 5, 4, 4, rfb.EncodingRaw), "beyond the framebuffer"},
		{"65535 wide", header(65535, 0, 65535, 1, rfb.EncodingZRLE), "beyond the framebuffer"},
		{"empty and beyond", header(9, 0, 0, 2, rfb.EncodingRaw), "beyond the framebuffer"},
		{"unknown encoding", header(0, 0, 1, 1, 99), "not asked for"},
		{"huge desktop", header(0, 0, 65535, 65535, rfb.EncodingDesktopSize), "too large"},
		{"huge extended desktop", append(header(0, 0, 65535, 65535, rfb.EncodingExtendedDesktopSize), 0, 0, 0, 0), "too large"},
		{"huge pointer", header(0, 0, 2000, 2, rfb.EncodingCursor), "larger than"},
		{"long name", append(header(0, 0, 0, 0, rfb.EncodingDesktopName), 0x7f, 0, 0, 0), "more than 4096"},
		{"copy from beyond", append(header(0, 0, 2, 2, rfb.EncodingCopyRect), 0, 7, 0, 0), "copies from"},
		{"no zlib", append(header(0, 0, 1, 1, rfb.EncodingZRLE), 0, 0, 0, 4, 1, 2, 3, 4), "zlib"},
		{"empty piece", append(header(0, 0, 1, 1, rfb.EncodingZRLE), 0, 0, 0, 0), "EOF"},
		{"subencoding 17", zrleRect(8, 8, 17), "subencoding 17"},
		{"subencoding 129", zrleRect(8, 8, 129), "subencoding 129"},
		{"run too long", zrleRect(8, 8, tilePlainRLE, 1, 2, 3, 64), "run of 65 pixels where 64"},
		{"run without end", zrleRect(8, 8, append([]byte{tilePlainRLE, 1, 2, 3}, bytes.Repeat([]byte{255}, 40)...)...), "more than 4096"},
		{"run index", zrleRect(8, 8, tilePaletteRLE+2, 1, 1, 1, 2, 2, 2, 2), "index 2 into a palette of 2"},
		{"packed index", zrleRect(8, 8, 3, 1, 1, 1, 2, 2, 2, 3, 3, 3, 0xff, 0xff), "index 3 into a palette of 3"},
		{"too little data", zrleRect(8, 8, tileRaw, 1, 2), "EOF"},
		{"data left over", zrleRect(1, 1, tileSolid, 1, 2, 3, 4), "1 bytes more"},
		{"much data left over", zrleRect(1, 1, append([]byte{tileSolid, 1, 2, 3}, noise(90000)...)...), "more than its pixels need"},
	} {
		d, err := NewDecoder(rfb.Canonical, 8, 8)
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.Update(bytes.NewReader(tt.wire), rfb.FramebufferUpdate{Rectangles: 1})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	if _, err := NewDecoder(rfb.Canonical, 65535, 65535); err == nil {
		t.Error("a display of 65535 x 65535 was accepted")
	}
	if _, err := NewDecoder(rfb.PixelFormat{BitsPerPixel: 7}, 1, 1); err == nil {
		t.Error("a pixel of 7 bits was accepted")
	}
}

func hextileHeader(w, h int) []byte {
	return rfb.NewRectHeader(image.Rect(0, 0, w, h), rfb.EncodingHextile).AppendWire(nil)
}

func noise(n int) []byte {
	p := pictures["noise"](n/4+1, 1)
	b := make([]byte, 0, n+4)
	for _, v := range p.Pix {
		b = binary.LittleEndian.AppendUint32(b, v*0x9e3779b1)
	}
	return b[:n]
}

// FuzzDecoder feeds a server's bytes in any format: nothing may panic, or write
// beyond the picture.
func FuzzDecoder(f *testing.F) {
	for name, form := range forms {
		v := newViewer(f, rfb.Canonical, 8, 8)
		for _, content := range []string{"noise", "text", "solid"} {
			e := v.encode(pictures[content](8, 8), image.Rect(0, 0, 8, 8), form)
			f.Add(uint8(0), uint16(e.Rectangles), e.AppendWire(nil, new(Streams)))
			if strings.HasPrefix(name, "Tight") {
				form.Quality = 3
			}
		}
	}
	for _, wire := range [][]byte{
		zrleRect(8, 8, tilePlainRLE, 1, 2, 3, 63),
		zrleRect(8, 8, 2, 1, 1, 1, 2, 2, 2, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa),
		zrleRect(8, 8, tilePaletteRLE+2, 1, 1, 1, 2, 2, 2, 0x80, 62, 1),
		append(hextileHeader(8, 8), 14, 1, 2, 3, 4, 5, 6, 7, 8, 1, 0x11, 0x23),
		append(hextileHeader(8, 8), 26, 1, 2, 3, 4, 1, 5, 6, 7, 8, 0x11, 0x23),
		append(hextileHeader(8, 1), append([]byte{1}, noise(32)...)...),
		append(rfb.NewRectHeader(image.Rect(0, 0, 8, 8), rfb.EncodingRRE).AppendWire(nil),
			0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 0, 1, 0, 2, 0, 3),
		zlibRect(1, 2, 1, 2, 3, 4, 5, 6, 7, 8),
		AppendDesktopSize(nil, image.Pt(3, 3)),
		AppendExtendedDesktopSize(nil, image.Pt(3, 3), 0, 0),
		AppendDesktopName(nil, "x"),
		AppendCopyRect(nil, image.Rect(0, 0, 4, 4), image.Pt(2, 2)),
	} {
		f.Add(uint8(0), uint16(1), wire)
		f.Add(uint8(3), uint16(rfb.ManyRectangles), wire)
	}
	names := []string{"canonical", "565 big", "332", "colour map", "30 bits"}
	f.Fuzz(func(t *testing.T, format uint8, rectangles uint16, wire []byte) {
		d, err := NewDecoder(formats[names[int(format)%len(names)]], 8, 8)
		if err != nil {
			t.Fatal(err)
		}
		d.maxPixels = 1 << 12 // large desktops only slow the fuzzer down
		_, _ = d.Update(bytes.NewReader(wire), rfb.FramebufferUpdate{Rectangles: rectangles})
		if len(d.Picture.Pix) != d.Picture.Width*d.Picture.Height {
			t.Fatal("the picture lost its shape")
		}
	})
}

// FuzzEncode checks that any picture survives in any form and format.
func FuzzEncode(f *testing.F) {
	f.Add(uint8(0), uint8(3), []byte{1, 2, 3, 4, 5, 6, 7, 8})
	f.Add(uint8(5), uint8(70), bytes.Repeat([]byte{0, 0, 1}, 70*70))
	var list []rfb.PixelFormat
	for _, name := range []string{"canonical", "bgr", "565", "332", "upper bytes big", "colour map 32"} {
		list = append(list, formats[name])
	}
	encoder := new(Encoder) // is large, and must not mind what it did before
	f.Fuzz(func(t *testing.T, format, width uint8, data []byte) {
		if width == 0 || len(data) < int(width) {
			t.Skip()
		}
		p := NewPicture(int(width), len(data)/int(width))
		for i := range p.Pix {
			p.Pix[i] = uint32(data[i]) * 0x010305 & 0xffffff
		}
		v := newViewer(t, list[int(format)%len(list)], p.Width, p.Height)
		v.encoder = encoder
		for _, form := range forms {
			v.take(t, v.encode(p, p.Bounds(), form))
			v.check(t, p)
			v.decoder.Picture.Fill(p.Bounds(), 0)
		}
	})
}
