package display

import (
	"image"
	"testing"
	"time"

	"vncsec/vncserve/rfb"
)

// TestInputFlood has one viewer move its pointer and switch lights without a pause. Another
// is woken no more often than the time asks for, and is told of the last of all that.
func TestInputFlood(t *testing.T) {
	const times = 10_001
	s := newScene(100, 100)
	c := connect(t, s.fb, Viewer{})
	c.setEncodings(rfb.EncodingRaw, rfb.EncodingLEDState, rfb.EncodingPointerPosition)
	c.request(false)
	c.update() // it is known to follow the pointer now
	idle := s.fb.attach()
	defer s.fb.detach(idle)
	woken, began := 0, time.Now()
	for i := range times {
		s.fb.pointerMoved(nil, image.Pt(i%100, i%90))
		s.fb.toggleLED(rfb.CapsLock)
		select {
		case <-idle.awake:
			woken++
		default:
		}
	}
	if most := 2 * (2 + int(time.Since(began)/echoRest)); woken > most {
		t.Errorf("a viewer was woken %d times, want at most %d", woken, most)
	}
	last := image.Pt((times-1)%100, (times-1)%90)
	for c.decoder.Pointer != last || c.decoder.LEDs != rfb.CapsLock {
		c.request(true)
		c.update()
	}
}
