package encoding

import (
	"fmt"
	"image"
	"io"

	"vncsec/vncserve/rfb"
)

// tightDecoder is what a viewer keeps from one Tight rectangle to the next.
type tightDecoder struct {
	streams [tightStreams]*zlibSource // nil until they are used
	data    []byte                    // of a row or an image
}

// tightRect reads a Tight or TightPNG rectangle (rfbproto).
func (d *Decoder) tightRect(r io.Reader, h rfb.RectHeader) error {
	area := h.Bounds()
	if area.Dx() > maxTightWidth {
		return fmt.Errorf("it is wider than %d pixels", maxTightWidth)
	}
	control, err := rfb.ReadUint8(r)
	if err != nil {
		return err
	}
	d.resetTightStreams(control)
	switch kind := control & tightKind; {
	case kind == tightFill:
		return d.tightFill(r, area)
	case kind == tightJPEG:
		return d.tightImage(r, area, jpegFormat)
	case kind == tightPNG && h.Encoding == rfb.EncodingTightPNG:
		return d.tightImage(r, area, pngFormat)
	case kind&tightNotBasic == 0 && h.Encoding == rfb.EncodingTight:
		return d.tightBasic(r, area, kind)
	}
	return fmt.Errorf("unknown compression control %#02x", control)
}

// resetTightStreams forgets the streams that the lower bits of a control byte name.
func (d *Decoder) resetTightStreams(control byte) {
	for i, s := range d.tight.streams {
		if s != nil && control&(1<<i) != 0 {
			s.restart()
		}
	}
}

func (d *Decoder) tightFill(r io.Reader, area image.Rectangle) error {
	var pixel [1]uint32
	if err := d.readTightPixels(r, pixel[:]); err != nil {
		return err
	}
	d.Picture.Fill(area, pixel[0])
	return nil
}

// tightBasic reads a rectangle of filtered pixels, most often compressed ones.
func (d *Decoder) tightBasic(r io.Reader, area image.Rectangle, kind byte) error {
	filter := byte(tightCopy)
	if kind&tightFilterFollows != 0 {
		var err error
		if filter, err = rfb.ReadUint8(r); err != nil {
			return err
		}
	}
	stream := int(kind>>tightStreamShift) % tightStreams
	switch filter {
	case tightCopy:
		return d.tightData(r, stream, d.tightPixelBytes()*area.Dx()*area.Dy(), func(data io.Reader) error {
			return eachRow(d.Picture, area, func(row []uint32) error { return d.readTightPixels(data, row) })
		})
	case tightPalette:
		return d.tightPalette(r, stream, area)
	case tightGradient:
		return d.tightGradient(r, stream, area)
	}
	return fmt.Errorf("unknown filter %d", filter)
}

// tightData hands the filtered bytes of a rectangle, whose number is known, to read.
// Only a few of them come as they are; others are a piece of a zlib stream.
func (d *Decoder) tightData(r io.Reader, stream, size int, read func(io.Reader) error) error {
	if size < minTightCompressed {
		return read(r)
	}
	n, err := readCompactLength(r)
	if err != nil {
		return err
	}
	s := &d.tight.streams[stream]
	if *s == nil {
		*s = newZlibSource()
	}
	data, err := (*s).beginPiece(r, int64(n))
	if err != nil {
		return err
	}
	if err := read(data); err != nil {
		return fmt.Errorf("its compressed data: %w", err)
	}
	return (*s).end()
}

// tightPalette reads a palette and indices into it.
func (d *Decoder) tightPalette(r io.Reader, stream int, area image.Rectangle) error {
	last, err := rfb.ReadUint8(r)
	if err != nil {
		return err
	}
	var colours [maxTightPalette]uint32
	n := int(last) + 1
	if err := d.readTightPixels(r, colours[:n]); err != nil {
		return err
	}
	width, perByte := area.Dx(), 1
	if n <= 2 {
		width, perByte = (width+7)/8, 8
	}
	packed := make([]byte, width)
	return d.tightData(r, stream, width*area.Dy(), func(data io.Reader) error {
		return eachRow(d.Picture, area, func(row []uint32) error {
			if _, err := io.ReadFull(data, packed); err != nil {
				return err
			}
			for x := range row {
				index := packed[x/perByte]
				if perByte == 8 {
					index = index >> (7 - x%8) & 1
				}
				if int(index) >= n {
					return fmt.Errorf("index %d into a palette of %d", index, n)
				}
				row[x] = colours[index]
			}
			return nil
		})
	})
}

// eachRow calls f with the rows of area.
func eachRow(p *Picture, area image.Rectangle, f func(row []uint32) error) error {
	for y := area.Min.Y; y < area.Max.Y; y++ {
		if err := f(p.Row(y, area.Min.X, area.Max.X)); err != nil {
			return err
		}
	}
	return nil
}

// tightPixelBytes is the size of a TPIXEL.
func (d *Decoder) tightPixelBytes() int {
	if hasTightPixel(d.pixels.format) {
		return 3
	}
	return d.pixels.format.BytesPerPixel()
}

// readTightPixels reads TPIXELs.
func (d *Decoder) readTightPixels(r io.Reader, dst []uint32) error {
	if !hasTightPixel(d.pixels.format) {
		return d.pixels.read(r, dst)
	}
	var whole []byte
	d.tight.data, whole = grow(d.tight.data[:0], 3*len(dst))
	if _, err := io.ReadFull(r, whole); err != nil {
		return err
	}
	for i := range dst {
		dst[i] = uint32(whole[3*i])<<16 | uint32(whole[3*i+1])<<8 | uint32(whole[3*i+2])
	}
	return nil
}

// readCompactLength reads a length of one to three bytes of seven bits each, the
// lowest first; the third has eight.
func readCompactLength(r io.Reader) (int, error) {
	n := 0
	for shift := 0; ; shift += 7 {
		b, err := rfb.ReadUint8(r)
		if err != nil {
			return 0, err
		}
		if shift == 14 {
			return n | int(b)<<shift, nil
		}
		n |= int(b&0x7f) << shift
		if b&0x80 == 0 {
			return n, nil
		}
	}
}
