package encoding

import (
	"bytes"
	"io"
	"testing"

	"github.com/klauspost/compress/flate"

	"vncsec/vncserve/rfb"
)

// tilesOf gives the uncompressed tiles of a picture in pixels of one byte.
func tilesOf(t *testing.T, p *Picture) []byte {
	t.Helper()
	segment := encode332(t, p, rfb.EncodingZRLE)[4+len(zlibHeader):]
	tiles, err := io.ReadAll(flate.NewReader(bytes.NewReader(segment)))
	if err != nil && err != io.ErrUnexpectedEOF { // a segment does not end the stream
		t.Fatal(err)
	}
	return tiles
}

// TestZRLETiles checks the tiles of small pictures byte by byte. Palettes are in the
// order of the colours' values, whichever comes first in the picture.
func TestZRLETiles(t *testing.T) {
	for name, tt := range map[string]struct {
		shape []string
		want  []byte
	}{
		"solid":      {[]string{"##", "##"}, []byte{1, red332}},
		"2 colours":  {[]string{"#.#.#.#.#", "........."}, []byte{2, black332, red332, 0xaa, 0x80, 0, 0}},
		"3 colours":  {[]string{"#.+.#"}, []byte{3, black332, green332, red332, 0x84, 0x80}},
		"4 colours":  {[]string{"#.+o"}, []byte{4, black332, blue332, green332, red332, 0xc9}},
		"one colour": {[]string{"."}, []byte{1, black332}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tilesOf(t, drawn(tt.shape)); !bytes.Equal(got, tt.want) {
				t.Errorf("got % x, want % x", got, tt.want)
			}
		})
	}
}

// TestZRLERuns checks that runs go on across rows, how long ones are written, and that
// a palette is used where it is shorter.
func TestZRLERuns(t *testing.T) {
	colours := []uint32{0xdb0000, 0x240000, 0x490000, 0x6d0000, 0x920000}
	tile := func(lengths ...int) *Picture {
		p := NewPicture(zrleTile, zrleTile)
		rest := p.Pix
		for i, n := range lengths {
			for j := range n {
				rest[j] = colours[i%len(colours)]
			}
			rest = rest[n:]
		}
		for j := range rest {
			rest[j] = colours[len(lengths)%len(colours)]
		}
		return p
	}
	last := func(n int) []byte { // the end of a run that fills the tile
		return append(bytes.Repeat([]byte{255}, (n-1)/255), byte((n-1)%255))
	}
	all := zrleTile * zrleTile

	got := tilesOf(t, tile(300, 256, 255, 1))
	want := append([]byte{tilePlainRLE, 0xc0, 255, 44, 0x20, 255, 0, 0x40, 254, 0x60, 0, 0x80}, last(all-812)...)
	if !bytes.Equal(got, want) {
		t.Errorf("plain:\ngot  % x\nwant % x", got, want)
	}

	got = tilesOf(t, tile(300, 1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1))
	want = []byte{tilePaletteRLE + 5, 0x20, 0x40, 0x60, 0x80, 0xc0,
		runFlag | 4, 255, 44, 0, runFlag | 1, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, runFlag | 3}
	want = append(want, last(all-314)...)
	if !bytes.Equal(got, want) {
		t.Errorf("palette:\ngot  % x\nwant % x", got, want)
	}
}

// TestEfforts decodes photos and text at every effort: photos change between
// compressors in the middle of a segment. More effort never makes more bytes.
func TestEfforts(t *testing.T) {
	for _, encoding := range []rfb.Encoding{rfb.EncodingZlib, rfb.EncodingZRLE} {
		for name, p := range screens(t, 320, 240) {
			last := 1 << 30
			for _, effort := range []Effort{Fast, Balanced, Small} {
				v := newViewer(t, rfb.Canonical, p.Width, p.Height)
				encoded := v.encode(p, p.Bounds(), Form{Encoding: encoding, Effort: effort})
				v.take(t, encoded)
				v.take(t, encoded) // a segment follows any other
				v.check(t, p)
				if encoded.Size() > last {
					t.Errorf("%v of %s: effort %d makes %d bytes, less effort %d", encoding, name, effort, encoded.Size(), last)
				}
				last = encoded.Size()
			}
		}
	}
}

// TestDeterminism shows that what an encoder did before does not change the bytes.
func TestDeterminism(t *testing.T) {
	contents := screens(t, 320, 240)
	used := newViewer(t, rfb.Canonical, 1, 1)
	for range 2 {
		for name, p := range contents {
			for formName, form := range forms {
				fresh := newViewer(t, rfb.Canonical, 1, 1)
				a := fresh.encode(p, p.Bounds(), form).AppendWire(nil, new(Streams))
				b := used.encode(p, p.Bounds(), form).AppendWire(nil, new(Streams))
				if !bytes.Equal(a, b) {
					t.Errorf("%s of %s differs in a used encoder", formName, name)
				}
			}
		}
	}
}
