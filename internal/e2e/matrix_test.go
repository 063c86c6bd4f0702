package e2e_test

import (
	"image"
	"math/rand/v2"
	"testing"

	"vncsec/internal/peertest"
	"vncsec/vncserve/display"
)

// TestViewersMatrix shows one display to our own viewer and to real ones of four kinds, which
// together ask for every encoding they have, in every pixel format they can be told, at every
// level that makes a difference to the encoders. It shows them a page of text, then changes
// while others join them, who are sent what was encoded for the first, and then a random
// screen and real ones. Every time it compares, each viewer has the framebuffer's pixels, as
// its format shows them: all of them exactly, or with JPEG within a bound.
//
// The race detector, for which some formats are enough, takes as long for each as all take
// without it: .ci/test runs both.
func TestViewersMatrix(t *testing.T) {
	t.Parallel()
	tools := newMatrixTools(t)
	for i, f := range matrixFormats {
		if raceDetector && !f.withRaceDetector {
			continue
		}
		t.Run(f.name, func(t *testing.T) {
			m := &matrix{scene: newScene(), random: rand.New(rand.NewPCG(11, uint64(i))), screens: newMatrixScreens(t), matrixFormat: f}
			m.viewers = tools.viewers(f, serveDisplay(t, m.scene))
			m.run(t)
		})
	}
}

// matrix is a display in one pixel format and the viewers that look at it.
type matrix struct {
	*scene
	matrixFormat
	random  *rand.Rand
	screens *matrixScreens
	viewers []*matrixViewer
	joined  int // of the viewers
}

// The changes come in rounds, several at a time. Within a round, now and then a viewer picked
// at random has to catch up; after each, all have to.
const (
	matrixRounds = 3
	roundSteps   = 25
	stepChanges  = 4 // at most
	compareEvery = 4 // steps, on average
)

// run has the first half of the viewers there from the beginning; the others join at
// random times during the changes.
func (m *matrix) run(t *testing.T) {
	m.random.Shuffle(len(m.viewers), func(i, j int) { m.viewers[i], m.viewers[j] = m.viewers[j], m.viewers[i] })
	m.paintNow(func(c *display.Canvas) {
		c.Resize(matrixSize.X, matrixSize.Y)
		m.screens.drawPage(c)
	})
	m.join(t, len(m.viewers)/2)
	late := len(m.viewers) - m.joined
	for range matrixRounds {
		joins := make([]int, roundSteps) // how many join before each step
		for range (late + matrixRounds - 1) / matrixRounds {
			joins[m.random.IntN(roundSteps)]++
		}
		for _, n := range joins {
			m.join(t, n)
			m.paintNow(func(c *display.Canvas) {
				for range 1 + m.random.IntN(stepChanges) {
					m.screens.change(c, m.random)
				}
			})
			if m.random.IntN(compareEvery) == 0 {
				i := m.random.IntN(m.joined)
				m.compare(t, "at a change", m.viewers[i:i+1], noisy)
			}
		}
		m.compare(t, "after changes", m.viewers[:m.joined], noisy)
	}
	m.paintNow(func(c *display.Canvas) { m.screens.drawRandom(c, m.random) })
	m.compare(t, "with a random screen", m.viewers, noisy)
	m.paintNow(m.screens.drawPage)
	m.compare(t, "with a page of text", m.viewers, plain)
	m.paintNow(m.screens.drawDesktop)
	m.compare(t, "with a desktop", m.viewers, soft)
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

// compare waits until the viewers show the display's picture.
func (m *matrix) compare(t *testing.T, when string, viewers []*matrixViewer, what content) {
	t.Helper()
	picture := rgba(m.Snapshot())
	wants := map[shades]*image.RGBA{}
	for _, v := range viewers {
		want := wants[v.shades]
		if want == nil {
			want = asShown(picture, m.format, v.shades)
			wants[v.shades] = want
		}
		difference := peertest.Difference
		if v.quality != nil && what != plain {
			difference = jpegBound{*v.quality, what}.difference
		}
		peertest.WaitLike(t, v.name+" "+when, want, v.look, difference)
	}
}
