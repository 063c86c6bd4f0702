package display

import (
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
	p.end(began.Add(-longestRest), wake) // the drawing took long
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
