package encoding

import (
	"encoding/binary"
	"slices"
	"sync"

	"vncsec/vncserve/rfb"
)

// Translator turns canonical pixels, 0x00RRGGBB, into a viewer's pixel format. It is
// immutable.
type Translator struct {
	format rfb.PixelFormat
	// identity is set when a pixel's value is that of the canonical one.
	identity bool
	// red, green and blue give each colour scaled and shifted into place.
	red, green, blue [256]uint32
	// compact is the size of a CPIXEL, skip the number of its missing low bits.
	compact int
	skip    uint
}

// NewTranslator prepares for format f, which must be valid. Formats with a colour
// map get the indices of rfb.ColourMap332.
func NewTranslator(f rfb.PixelFormat) (*Translator, error) {
	if err := f.Validate(); err != nil {
		return nil, err
	}
	return newTranslator(f.Mapped()), nil
}

// CanonicalTranslator leaves pixels as they are: rfb.Canonical. All viewers that have
// not asked for another format share it.
func CanonicalTranslator() *Translator { return canonicalTranslator() }

var canonicalTranslator = sync.OnceValue(func() *Translator { return newTranslator(rfb.Canonical) })

// newTranslator is NewTranslator for a valid true-colour format.
func newTranslator(f rfb.PixelFormat) *Translator {
	t := &Translator{format: f}
	for i := range uint32(256) {
		t.red[i] = scale(i, 255, uint32(f.RedMax)) << f.RedShift
		t.green[i] = scale(i, 255, uint32(f.GreenMax)) << f.GreenShift
		t.blue[i] = scale(i, 255, uint32(f.BlueMax)) << f.BlueShift
	}
	c := rfb.Canonical
	t.identity = f.BitsPerPixel == 32 && f.RedMax == c.RedMax && f.GreenMax == c.GreenMax && f.BlueMax == c.BlueMax &&
		f.RedShift == c.RedShift && f.GreenShift == c.GreenShift && f.BlueShift == c.BlueShift
	size, skip := f.CompactBytes()
	t.compact, t.skip = size, uint(skip)
	return t
}

// Format is the format pixels are translated to, with the maxima and shifts of the
// colour map if it has one.
func (t *Translator) Format() rfb.PixelFormat { return t.format }

// scale maps 0..from to 0..to, rounding to the nearest.
func scale(v, from, to uint32) uint32 { return (v*to + from/2) / from }

// value gives the viewer's pixel for a canonical one, as a number.
func (t *Translator) value(p uint32) uint32 {
	return t.red[p>>16&0xff] | t.green[p>>8&0xff] | t.blue[p&0xff]
}

// values translates src into dst, which is at least as long.
func (t *Translator) values(dst, src []uint32) {
	if t.identity {
		copy(dst, src)
		return
	}
	for i, p := range src {
		dst[i] = t.value(p)
	}
}

// appendPixels appends canonical pixels as pixels of the format.
func (t *Translator) appendPixels(dst []byte, pixels []uint32) []byte {
	size := t.format.BytesPerPixel()
	dst, out := grow(dst, size*len(pixels))
	switch {
	case size == 1:
		for i, p := range pixels {
			out[i] = byte(t.value(p))
		}
	case size == 2 && t.format.BigEndian:
		for i, p := range pixels {
			binary.BigEndian.PutUint16(out[2*i:], uint16(t.value(p)))
		}
	case size == 2:
		for i, p := range pixels {
			binary.LittleEndian.PutUint16(out[2*i:], uint16(t.value(p)))
		}
	case t.format.BigEndian:
		for i, p := range pixels {
			binary.BigEndian.PutUint32(out[4*i:], t.value(p))
		}
	case t.identity:
		for i, p := range pixels {
			binary.LittleEndian.PutUint32(out[4*i:], p)
		}
	default:
		for i, p := range pixels {
			binary.LittleEndian.PutUint32(out[4*i:], t.value(p))
		}
	}
	return dst
}

// appendCompact appends values of the format as CPIXELs.
func (t *Translator) appendCompact(dst []byte, values ...uint32) []byte {
	dst, out := grow(dst, t.compact*len(values))
	switch {
	case t.compact == 3 && t.format.BigEndian:
		for i, v := range values {
			v >>= t.skip
			out[3*i], out[3*i+1], out[3*i+2] = byte(v>>16), byte(v>>8), byte(v)
		}
	case t.compact == 3:
		for i, v := range values {
			v >>= t.skip
			out[3*i], out[3*i+1], out[3*i+2] = byte(v), byte(v>>8), byte(v>>16)
		}
	case t.compact == 1:
		for i, v := range values {
			out[i] = byte(v)
		}
	case t.compact == 2 && t.format.BigEndian:
		for i, v := range values {
			binary.BigEndian.PutUint16(out[2*i:], uint16(v))
		}
	case t.compact == 2:
		for i, v := range values {
			binary.LittleEndian.PutUint16(out[2*i:], uint16(v))
		}
	case t.format.BigEndian:
		for i, v := range values {
			binary.BigEndian.PutUint32(out[4*i:], v)
		}
	default:
		for i, v := range values {
			binary.LittleEndian.PutUint32(out[4*i:], v)
		}
	}
	return dst
}

// grow appends n bytes of any content and gives them too.
func grow(b []byte, n int) (whole, added []byte) {
	whole = slices.Grow(b, n)[:len(b)+n]
	return whole, whole[len(b):]
}
