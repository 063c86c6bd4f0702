package e2e_test

import (
	"errors"
	"image"
	"net"
	"os"
	"sync"
	"testing"

	"vncsec/vncserve/rfb"
	"vncsec/vncserve/rfb/encoding"
)

// probes are our own decoder, in every format, one for each choice. It shares what was
// encoded with the others of its format.
func (m *matrixTools) probes(f matrixFormat, address string) []*matrixViewer {
	var viewers []*matrixViewer
	for i, c := range choices(f.qualities(), "Raw", "RRE", "Hextile", "Zlib", "ZRLE", "Tight", "TightPNG") {
		encodings := c.numbers(i%2 == 0)
		viewers = append(viewers, &matrixViewer{
			name:    "vncsec probe, " + c.String(),
			shades:  nearestShades,
			quality: c.quality,
			start: func(t *testing.T) func() *image.RGBA {
				return followProbe(t, address, rfb.PixelFormat(f.format), encodings)
			},
		})
	}
	return viewers
}

// followProbe connects and takes updates until the test ends. It gives what the picture was
// after the last.
func followProbe(t *testing.T, address string, format rfb.PixelFormat, encodings []rfb.Encoding) func() *image.RGBA {
	t.Helper()
	c := connectProbe(t, address, &format, encodings...)
	if err := c.Full(); err != nil {
		t.Fatal(err)
	}
	shown := &probePicture{}
	shown.take(c.Picture())
	var following sync.WaitGroup
	following.Go(func() {
		for {
			err := c.Update(true)
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if errors.Is(err, os.ErrDeadlineExceeded) {
				continue // nothing has changed
			}
			if err != nil {
				t.Errorf("vncsec probe: %v", err)
				return
			}
			shown.take(c.Picture())
		}
	})
	t.Cleanup(func() {
		c.Interrupt()
		following.Wait()
	})
	return shown.look
}

// probePicture is a copy of a probe's picture that others can look at.
type probePicture struct {
	mu sync.Mutex
	encoding.Picture
}

func (p *probePicture) take(from *encoding.Picture) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Picture = encoding.Picture{Width: from.Width, Height: from.Height, Pix: append(p.Pix[:0], from.Pix...)}
}

func (p *probePicture) look() *image.RGBA {
	p.mu.Lock()
	defer p.mu.Unlock()
	return rgba(&p.Picture)
}
