package encoding

import (
	"errors"
	"fmt"
	"image"
	"io"

	"vncsec/vncserve/rfb"
)

// maxCursor bounds the width and height of a pointer shape.
const maxCursor = 1024

// pseudo reads a rectangle that is no pixels; known is false for others.
func (d *Decoder) pseudo(r io.Reader, h rfb.RectHeader) (known bool, err error) {
	switch h.Encoding {
	case rfb.EncodingLastRect:
		return true, errLastRect
	case rfb.EncodingDesktopSize:
		return true, d.resize(int(h.Width), int(h.Height))
	case rfb.EncodingExtendedDesktopSize:
		return true, d.extendedDesktopSize(r, h)
	case rfb.EncodingDesktopName:
		d.Name, err = rfb.ReadText(r)
		return true, err
	case rfb.EncodingCursor, rfb.EncodingXCursor, rfb.EncodingCursorWithAlpha:
		return true, d.cursor(r, h)
	case rfb.EncodingPointerPosition:
		d.Pointer = image.Pt(int(h.X), int(h.Y))
		return true, nil
	case rfb.EncodingLEDState:
		leds, err := rfb.ReadUint8(r)
		d.LEDs = rfb.LEDs(leds)
		return true, err
	case rfb.EncodingQEMUExtendedKey, rfb.EncodingExtendedMouseButtons:
		return true, nil // the server's word that it takes such messages
	}
	return false, nil
}

// resize keeps what both sizes have in common; servers send it all again anyway.
func (d *Decoder) resize(width, height int) error {
	return d.Picture.resize(width, height, d.maxPixels)
}

func (d *Decoder) extendedDesktopSize(r io.Reader, h rfb.RectHeader) error {
	head, err := rfb.ReadUint32(r)
	if err != nil {
		return err
	}
	screens, err := rfb.ReadScreens(r, uint8(head>>24))
	if err != nil {
		return err
	}
	if rfb.ResizeStatus(h.Y) != rfb.ResizeOK {
		return nil // a refusal: nothing changed
	}
	d.Screens = screens
	return d.resize(int(h.Width), int(h.Height))
}

// cursor reads a pointer shape of any of the three kinds.
func (d *Decoder) cursor(r io.Reader, h rfb.RectHeader) error {
	width, height := int(h.Width), int(h.Height)
	if width > maxCursor || height > maxCursor {
		return fmt.Errorf("a pointer larger than %d x %d", maxCursor, maxCursor)
	}
	c := &Cursor{
		Picture: NewPicture(width, height),
		Opaque:  make([]bool, width*height),
		Hot:     image.Pt(int(h.X), int(h.Y)),
	}
	var err error
	switch {
	case len(c.Pix) == 0: // no pointer is shown
	case h.Encoding == rfb.EncodingXCursor:
		err = d.xCursor(r, c)
	case h.Encoding == rfb.EncodingCursorWithAlpha:
		err = d.alphaCursor(r, c)
	default:
		if err = d.raw(r, c.Picture, c.Bounds()); err == nil {
			err = readMask(r, c.Opaque, width)
		}
	}
	if err == nil {
		d.Cursor = c
	}
	return err
}

func (d *Decoder) xCursor(r io.Reader, c *Cursor) error {
	var colours [6]byte
	if _, err := io.ReadFull(r, colours[:]); err != nil {
		return err
	}
	colour := func(b []byte) uint32 { return uint32(b[0])<<16 | uint32(b[1])<<8 | uint32(b[2]) }
	primary, secondary := colour(colours[:3]), colour(colours[3:])
	first := make([]bool, len(c.Pix))
	if err := readMask(r, first, c.Width); err != nil {
		return err
	}
	for i := range c.Pix {
		c.Pix[i] = secondary
		if first[i] {
			c.Pix[i] = primary
		}
	}
	return readMask(r, c.Opaque, c.Width)
}

// alphaCursor reads plain pixels with alpha. What is half transparent counts as opaque.
func (d *Decoder) alphaCursor(r io.Reader, c *Cursor) error {
	e, err := rfb.ReadUint32(r)
	if err != nil {
		return err
	}
	if rfb.Encoding(e) != rfb.EncodingRaw {
		return errors.New("a pointer with alpha in an encoding other than Raw")
	}
	b := make([]byte, 4*len(c.Pix))
	if _, err := io.ReadFull(r, b); err != nil {
		return err
	}
	for i := range c.Pix {
		c.Pix[i] = uint32(b[4*i])<<16 | uint32(b[4*i+1])<<8 | uint32(b[4*i+2])
		c.Opaque[i] = b[4*i+3] >= 0x80
	}
	return nil
}

// readMask reads rows of bits.
func readMask(r io.Reader, bits []bool, width int) error {
	row := make([]byte, (width+7)/8)
	for ; len(bits) > 0; bits = bits[width:] {
		if _, err := io.ReadFull(r, row); err != nil {
			return err
		}
		for x := range width {
			bits[x] = row[x/8]&(0x80>>(x%8)) != 0
		}
	}
	return nil
}
