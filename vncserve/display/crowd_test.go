package display

import (
	"bytes"
	"image"
	"runtime"
	"testing"
	"time"

	"vncsec/vncserve/rfb"
)

// TestMisbehavingViewers serves one viewer well beside a crowd of others: some stop to
// read in the middle of an update, some never ask for one, some ask without a pause. The
// memory that they cost is bounded; the test logs it.
func TestMisbehavingViewers(t *testing.T) {
	const each, floods = 40, 2
	defer noGoroutineLeft(t)()
	s := newScene(400, 300)
	whole := rfb.FramebufferUpdateRequest{Width: 400, Height: 300}.AppendWire(nil)
	good := connect(t, s.fb, Viewer{})
	good.setEncodings(rfb.EncodingZRLE)
	good.request(false)
	good.update()

	before := heap()
	var crowd []*client
	come := func(n int, kind func(c *client)) {
		for range n {
			c := connect(t, s.fb, Viewer{})
			_ = c.conn.SetDeadline(time.Time{})
			c.decoder = nil // its picture is not the server's memory
			kind(c)
			crowd = append(crowd, c)
		}
	}
	come(each, func(*client) {}) // never asks
	come(each, func(c *client) { c.write(bytes.Repeat(whole, 20)) })
	come(each, func(c *client) {
		c.setEncodings(rfb.EncodingFence, rfb.EncodingContinuousUpdates)
		c.send(rfb.EnableContinuousUpdates{Enable: true, Width: 400, Height: 300})
	})
	come(floods, func(c *client) {
		go func() { // floods, and reads
			buf := make([]byte, 64<<10)
			for {
				if _, err := c.conn.Read(buf); err != nil {
					return
				}
			}
		}()
		go func() {
			for {
				if _, err := c.conn.Write(whole); err != nil {
					return
				}
			}
		}()
	})
	for i := range 10 {
		s.draw(func(cv *Canvas) {
			drawStripes(cv, uint32(i))
			cv.Damage(cv.Picture().Bounds())
		})
		good.request(true)
		good.update()
	}
	if !samePicture(good.decoder.Picture, s.fb.Snapshot()) {
		t.Error("the viewer that behaves has another picture")
	}
	grown := heap() - before
	t.Logf("%d viewers that misbehave: %d KiB of memory each", len(crowd), grown/1024/len(crowd))
	if grown > 16<<20 {
		t.Errorf("memory grew by %d MiB", grown>>20)
	}
	for _, c := range crowd {
		c.cancel()
		c.conn.Close()
		_ = c.end()
	}
	good.conn.Close()
	_ = good.end()
}

// drawStripes fills the picture with something that does not compress to nothing.
func drawStripes(c *Canvas, seed uint32) {
	p := c.Picture()
	for y := range p.Height {
		row := p.Row(y, 0, p.Width)
		for x := range row {
			row[x] = (uint32(x)*2654435761 + uint32(y)*40503 + seed) >> 8 & 0xffffff
		}
	}
}

// heap is the memory in use.
func heap() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapInuse + m.StackInuse)
}

// TestManyRectangles damages more places than a region holds apart: the viewer still gets
// every pixel.
func TestManyRectangles(t *testing.T) {
	s := newScene(600, 600)
	c := connect(t, s.fb, Viewer{})
	c.setEncodings(rfb.EncodingZRLE)
	c.request(false)
	c.update()
	s.draw(func(cv *Canvas) {
		for i := range 400 {
			at := image.Pt(i%20*30, i/20*30)
			r := image.Rectangle{at, at.Add(image.Pt(7, 9))}
			cv.Picture().Fill(r, uint32(i)*0x010203&0xffffff)
			cv.Damage(r)
		}
	})
	c.request(true)
	c.update()
	if !samePicture(c.decoder.Picture, s.fb.Snapshot()) {
		t.Error("the pictures differ")
	}
}
