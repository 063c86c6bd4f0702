package main

import (
	"context"
	"image"
	"image/png"
	"os"
	"sync/atomic"

	"vncsec/layout"
	"vncsec/vncserve"
	"vncsec/vncserve/display"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/rfb/encoding"
	"vncsec/vncserve/security"
)

// servePicture shows a picture from a file, and another one like it after each key.
func servePicture(o options) error {
	credentials, err := layout.OpenServer(o.dir, layout.LoadOptions{})
	if err != nil {
		return err
	}
	flipbook, err := openFlipbook(o.picture)
	if err != nil {
		return err
	}
	server, err := vncserve.New(vncserve.Config{Security: security.X509None(credentials.Current), Display: flipbook})
	if err != nil {
		return err
	}
	l, err := announce("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	return server.Serve(l)
}

// flipbook is a display that changes as a whole.
type flipbook struct {
	*display.Framebuffer
	pages [2]*encoding.Picture
	shown atomic.Int32
}

func openFlipbook(path string) (*flipbook, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	decoded, err := png.Decode(f)
	if err != nil {
		return nil, err
	}
	size := decoded.Bounds().Size()
	first, second := encoding.NewPicture(size.X, size.Y), encoding.NewPicture(size.X, size.Y)
	for y := range size.Y {
		for x := range size.X {
			r, g, b, _ := decoded.At(x, y).RGBA()
			first.Pix[y*size.X+x] = r>>8<<16 | g>>8<<8 | b>>8
		}
	}
	// The other page is the same, one line lower.
	copy(second.Pix[size.X:], first.Pix)
	copy(second.Pix, first.Pix[size.X*(size.Y-1):])
	book := &flipbook{pages: [2]*encoding.Picture{first, second}}
	book.Framebuffer = display.NewFramebuffer(size.X, size.Y, "picture", book.paint)
	book.Invalidate()
	return book, nil
}

func (b *flipbook) paint(c *display.Canvas) {
	copy(c.Picture().Pix, b.pages[b.shown.Load()%2].Pix)
	c.Damage(image.Rectangle{Max: c.Picture().Bounds().Max})
}

// Open implements display.Source.
func (b *flipbook) Open(_ context.Context, v display.Viewer) (display.Session, error) {
	return display.NewSession(b.Framebuffer, v, func(display.Peer) display.Input { return turner{b} }), nil
}

// turner turns the page at each key.
type turner struct{ book *flipbook }

func (t turner) Key(rfb.KeyEvent) {
	t.book.shown.Add(1)
	t.book.Invalidate()
}
func (turner) Pointer(rfb.PointerEvent)         {}
func (turner) CutText(string)                   {}
func (turner) Resize(int, int) rfb.ResizeStatus { return rfb.ResizeProhibited }
func (turner) Close()                           {}
