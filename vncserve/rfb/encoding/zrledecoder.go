package encoding

import (
	"bufio"
	"fmt"
	"image"
	"io"
)

// zrleRect reads a ZRLE rectangle (RFC 6143 section 7.7.6).
func (d *Decoder) zrleRect(r io.Reader, area image.Rectangle) error {
	data, err := d.zrle.begin(r)
	if err != nil {
		return err
	}
	for y := area.Min.Y; y < area.Max.Y; y += zrleTile {
		for x := area.Min.X; x < area.Max.X; x += zrleTile {
			tile := image.Rect(x, y, min(x+zrleTile, area.Max.X), min(y+zrleTile, area.Max.Y))
			if err := d.tile(data, tile); err != nil {
				return fmt.Errorf("tile at %d,%d: %w", x, y, err)
			}
		}
	}
	return d.zrle.end()
}

func (d *Decoder) tile(r *bufio.Reader, area image.Rectangle) error {
	kind, err := r.ReadByte()
	if err != nil {
		return err
	}
	switch {
	case kind == tileRaw:
		return d.rawTile(r, area)
	case kind <= maxPacked: // tileSolid is a palette of one, packed into no bits
		return d.packedTile(r, area, int(kind))
	case kind == tilePlainRLE:
		return d.runTile(area, func() (uint32, int, error) { return d.plainRun(r) })
	case kind >= tilePaletteRLE+2:
		return d.paletteRunTile(r, area, int(kind-tilePaletteRLE))
	}
	return fmt.Errorf("unknown subencoding %d", kind)
}

func (d *Decoder) rawTile(r io.Reader, area image.Rectangle) error {
	for y := area.Min.Y; y < area.Max.Y; y++ {
		if err := d.pixels.readCompact(r, d.Picture.Row(y, area.Min.X, area.Max.X)); err != nil {
			return err
		}
	}
	return nil
}

// packedTile reads a palette and rows of packed indices into it.
func (d *Decoder) packedTile(r io.Reader, area image.Rectangle, colours int) error {
	var pal [maxPacked]uint32
	if err := d.pixels.readCompact(r, pal[:colours]); err != nil {
		return err
	}
	if colours == tileSolid {
		d.Picture.Fill(area, pal[0])
		return nil
	}
	bits := indexBits(colours)
	var packed [zrleTile]byte
	row := packed[:packedBytes(colours, area.Dx())]
	for y := area.Min.Y; y < area.Max.Y; y++ {
		if _, err := io.ReadFull(r, row); err != nil {
			return err
		}
		for x, dst := 0, d.Picture.Row(y, area.Min.X, area.Max.X); x < len(dst); x++ {
			index := int(row[x*bits/8]>>(8-bits-x*bits%8)) & (1<<bits - 1)
			if index >= colours {
				return fmt.Errorf("index %d into a palette of %d", index, colours)
			}
			dst[x] = pal[index]
		}
	}
	return nil
}

func (d *Decoder) paletteRunTile(r *bufio.Reader, area image.Rectangle, colours int) error {
	var pal [maxPalette]uint32
	if err := d.pixels.readCompact(r, pal[:colours]); err != nil {
		return err
	}
	return d.runTile(area, func() (uint32, int, error) {
		index, err := r.ReadByte()
		if err != nil {
			return 0, 0, err
		}
		length := 1
		if index&runFlag != 0 {
			if length, err = readRunLength(r); err != nil {
				return 0, 0, err
			}
		}
		if index &^= runFlag; int(index) >= colours {
			return 0, 0, fmt.Errorf("index %d into a palette of %d", index, colours)
		}
		return pal[index], length, nil
	})
}

func (d *Decoder) plainRun(r *bufio.Reader) (pixel uint32, length int, err error) {
	var one [1]uint32
	if err := d.pixels.readCompact(r, one[:]); err != nil {
		return 0, 0, err
	}
	length, err = readRunLength(r)
	return one[0], length, err
}

// runTile fills area with runs until it is full. A run may go on in the next row but
// not beyond the tile.
func (d *Decoder) runTile(area image.Rectangle, next func() (pixel uint32, length int, err error)) error {
	left := area.Dx() * area.Dy()
	at := area.Min
	for left > 0 {
		pixel, length, err := next()
		if err != nil {
			return err
		}
		if length > left {
			return fmt.Errorf("a run of %d pixels where %d are left", length, left)
		}
		left -= length
		for length > 0 {
			row := d.Picture.Row(at.Y, at.X, min(at.X+length, area.Max.X))
			for i := range row {
				row[i] = pixel
			}
			length -= len(row)
			if at.X += len(row); at.X == area.Max.X {
				at = image.Pt(area.Min.X, at.Y+1)
			}
		}
	}
	return nil
}

// readRunLength reads a run length, which is at most that of a tile.
func readRunLength(r io.ByteReader) (int, error) {
	length := 1
	for {
		b, err := r.ReadByte()
		if err != nil {
			return 0, err
		}
		length += int(b)
		if b != 255 {
			return length, nil
		}
		if length > zrleTile*zrleTile {
			return 0, fmt.Errorf("a run of more than %d pixels", zrleTile*zrleTile)
		}
	}
}
