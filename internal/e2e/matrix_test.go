package e2e_test

import (
	"image"
	"math/rand/v2"
	"testing"
	"time"

	"vncsec/internal/peertest"
	"vncsec/vncserve/display"
)

// TestViewersMatrix shows one display to real viewers of four kinds, which together ask for
// every encoding they have, in every pixel format they can be told, at every level that
// makes a difference to the encoders. It shows them a random screen and a real one, then
// hundreds of changes while others join them, who are sent what was encoded for the first,
// and both screens again. Every time it compares, each viewer has the framebuffer's pixels,
// as its format shows them: all of them exactly, or with JPEG within a bound.
func TestViewersMatrix(t *testing.T) {
	t.Parallel()
	tools := newMatrixTools(t)
	for i, f := range matrixFormats {
		t.Run(f.name, func(t *testing.T) {
			m := &matrix{scene: newScene(), random: rand.New(rand.NewPCG(11, uint64(i))), screens: newMatrixScreens(t), format: f.format}
			m.viewers = tools.viewers(f, serveDisplay(t, m.scene))
			m.run(t)
		})
	}
}

// matrix is a display in one pixel format and the viewers that look at it.
type matrix struct {
	*scene
	random  *rand.Rand
	screens *matrixScreens
	format  peertest.PixelFormat
	viewers []*matrixViewer
	joined  int // of the viewers
}

// The changes come in rounds; after each, all viewers have to have the picture.
const (
	matrixRounds  = 3
	roundChanges  = 40
	changeSpacing = 4 * time.Millisecond // for some updates to be on their way
)

// run has the first half of the viewers there from the beginning; the others join at
// random times during the changes.
func (m *matrix) run(t *testing.T) {
	m.random.Shuffle(len(m.viewers), func(i, j int) { m.viewers[i], m.viewers[j] = m.viewers[j], m.viewers[i] })
	m.paintNow(func(c *display.Canvas) {
		c.Resize(matrixSize.X, matrixSize.Y)
		m.screens.drawDesktop(c)
	})
	m.join(t, len(m.viewers)/2)
	late := len(m.viewers) - m.joined
	for range matrixRounds {
		joins := make([]int, roundChanges) // how many join before each change
		for range (late + matrixRounds - 1) / matrixRounds {
			joins[m.random.IntN(roundChanges)]++
		}
		for _, n := range joins {
			m.join(t, n)
			m.paintNow(func(c *display.Canvas) { m.screens.change(c, m.random) })
			time.Sleep(changeSpacing)
		}
		m.compare(t, "after changes", rgba(m.Snapshot()), false)
	}
	m.showScreens(t)
}

// join lets the next n viewers connect, if there are so many.
func (m *matrix) join(t *testing.T, n int) {
	t.Helper()
	for ; n > 0 && m.joined < len(m.viewers); n-- {
		v := m.viewers[m.joined]
		v.look = v.start(t)
		m.joined++
	}
}

// showScreens draws a whole screen at random, and one such as administrators have.
func (m *matrix) showScreens(t *testing.T) {
	t.Helper()
	m.compare(t, "with a random screen", m.draw(func(c *display.Canvas) { m.screens.drawRandom(c, m.random) }), false)
	m.compare(t, "with a desktop", m.draw(m.screens.drawDesktop), true)
}

// compare waits until all viewers that have joined show the wanted picture. A real one has
// no noise that JPEG was not made for.
func (m *matrix) compare(t *testing.T, when string, picture *image.RGBA, isReal bool) {
	t.Helper()
	wants := map[shades]*image.RGBA{}
	for _, v := range m.viewers[:m.joined] {
		want := wants[v.shades]
		if want == nil {
			want = asShown(picture, m.format, v.shades)
			wants[v.shades] = want
		}
		difference := peertest.Difference
		if v.quality != nil {
			difference = jpegBound{quality: *v.quality, isReal: isReal}.difference
		}
		peertest.WaitLike(t, v.name+" "+when, want, v.look, difference)
	}
}
