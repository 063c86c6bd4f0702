package encoding

import (
	"image"

	"vncsec/vncserve/rfb"
)

// Cursor is the shape of the pointer.
type Cursor struct {
	*Picture
	// Opaque has an entry for each pixel: false lets the desktop shine through.
	Opaque []bool
	// Hot is the pixel that points.
	Hot image.Point
}

// AppendCursor appends a Cursor pseudo-rectangle (RFC 6143 section 7.8.1).
func AppendCursor(dst []byte, c *Cursor, t *Translator) []byte {
	r := c.Bounds().Add(c.Hot)
	dst = rfb.NewRectHeader(r, rfb.EncodingCursor).AppendWire(dst)
	return c.appendOpaque(t.appendPixels(dst, c.Pix))
}

// AppendXCursor appends an XCursor pseudo-rectangle (rfbproto): two colours, of which
// the first is for the dark pixels and the second for the light ones.
func AppendXCursor(dst []byte, c *Cursor) []byte {
	dst = rfb.NewRectHeader(c.Bounds().Add(c.Hot), rfb.EncodingXCursor).AppendWire(dst)
	if len(c.Pix) == 0 {
		return dst
	}
	dst = append(dst, 0, 0, 0, 0xff, 0xff, 0xff)
	dark := make([]bool, len(c.Pix))
	for i, p := range c.Pix {
		dark[i] = p>>16&0xff+p>>8&0xff+p&0xff < 3*128
	}
	for y := range c.Height {
		dst = appendMask(dst, dark[y*c.Width:(y+1)*c.Width])
	}
	return c.appendOpaque(dst)
}

// AppendCursorWithAlpha appends a Cursor With Alpha pseudo-rectangle (rfbproto), with
// plain pixels: red, green and blue, each times alpha, and alpha.
func AppendCursorWithAlpha(dst []byte, c *Cursor) []byte {
	dst = rfb.NewRectHeader(c.Bounds().Add(c.Hot), rfb.EncodingCursorWithAlpha).AppendWire(dst)
	dst = append(dst, 0, 0, 0, uint8(rfb.EncodingRaw))
	for i, p := range c.Pix {
		if c.Opaque[i] {
			dst = append(dst, uint8(p>>16), uint8(p>>8), uint8(p), 0xff)
		} else {
			dst = append(dst, 0, 0, 0, 0)
		}
	}
	return dst
}

func (c *Cursor) appendOpaque(dst []byte) []byte {
	for y := range c.Height {
		dst = appendMask(dst, c.Opaque[y*c.Width:(y+1)*c.Width])
	}
	return dst
}

// appendMask appends a row of bits, the leftmost the highest.
func appendMask(dst []byte, row []bool) []byte {
	for len(row) > 0 {
		n := min(8, len(row))
		var bits byte
		for i, on := range row[:n] {
			if on {
				bits |= 0x80 >> i
			}
		}
		dst = append(dst, bits)
		row = row[n:]
	}
	return dst
}

// AppendDesktopSize appends a DesktopSize pseudo-rectangle (RFC 6143 section 7.8.2).
func AppendDesktopSize(dst []byte, size image.Point) []byte {
	return rfb.NewRectHeader(image.Rectangle{Max: size}, rfb.EncodingDesktopSize).AppendWire(dst)
}

// AppendExtendedDesktopSize appends an ExtendedDesktopSize pseudo-rectangle with a
// single screen of the desktop's size (rfbproto). The screen's id is not 0, because
// libvncclient 0.9.14 does not follow a size whose screen has that.
func AppendExtendedDesktopSize(dst []byte, size image.Point, reason rfb.ResizeReason, status rfb.ResizeStatus) []byte {
	h := rfb.RectHeader{
		X: uint16(reason), Y: uint16(status),
		Width: uint16(size.X), Height: uint16(size.Y),
		Encoding: rfb.EncodingExtendedDesktopSize,
	}
	dst = append(h.AppendWire(dst), 1, 0, 0, 0)
	return rfb.Screen{ID: 1, Width: h.Width, Height: h.Height}.AppendWire(dst)
}

// AppendDesktopName appends a DesktopName pseudo-rectangle (rfbproto).
func AppendDesktopName(dst []byte, name string) []byte {
	return rfb.AppendText(rfb.RectHeader{Encoding: rfb.EncodingDesktopName}.AppendWire(dst), name)
}
