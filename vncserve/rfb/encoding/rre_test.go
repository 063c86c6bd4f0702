package encoding

import (
	"bytes"
	"testing"

	"vncsec/vncserve/rfb"
)

// TestRRE checks the rectangles byte by byte: a subrectangle goes on as long as the
// rows below have the same run.
func TestRRE(t *testing.T) {
	p := drawn([]string{
		"..##....",
		"..##....",
		".###..+.",
		"........",
		"..##....",
	})
	want := []byte{
		0, 0, 0, 4, black332,
		red332, 0, 2, 0, 0, 0, 2, 0, 2,
		red332, 0, 1, 0, 2, 0, 3, 0, 1,
		green332, 0, 6, 0, 2, 0, 1, 0, 1,
		red332, 0, 2, 0, 4, 0, 2, 0, 1,
	}
	if len(want) > len(p.Pix) {
		p = widened(p, 20) // else Raw is smaller
	}
	if got := encode332(t, p, rfb.EncodingRRE); !bytes.Equal(got, want) {
		t.Errorf("got  % x\nwant % x", got, want)
	}
}

// TestRREBecomesRaw shows that what RRE would make larger goes as it is.
func TestRREBecomesRaw(t *testing.T) {
	p := photo(40, 30)
	v := newViewer(t, rfb.Canonical, p.Width, p.Height)
	encoded := v.encode(p, p.Bounds(), Form{Encoding: rfb.EncodingRRE})
	if want := rfb.RectHeaderLen + 4*len(p.Pix); encoded.Size() != want {
		t.Errorf("%d bytes, want the %d of Raw", encoded.Size(), want)
	}
	v.take(t, encoded)
	v.check(t, p)
}

// widened adds black on the right.
func widened(p *Picture, width int) *Picture {
	wide := NewPicture(width, p.Height)
	for y := range p.Height {
		copy(wide.Row(y, 0, p.Width), p.Row(y, 0, p.Width))
	}
	return wide
}
