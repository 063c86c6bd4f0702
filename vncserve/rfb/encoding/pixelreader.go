package encoding

import (
	"encoding/binary"
	"io"

	"vncsec/vncserve/rfb"
)

// pixelReader turns pixels of a format into canonical ones: the reverse of
// Translator.
type pixelReader struct {
	format  rfb.PixelFormat
	compact int
	skip    uint
	// colours is the colour map, nil for true-colour formats.
	colours []uint32
	buf     []byte
}

func newPixelReader(f rfb.PixelFormat) pixelReader {
	p := pixelReader{format: f}
	size, skip := f.CompactBytes()
	p.compact, p.skip = size, uint(skip)
	if !f.TrueColour {
		p.colours = make([]uint32, 1<<16)
	}
	return p
}

func (p *pixelReader) setColours(m rfb.SetColourMapEntries) {
	if p.colours == nil {
		return
	}
	for i, c := range m.Colours {
		if at := int(m.First) + i; at < len(p.colours) {
			p.colours[at] = uint32(c.Red>>8)<<16 | uint32(c.Green>>8)<<8 | uint32(c.Blue>>8)
		}
	}
}

// canonical gives 0x00RRGGBB for a pixel's value.
func (p *pixelReader) canonical(v uint32) uint32 {
	if p.colours != nil {
		return p.colours[v&0xffff]
	}
	f := &p.format
	red := scale(v>>f.RedShift&uint32(f.RedMax), uint32(f.RedMax), 255)
	green := scale(v>>f.GreenShift&uint32(f.GreenMax), uint32(f.GreenMax), 255)
	blue := scale(v>>f.BlueShift&uint32(f.BlueMax), uint32(f.BlueMax), 255)
	return red<<16 | green<<8 | blue
}

// read fills dst from whole pixels.
func (p *pixelReader) read(r io.Reader, dst []uint32) error {
	return p.readSized(r, dst, p.format.BytesPerPixel(), 0)
}

// one reads a whole pixel.
func (p *pixelReader) one(r io.Reader) (uint32, error) {
	var pixel [1]uint32
	err := p.read(r, pixel[:])
	return pixel[0], err
}

// readCompact fills dst from CPIXELs.
func (p *pixelReader) readCompact(r io.Reader, dst []uint32) error {
	return p.readSized(r, dst, p.compact, p.skip)
}

func (p *pixelReader) readSized(r io.Reader, dst []uint32, size int, skip uint) error {
	var whole []byte
	p.buf, whole = grow(p.buf[:0], size*len(dst))
	if _, err := io.ReadFull(r, whole); err != nil {
		return err
	}
	for i := range dst {
		dst[i] = p.canonical(p.number(whole[i*size:(i+1)*size]) << skip)
	}
	return nil
}

// number reads a pixel's bytes in the byte order of the format.
func (p *pixelReader) number(b []byte) uint32 {
	switch {
	case len(b) == 1:
		return uint32(b[0])
	case len(b) == 2 && p.format.BigEndian:
		return uint32(binary.BigEndian.Uint16(b))
	case len(b) == 2:
		return uint32(binary.LittleEndian.Uint16(b))
	case len(b) == 3 && p.format.BigEndian:
		return uint32(b[0])<<16 | uint32(b[1])<<8 | uint32(b[2])
	case len(b) == 3:
		return uint32(b[2])<<16 | uint32(b[1])<<8 | uint32(b[0])
	case p.format.BigEndian:
		return binary.BigEndian.Uint32(b)
	}
	return binary.LittleEndian.Uint32(b)
}
