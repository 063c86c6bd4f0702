package encoding

import (
	"bytes"
	"image"
	"testing"

	"vncsec/vncserve/rfb"
)

// encode332 gives the tiles of p in a pixel format of one byte, without the header.
func encode332(t *testing.T, p *Picture, e rfb.Encoding) []byte {
	t.Helper()
	v := newViewer(t, formats["332"], p.Width, p.Height)
	encoded := v.encode(p, p.Bounds(), Form{Encoding: e})
	v.take(t, encoded)
	v.check(t, p)
	wire := encoded.AppendWire(nil, new(Streams))
	if got := rfb.Encoding(wire[11]); got != e {
		t.Fatalf("a rectangle of %v", got)
	}
	return wire[rfb.RectHeaderLen:]
}

// The colours of the tests, and what they are in the 3-3-2 format.
const (
	testRed, red332     = 0xff0000, 0xe0
	testGreen, green332 = 0x00ff00, 0x1c
	testBlue, blue332   = 0x0000ff, 0x03
	black332            = 0x00
)

// TestHextileCarriesColours checks byte by byte which colours a tile names: those that
// the viewer does not have from the tiles before.
func TestHextileCarriesColours(t *testing.T) {
	const tiles = 9
	p := NewPicture(tiles*hextileSize, hextileSize)
	dot := func(tile, x, y int, colour uint32) {
		p.Pix[y*p.Width+tile*hextileSize+x] = colour
	}
	fill := func(tile int, colour uint32) {
		p.Fill(image.Rect(tile*hextileSize, 0, (tile+1)*hextileSize, hextileSize), colour)
	}
	dot(1, 3, 4, testRed) // the background of tile 0, a foreground
	dot(2, 15, 15, testRed)
	fill(3, testGreen)
	dot(3, 0, 0, testRed)
	dot(4, 0, 0, testRed) // black again
	dot(5, 1, 2, testGreen)
	dot(5, 2, 2, testBlue) // after which no foreground is sure
	dot(6, 7, 7, testRed)
	var raw []byte
	for i := range hextileSize * hextileSize { // after which nothing is sure
		p.Pix[i/hextileSize*p.Width+7*hextileSize+i%hextileSize] = uint32(i) * 0x9e3779b1 >> 8
	}
	for y := range hextileSize {
		raw = mustTranslator(t, formats["332"]).appendPixels(raw, p.Row(y, 7*hextileSize, 8*hextileSize))
	}
	dot(8, 9, 9, testRed)

	want := [][]byte{
		{hextileBackground, black332},
		{hextileForeground | hextileSubrects, red332, 1, 0x34, 0x00},
		{hextileSubrects, 1, 0xff, 0x00},
		{hextileBackground | hextileSubrects, green332, 1, 0x00, 0x00},
		{hextileBackground | hextileSubrects, black332, 1, 0x00, 0x00},
		{hextileSubrects | hextileColoured, 2, green332, 0x12, 0x00, blue332, 0x22, 0x00},
		{hextileForeground | hextileSubrects, red332, 1, 0x77, 0x00},
		append([]byte{hextileRaw}, raw...),
		{hextileBackground | hextileForeground | hextileSubrects, black332, red332, 1, 0x99, 0x00},
	}
	if got := encode332(t, p, rfb.EncodingHextile); !bytes.Equal(got, bytes.Join(want, nil)) {
		t.Errorf("got  % x\nwant % x", got, bytes.Join(want, nil))
	}
}

// TestHextileShapes checks how shapes are cut: as high as they go, and the background
// is what there is more of.
func TestHextileShapes(t *testing.T) {
	for name, tt := range map[string]struct {
		shape []string
		want  []byte
	}{
		"an upright bar": {
			[]string{".#..", ".#..", ".#..", ".#.."},
			[]byte{14, black332, red332, 1, 0x10, 0x03},
		},
		"a T": {
			[]string{"####", ".#..", ".#..", ".#.."},
			[]byte{14, black332, red332, 2, 0x00, 0x30, 0x11, 0x02},
		},
		"an L": {
			[]string{"#...", "#...", "#...", "####"},
			[]byte{14, black332, red332, 2, 0x00, 0x03, 0x13, 0x20},
		},
		"mostly the other colour": {
			[]string{".###", "####", "####", "####"},
			[]byte{14, red332, black332, 1, 0x00, 0x00},
		},
		"three colours": {
			[]string{"#..+", "#..+", "....", "...."},
			[]byte{26, black332, 2, red332, 0x00, 0x01, green332, 0x30, 0x01},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := drawn(tt.shape)
			if got := encode332(t, p, rfb.EncodingHextile); !bytes.Equal(got, tt.want) {
				t.Errorf("got % x, want % x", got, tt.want)
			}
		})
	}
}

// drawn makes a picture of characters.
func drawn(rows []string) *Picture {
	colours := map[rune]uint32{'.': 0, '#': testRed, '+': testGreen, 'o': testBlue}
	p := NewPicture(len(rows[0]), len(rows))
	for y, row := range rows {
		for x, c := range row {
			p.Pix[y*p.Width+x] = colours[c]
		}
	}
	return p
}

func mustTranslator(t testing.TB, f rfb.PixelFormat) *Translator {
	t.Helper()
	translator, err := NewTranslator(f)
	if err != nil {
		t.Fatal(err)
	}
	return translator
}
