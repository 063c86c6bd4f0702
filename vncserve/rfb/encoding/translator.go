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
	// shown gives the shades of red, green and blue that the format can show, as
	// parts of a canonical pixel; nil if it can show all.
	shown *[3][256]uint32
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
	if min(f.RedMax, f.GreenMax, f.BlueMax) < 255 {
		t.shown = new([3][256]uint32)
		for i, most := range [...]uint16{f.RedMax, f.GreenMax, f.BlueMax} {
			for v := range uint32(256) {
				t.shown[i][v] = scale(scale(v, 255, uint32(most)), uint32(most), 255) << (16 - 8*i)
			}
		}
	}
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

// rounded gives the canonical pixel that a viewer of the format sees for another.
func (t *Translator) rounded(p uint32) uint32 {
	if t.shown == nil {
		return p
	}
	return t.shown[0][p>>16&0xff] | t.shown[1][p>>8&0xff] | t.shown[2][p&0xff]
}

// round is rounded for all pixels of src. The result goes to dst, which is at least as
// long.
func (t *Translator) round(dst, src []uint32) {
	if t.shown == nil {
		copy(dst, src)
		return
	}
	for i, p := range src {
		dst[i] = t.rounded(p)
	}
}

// appendPixel appends a canonical pixel as one of the format.
func (t *Translator) appendPixel(dst []byte, p uint32) []byte {
	v := t.value(p)
	switch size := t.format.BytesPerPixel(); {
	case size == 1:
		return append(dst, byte(v))
	case size == 2 && t.format.BigEndian:
		return binary.BigEndian.AppendUint16(dst, uint16(v))
	case size == 2:
		return binary.LittleEndian.AppendUint16(dst, uint16(v))
	case t.format.BigEndian:
		return binary.BigEndian.AppendUint32(dst, v)
	}
	return binary.LittleEndian.AppendUint32(dst, v)
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

// appendCompact appends canonical pixels as CPIXELs.
func (t *Translator) appendCompact(dst []byte, pixels ...uint32) []byte {
	if t.compact != 3 {
		return t.appendPixels(dst, pixels)
	}
	dst, out := grow(dst, 3*len(pixels))
	for i, p := range pixels {
		if !t.identity {
			p = t.value(p) >> t.skip
		}
		b := out[3*i : 3*i+3]
		if t.format.BigEndian {
			b[0], b[1], b[2] = byte(p>>16), byte(p>>8), byte(p)
		} else {
			b[0], b[1], b[2] = byte(p), byte(p>>8), byte(p>>16)
		}
	}
	return dst
}

// grow appends n bytes of any content and gives them too.
func grow(b []byte, n int) (whole, added []byte) {
	whole = slices.Grow(b, n)[:len(b)+n]
	return whole, whole[len(b):]
}
