package encoding

import (
	"errors"
	"fmt"
	"image"
	"io"
)

// hextileReader reads the tiles of a Hextile rectangle.
type hextileReader struct {
	*Decoder
	r io.Reader
	// The colours that tiles without their own use; bits of given tell which of
	// them the server has named.
	background, foreground uint32
	given                  byte
}

// hextile reads a Hextile rectangle (RFC 6143 section 7.7.4).
func (d *Decoder) hextile(r io.Reader, area image.Rectangle) error {
	h := hextileReader{Decoder: d, r: r}
	for y := area.Min.Y; y < area.Max.Y; y += hextileSize {
		for x := area.Min.X; x < area.Max.X; x += hextileSize {
			tile := image.Rect(x, y, x+hextileSize, y+hextileSize).Intersect(area)
			if err := h.tile(tile); err != nil {
				return fmt.Errorf("tile at %d,%d: %w", x, y, err)
			}
		}
	}
	return nil
}

func (h *hextileReader) tile(area image.Rectangle) error {
	b, err := h.bytes(h.r, 1)
	if err != nil {
		return err
	}
	kind := b[0]
	if kind&hextileRaw != 0 { // the other bits mean nothing then
		return h.raw(h.r, h.Picture, area)
	}
	if err := h.colours(kind); err != nil {
		return err
	}
	h.Picture.Fill(area, h.background)
	if kind&hextileSubrects == 0 {
		return nil
	}
	return h.subrects(kind, area)
}

// colours reads the colours that a tile names, and sees to it that it has those it
// needs.
func (h *hextileReader) colours(kind byte) error {
	const (
		all  = hextileBackground | hextileForeground | hextileSubrects | hextileColoured
		both = hextileForeground | hextileColoured
	)
	switch {
	case kind&^all != 0:
		return fmt.Errorf("unknown subencoding %d", kind)
	case kind&both == both:
		return fmt.Errorf("subencoding %d has both a foreground and coloured subrectangles", kind)
	}
	var err error
	if kind&hextileBackground != 0 {
		if h.background, err = h.pixels.one(h.r); err != nil {
			return err
		}
	}
	if kind&hextileForeground != 0 {
		if h.foreground, err = h.pixels.one(h.r); err != nil {
			return err
		}
	}
	h.given |= kind
	if h.given&hextileBackground == 0 {
		return errors.New("no tile has named a background yet")
	}
	return nil
}

func (h *hextileReader) subrects(kind byte, area image.Rectangle) error {
	coloured := kind&hextileColoured != 0
	if !coloured && h.given&hextileForeground == 0 {
		return errors.New("no tile has named a foreground yet")
	}
	b, err := h.bytes(h.r, 1)
	if err != nil {
		return err
	}
	colour := h.foreground
	for range b[0] {
		if coloured {
			if colour, err = h.pixels.one(h.r); err != nil {
				return err
			}
		}
		b, err := h.bytes(h.r, 2)
		if err != nil {
			return err
		}
		x, y := area.Min.X+int(b[0]>>4), area.Min.Y+int(b[0]&15)
		sub := image.Rect(x, y, x+int(b[1]>>4)+1, y+int(b[1]&15)+1)
		if !sub.In(area) {
			return fmt.Errorf("the subrectangle %v reaches beyond it", sub)
		}
		h.Picture.Fill(sub, colour)
	}
	return nil
}
