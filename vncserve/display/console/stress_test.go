package console

import (
	"image"
	"math/rand/v2"
	"sync"
	"testing"

	"vncsec/vncserve/rfb"
)

// TestEverythingAtOnce has a program write any sequences, viewers type, select, scroll
// and paste, the size change and the picture be drawn, all at the same time. Nothing may
// panic, race or wait for ever, and the picture at the end is that of what is there.
func TestEverythingAtOnce(t *testing.T) {
	c := idle(t, 40, 10)
	c.painter.longest = -1 // with all that happens between its parts
	const steps = 1500
	sequences := []string{"text 世界 e\u0301 ", "\r\n", "\r\n\r\n\r\n", "\x1b[H", "\x1b[2J", "\x1b[3J", "\x1bc", "\x1b[5;8r", "\x1b[r", "\x1b[9S", "\x1b[9T",
		"\x1b[?1049h", "\x1b[?1049l", "\x1b[?47h", "\x1b[?47l", "\x1b[?1003;1006h", "\x1b[?1003l", "\x1b[8;20;60t", "\x1b[8;5;20t", "\x1b[?2026h", "\x1b[?2026l",
		"\x1b[50;200H", "\x1b[3L", "\x1b[3M", "\x1b[?7l", "\x1b[?7h", "\x1b[99999b", "\x1b[41m", "\x1b[m", "\x1b]2;title\a", "\a", "\x1b[6n", "\x1b7", "\x1b8", "\x1b[?5h", "\x1b[?5l"}
	var all sync.WaitGroup
	run := func(seed uint64, step func(r *rand.Rand)) {
		all.Go(func() {
			r := rand.New(rand.NewPCG(seed, 5))
			for range steps {
				step(r)
			}
		})
	}
	run(1, func(r *rand.Rand) { c.output([]byte(sequences[r.IntN(len(sequences))])) })
	run(2, func(r *rand.Rand) { c.resize(image.Pt((20+r.IntN(40))*c.cell.X, (5+r.IntN(15))*c.cell.Y)) })
	run(3, func(*rand.Rand) { c.fb.Snapshot() })
	for viewer := range uint64(2) {
		y := newTypist(c)
		keys := []rfb.Keysym{'x', rfb.KeyPageUp, rfb.KeyPageDown, rfb.KeyHome, rfb.KeyEnd, rfb.KeyInsert, rfb.KeyShiftLeft, rfb.KeyShiftRight}
		run(10+viewer, func(r *rand.Rand) {
			if r.IntN(3) == 0 {
				y.input.Key(rfb.KeyEvent{Down: r.IntN(2) == 0, Key: keys[r.IntN(len(keys))]})
				return
			}
			buttons := []uint16{0, leftButton, leftButton, middleButton, wheelUp, wheelDown}
			y.input.Pointer(rfb.PointerEvent{Buttons: buttons[r.IntN(len(buttons))], X: uint16(r.IntN(600)), Y: uint16(r.IntN(400))})
		})
	}
	all.Wait()
	c.output([]byte("\x1b[?2026l"))
	got := c.fb.Snapshot()
	c.mu.Lock()
	c.painter.forget(c.term)
	c.mu.Unlock()
	c.fb.Invalidate()
	want := c.fb.Snapshot()
	if got.Width != want.Width || got.Height != want.Height {
		t.Fatalf("the picture has %d x %d pixels, then %d x %d", got.Width, got.Height, want.Width, want.Height)
	}
	for i := range want.Pix {
		if got.Pix[i] != want.Pix[i] {
			t.Fatalf("pixel %d, %d is %#x, drawn anew %#x", i%want.Width, i/want.Width, got.Pix[i], want.Pix[i])
		}
	}
}
