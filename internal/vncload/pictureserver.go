package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"sync/atomic"

	"vncsec/layout"
	"vncsec/vncserve"
	"vncsec/vncserve/display"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/rfb/encoding"
	"vncsec/vncserve/security"
)

// servePicture shows pictures from a folder: the next one after each key turnKey, the
// same again, as if it had changed, after others.
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

// writePictures writes PNG files into a new folder.
func writePictures(folder string, pictures []*encoding.Picture) error {
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	for i, p := range pictures {
		var b bytes.Buffer
		if err := png.Encode(&b, p); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%03d.png", i)), b.Bytes(), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// readPicture reads a PNG file.
func readPicture(path string) (*encoding.Picture, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	decoded, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	size := decoded.Bounds().Size()
	p := encoding.NewPicture(size.X, size.Y)
	for y := range size.Y {
		for x := range size.X {
			r, g, b, _ := decoded.At(x, y).RGBA()
			p.Pix[y*size.X+x] = r>>8<<16 | g>>8<<8 | b>>8
		}
	}
	return p, nil
}

// flipbook is a display that changes as a whole. Its pages have one size.
type flipbook struct {
	*display.Framebuffer
	pages []*encoding.Picture
	shown atomic.Int64
	drawn int64
}

func openFlipbook(folder string) (*flipbook, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.png"))
	if err != nil {
		return nil, err
	}
	book := &flipbook{drawn: -1}
	for _, file := range files {
		page, err := readPicture(file)
		if err != nil {
			return nil, err
		}
		book.pages = append(book.pages, page)
	}
	if len(book.pages) == 0 {
		return nil, fmt.Errorf("no pictures in %q", folder)
	}
	book.Framebuffer = display.NewFramebuffer(book.pages[0].Width, book.pages[0].Height, "picture", book.paint)
	book.Invalidate()
	return book, nil
}

func (b *flipbook) paint(c *display.Canvas) {
	if shown := b.shown.Load(); shown != b.drawn {
		b.drawn = shown
		copy(c.Picture().Pix, b.pages[shown%int64(len(b.pages))].Pix)
	}
	c.Damage(image.Rectangle{Max: c.Picture().Bounds().Max})
}

// Open implements display.Source.
func (b *flipbook) Open(_ context.Context, v display.Viewer) (display.Session, error) {
	return display.NewSession(b.Framebuffer, v, func(display.Peer) display.Input { return turner{b} }), nil
}

// turner turns the page, or damages it.
type turner struct{ book *flipbook }

func (t turner) Key(k rfb.KeyEvent) {
	if k.Key == turnKey {
		t.book.shown.Add(1)
	}
	t.book.Invalidate()
}
func (turner) Pointer(rfb.PointerEvent)         {}
func (turner) CutText(string)                   {}
func (turner) Resize(int, int) rfb.ResizeStatus { return rfb.ResizeProhibited }
func (turner) Close()                           {}
