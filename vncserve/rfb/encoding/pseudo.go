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
	dst = t.appendPixels(dst, c.Pix)
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
