package display

import (
	"image"
	"testing"
	"time"

	"vncsec/vncserve/rfb"
)

// TestAnnouncedWhileDrawing announces something while a picture is drawn. It is not in
// that picture, and the next one has to wait: the viewers are woken for that, as nothing
// else would wake them.
func TestAnnouncedWhileDrawing(t *testing.T) {
	var p pace
	woken := make(chan struct{}, 1)
	wake := func() { woken <- struct{}{} }
	p.announce(wake)
	began, _ := p.begin()
	p.announce(wake)
	p.end(began.Add(-longestRest), false, wake) // the drawing took long
	select {
	case <-woken:
	case <-time.After(patience):
		t.Fatal("nobody is woken when the rest is over")
	}
	if !p.due() {
		t.Error("it is not time when the viewers are woken")
	}
}

// TestDrawnMeanwhile is the same with a viewer, which waits for a second picture.
func TestDrawnMeanwhile(t *testing.T) {
	var fb *Framebuffer
	colour := uint32(0)
	fb = NewFramebuffer(64, 64, "desk", func(c *Canvas) {
		colour += 0x111111
		c.Picture().Fill(c.Picture().Bounds(), colour)
		c.Damage(c.Picture().Bounds())
		if colour > 0x111111 {
			return
		}
		go fb.Invalidate()
		for !fb.pace.isStale() {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(longestRest) // nothing is drawn as long as this afterwards
	})
	fb.Invalidate()
	c := connect(t, fb, Viewer{})
	c.setEncodings(rfb.EncodingRaw)
	c.request(true)
	c.update()
	c.request(true)
	c.update()
	if got := c.decoder.Picture.Pix[0]; got != 0x222222 {
		t.Errorf("the viewer has colour %#x", got)
	}
}

// TestDrawnInParts draws a picture in several calls, which nobody announces. A viewer gets
// all of it.
func TestDrawnInParts(t *testing.T) {
	const size, parts = 64, 8
	drawn := 0
	fb := NewFramebuffer(size, size, "desk", func(c *Canvas) {
		part := image.Rect(0, drawn*size/parts, size, (drawn+1)*size/parts)
		c.Picture().Fill(part, 0xffffff)
		c.Damage(part)
		if drawn++; drawn < parts {
			c.Again()
		}
	})
	c := connect(t, fb, Viewer{})
	c.setEncodings(rfb.EncodingRaw)
	c.request(false)
	c.update() // of nothing
	fb.Invalidate()
	for p := c.decoder.Picture; p.Pix[len(p.Pix)-1] == 0; {
		c.request(true)
		c.update()
	}
	if drawn != parts {
		t.Errorf("%d parts were drawn", drawn)
	}
}
