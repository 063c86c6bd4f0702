package encoding

import (
	"encoding/binary"
	"fmt"
	"image"
	"io"

	"vncsec/vncserve/rfb"
)

// rre reads an RRE rectangle (RFC 6143 section 7.7.3).
func (d *Decoder) rre(r io.Reader, area image.Rectangle) error {
	count, err := rfb.ReadUint32(r)
	if err != nil {
		return err
	}
	// No server needs more; it bounds what a few bytes can make us paint.
	if int64(count) > int64(area.Dx())*int64(area.Dy()) {
		return fmt.Errorf("%d subrectangles, more than its pixels", count)
	}
	background, err := d.pixels.one(r)
	if err != nil {
		return err
	}
	d.Picture.Fill(area, background)
	for range count {
		if err := d.rreSubrect(r, area); err != nil {
			return err
		}
	}
	return nil
}

func (d *Decoder) rreSubrect(r io.Reader, area image.Rectangle) error {
	colour, err := d.pixels.one(r)
	if err != nil {
		return err
	}
	b, err := d.bytes(r, rreSubrectLen)
	if err != nil {
		return err
	}
	number := func(i int) int { return int(binary.BigEndian.Uint16(b[2*i:])) }
	x, y := area.Min.X+number(0), area.Min.Y+number(1)
	sub := image.Rect(x, y, x+number(2), y+number(3))
	if sub.Max.X > area.Max.X || sub.Max.Y > area.Max.Y {
		return fmt.Errorf("the subrectangle %v reaches beyond it", sub)
	}
	d.Picture.Fill(sub, colour)
	return nil
}
