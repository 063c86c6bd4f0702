package rfb

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
)

// PixelFormat says how a viewer wants its pixels (RFC 6143 section 7.4). The JSON
// names are the RFC's.
type PixelFormat struct {
	// BitsPerPixel is the size of a pixel on the wire: 8, 16 or 32.
	BitsPerPixel uint8
	// Depth is the number of useful bits in a pixel.
	Depth uint8
	// BigEndian is the byte order of 16 and 32-bit pixels.
	BigEndian bool
	// TrueColour pixels hold red, green and blue; others are indices into a colour
	// map, and Max and Shift mean nothing then.
	TrueColour bool
	// RedMax, GreenMax and BlueMax are the largest values, each 2^n - 1.
	RedMax, GreenMax, BlueMax uint16
	// RedShift, GreenShift and BlueShift are the positions of the lowest bits.
	RedShift, GreenShift, BlueShift uint8
}

// Canonical is the format of 32-bit little-endian 0x00RRGGBB, which this server and
// QEMU announce in ServerInit.
var Canonical = PixelFormat{
	BitsPerPixel: 32, Depth: 24, TrueColour: true,
	RedMax: 255, GreenMax: 255, BlueMax: 255,
	RedShift: 16, GreenShift: 8, BlueShift: 0,
}

// PixelFormatLen is the size of a pixel format on the wire.
const PixelFormatLen = 16

// ErrPixelFormat is wrapped by the errors of Validate.
var ErrPixelFormat = errors.New("unusable pixel format")

// BytesPerPixel is the size of a pixel on the wire in bytes.
func (f PixelFormat) BytesPerPixel() int { return int(f.BitsPerPixel) / 8 }

// AppendWire appends the 16 bytes of f.
func (f PixelFormat) AppendWire(b []byte) []byte {
	b = append(b, f.BitsPerPixel, f.Depth, flag(f.BigEndian), flag(f.TrueColour))
	b = binary.BigEndian.AppendUint16(b, f.RedMax)
	b = binary.BigEndian.AppendUint16(b, f.GreenMax)
	b = binary.BigEndian.AppendUint16(b, f.BlueMax)
	return append(b, f.RedShift, f.GreenShift, f.BlueShift, 0, 0, 0)
}

// ReadPixelFormat reads the 16 bytes of a pixel format. It does not judge them; see
// Validate.
func ReadPixelFormat(r io.Reader) (PixelFormat, error) {
	var b [PixelFormatLen]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return PixelFormat{}, err
	}
	return parsePixelFormat(b[:]), nil
}

func parsePixelFormat(b []byte) PixelFormat {
	return PixelFormat{
		BitsPerPixel: b[0],
		Depth:        b[1],
		BigEndian:    b[2] != 0,
		TrueColour:   b[3] != 0,
		RedMax:       binary.BigEndian.Uint16(b[4:]),
		GreenMax:     binary.BigEndian.Uint16(b[6:]),
		BlueMax:      binary.BigEndian.Uint16(b[8:]),
		RedShift:     b[10],
		GreenShift:   b[11],
		BlueShift:    b[12],
	}
}

// Validate refuses formats that no pixel can be written in: sizes other than 8, 16
// and 32 bits, and true colours that are not 2^n - 1, reach beyond the pixel or
// overlap. Depth is not judged, as viewers disagree on whether padding counts.
func (f PixelFormat) Validate() error {
	if f.BitsPerPixel != 8 && f.BitsPerPixel != 16 && f.BitsPerPixel != 32 {
		return fmt.Errorf("%w: %d bits per pixel, want 8, 16 or 32", ErrPixelFormat, f.BitsPerPixel)
	}
	if !f.TrueColour {
		return nil
	}
	var used uint64
	for _, c := range []struct {
		name  string
		max   uint16
		shift uint8
	}{{"red", f.RedMax, f.RedShift}, {"green", f.GreenMax, f.GreenShift}, {"blue", f.BlueMax, f.BlueShift}} {
		if c.max == 0 || c.max&(c.max+1) != 0 {
			return fmt.Errorf("%w: %s maximum %d, want 2^n - 1", ErrPixelFormat, c.name, c.max)
		}
		if int(c.shift)+bits.Len16(c.max) > int(f.BitsPerPixel) {
			return fmt.Errorf("%w: %s maximum %d with shift %d does not fit %d bits",
				ErrPixelFormat, c.name, c.max, c.shift, f.BitsPerPixel)
		}
		mask := uint64(c.max) << c.shift
		if used&mask != 0 {
			return fmt.Errorf("%w: %s shares bits with another colour", ErrPixelFormat, c.name)
		}
		used |= mask
	}
	return nil
}

// Mapped gives the format in which pixels are made when f has a colour map: the
// indices of the 3-3-2 map that ColourMap332 describes, in pixels of f's size. QEMU
// serves colour maps this way. True-colour formats are returned as they are.
func (f PixelFormat) Mapped() PixelFormat {
	if f.TrueColour {
		return f
	}
	f.RedMax, f.GreenMax, f.BlueMax = 7, 7, 3
	f.RedShift, f.GreenShift, f.BlueShift = 5, 2, 0
	return f
}

// ColourMap332 is the colour map that belongs to the indices of Mapped.
func ColourMap332() SetColourMapEntries {
	m := SetColourMapEntries{Colours: make([]Colour, 256)}
	for i := range m.Colours {
		m.Colours[i] = Colour{
			Red:   uint16((i >> 5) * 0xffff / 7),
			Green: uint16((i >> 2 & 7) * 0xffff / 7),
			Blue:  uint16((i & 3) * 0xffff / 3),
		}
	}
	return m
}

// CompactBytes is the size of a CPIXEL, the pixel of ZRLE (RFC 6143 section 7.7.5):
// a 32-bit true-colour pixel whose colours all lie in three of its bytes goes
// without the fourth. Skip is the number of low-order bits left out: 8 if the
// colours lie in the upper three bytes, else 0.
func (f PixelFormat) CompactBytes() (size, skip int) {
	if !f.TrueColour || f.BitsPerPixel != 32 || f.Depth > 24 {
		return f.BytesPerPixel(), 0
	}
	mask := uint32(f.RedMax)<<f.RedShift | uint32(f.GreenMax)<<f.GreenShift | uint32(f.BlueMax)<<f.BlueShift
	switch {
	case mask>>24 == 0:
		return 3, 0
	case mask&0xff == 0:
		return 3, 8
	}
	return 4, 0
}

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}
