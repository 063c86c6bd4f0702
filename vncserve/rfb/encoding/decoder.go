package encoding

import (
	"errors"
	"fmt"
	"image"
	"io"

	"vncsec/vncserve/rfb"
)

// Decoder is the viewer's picture of a display. It reads the rectangles of
// framebuffer updates from a server that may be hostile. It is for one goroutine.
type Decoder struct {
	// Picture is the framebuffer.
	Picture *Picture
	// Cursor is the last pointer shape, nil if there was none.
	Cursor *Cursor
	// Pointer is where the server last said that the pointer is.
	Pointer image.Point
	// LEDs are the lights that the server last told of.
	LEDs rfb.LEDs
	// Name is the last desktop name, "" if there was none.
	Name string
	// Screens is the last extended layout, nil if there was none.
	Screens []rfb.Screen

	maxPixels int
	pixels    pixelReader
	zlib      *zlibSource
	tight     tightDecoder
	zrle      *zlibSource
	scratch   [8]byte
}

// NewDecoder makes a decoder for a display of a size, as ServerInit gives it, and
// the pixel format that the server uses.
func NewDecoder(f rfb.PixelFormat, width, height int) (*Decoder, error) {
	picture, err := newBoundedPicture(width, height, MaxPixels)
	if err != nil {
		return nil, fmt.Errorf("rfb: %w", err)
	}
	d := &Decoder{Picture: picture, maxPixels: MaxPixels, zlib: newZlibSource(), zrle: newZlibSource()}
	if err := d.SetFormat(f); err != nil {
		return nil, err
	}
	return d, nil
}

// SetFormat makes the updates that follow have pixels of format f.
func (d *Decoder) SetFormat(f rfb.PixelFormat) error {
	if err := f.Validate(); err != nil {
		return fmt.Errorf("rfb: %w", err)
	}
	d.pixels = newPixelReader(f)
	return nil
}

// SetColours takes entries of the colour map.
func (d *Decoder) SetColours(m rfb.SetColourMapEntries) { d.pixels.setColours(m) }

// errLastRect ends an update of an unknown number of rectangles.
var errLastRect = errors.New("last rectangle")

// Update reads the rectangles of update m and gives their headers. After an error
// the connection is of no use.
func (d *Decoder) Update(r io.Reader, m rfb.FramebufferUpdate) ([]rfb.RectHeader, error) {
	var headers []rfb.RectHeader
	for m.Rectangles == rfb.ManyRectangles || len(headers) < int(m.Rectangles) {
		h, err := rfb.ReadRectHeader(r)
		if err != nil {
			return headers, err
		}
		err = d.rectangle(r, h)
		if errors.Is(err, errLastRect) {
			break
		}
		if err != nil {
			return headers, fmt.Errorf("rfb: %v rectangle %v: %w", h.Encoding, h.Bounds(), err)
		}
		headers = append(headers, h)
		if len(headers) > rfb.ManyRectangles {
			return headers, errors.New("rfb: an update of more than 65535 rectangles")
		}
	}
	return headers, nil
}

func (d *Decoder) rectangle(r io.Reader, h rfb.RectHeader) error {
	if known, err := d.pseudo(r, h); known {
		return err
	}
	if !d.Picture.holds(h.Bounds()) {
		return fmt.Errorf("it reaches beyond the framebuffer %v", d.Picture.Bounds())
	}
	switch h.Encoding {
	case rfb.EncodingRaw:
		return d.raw(r, d.Picture, h.Bounds())
	case rfb.EncodingCopyRect:
		return d.copyRect(r, h.Bounds())
	case rfb.EncodingTight, rfb.EncodingTightPNG:
		return d.tightRect(r, h)
	case rfb.EncodingZRLE:
		return d.zrleRect(r, h.Bounds())
	case rfb.EncodingZlib:
		return d.zlibRect(r, h.Bounds())
	case rfb.EncodingHextile:
		return d.hextile(r, h.Bounds())
	case rfb.EncodingRRE:
		return d.rre(r, h.Bounds())
	}
	return errors.New("the encoding was not asked for")
}

// bytes reads n bytes, at most 8, which are valid until the next call.
func (d *Decoder) bytes(r io.Reader, n int) ([]byte, error) {
	_, err := io.ReadFull(r, d.scratch[:n])
	return d.scratch[:n], err
}

// raw reads plain pixels into area of p.
func (d *Decoder) raw(r io.Reader, p *Picture, area image.Rectangle) error {
	for y := area.Min.Y; y < area.Max.Y; y++ {
		if err := d.pixels.read(r, p.Row(y, area.Min.X, area.Max.X)); err != nil {
			return err
		}
	}
	return nil
}

func (d *Decoder) copyRect(r io.Reader, dst image.Rectangle) error {
	at, err := rfb.ReadUint32(r)
	if err != nil {
		return err
	}
	src := image.Rectangle{Max: dst.Size()}.Add(image.Pt(int(at>>16), int(at&0xffff)))
	if !d.Picture.holds(src) {
		return fmt.Errorf("it copies from %v, beyond the framebuffer", src)
	}
	d.Picture.Move(dst.Min, src)
	return nil
}
