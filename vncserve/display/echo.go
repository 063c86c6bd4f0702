package display

import (
	"image"
	"sync/atomic"
	"time"

	"vncsec/internal/throttle"
	"vncsec/vncserve/rfb"
)

// echoRest is how long viewers are not told of another place of the pointer, or of other
// lights, after they were told: one that does nothing but move its pointer would keep all
// the others awake.
const echoRest = 25 * time.Millisecond

// echo is what viewers see of each other's keyboards and pointers.
type echo struct {
	// followers is the number of viewers that want to know where others point.
	followers     atomic.Int32
	moves, lights *throttle.Throttle
}

func newEcho() echo { return echo{moves: throttle.New(echoRest), lights: throttle.New(echoRest)} }

// toggleLED switches one of the keyboard's lights.
func (fb *Framebuffer) toggleLED(led rfb.LEDs) {
	fb.mu.Lock()
	fb.leds ^= led
	fb.mu.Unlock()
	fb.echo.lights.Do(func() {
		fb.mu.Lock()
		defer fb.mu.Unlock()
		for v := range fb.views {
			v.news.leds = true
			v.change()
		}
	})
}

// pointerMoved tells the other viewers where one of them has its pointer.
func (fb *Framebuffer) pointerMoved(by *view, to image.Point) {
	if fb.echo.followers.Load() == 0 {
		return
	}
	fb.echo.moves.Do(func() {
		fb.mu.Lock()
		defer fb.mu.Unlock()
		size := fb.picture.Bounds().Max
		fb.pointer = image.Pt(min(to.X, size.X-1), min(to.Y, size.Y-1))
		for v := range fb.views {
			if v != by {
				v.news.pointer = true
				v.change()
			}
		}
	})
}
