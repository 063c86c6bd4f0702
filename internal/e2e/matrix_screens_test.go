package e2e_test

import (
	"image"
	"math/rand/v2"
	"testing"

	"vncsec/internal/samplescreen"
	"vncsec/vncserve/display"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/rfb/encoding"
)

// matrixSize is the display's: no multiple of any encoding's tiles.
var matrixSize = image.Pt(312, 203)

// matrixScreens are what a matrix draws.
type matrixScreens struct {
	desktop, photo, page *samplescreen.Screen
}

func newMatrixScreens(t *testing.T) *matrixScreens {
	t.Helper()
	desktop, err := samplescreen.Desktop(matrixSize.X, matrixSize.Y, 0)
	if err != nil {
		t.Fatal(err)
	}
	s := &matrixScreens{
		desktop: desktop,
		photo:   samplescreen.Photo(matrixSize.X, matrixSize.Y, 1),
		page:    samplescreen.VGA(2),
	}
	demandTextOverText(t, s.page)
	return s
}

// demandTextOverText wants Tight to draw the colours of a page over each other, which
// viewers are to be shown.
func demandTextOverText(t *testing.T, s *samplescreen.Screen) {
	t.Helper()
	p := &encoding.Picture{Width: s.Width, Height: s.Height, Pix: s.Pix}
	form := encoding.Form{Encoding: rfb.EncodingTight, Format: rfb.Canonical, Quality: encoding.Lossless, Split: true}
	part := image.Rectangle{Max: matrixSize}
	n := new(encoding.Encoder).Encode(p, part, part.Min, form, encoding.CanonicalTranslator()).Rectangles
	if n < 2 {
		t.Fatalf("Tight sends the page of text as %d rectangle", n)
	}
}

// drawDesktop fills the display with text, soft text, a photo and frames.
func (s *matrixScreens) drawDesktop(c *display.Canvas) {
	copyScreen(c, c.Picture().Bounds(), s.desktop, image.Point{})
}

// drawPage fills the display with text of a few colours.
func (s *matrixScreens) drawPage(c *display.Canvas) {
	copyScreen(c, c.Picture().Bounds(), s.page, image.Point{})
}

// drawRandom fills the display with areas of different kinds of noise.
func (s *matrixScreens) drawRandom(c *display.Canvas, r *rand.Rand) {
	p := c.Picture()
	for y := 0; y < p.Height; y += 40 {
		for x := 0; x < p.Width; x += 50 {
			noise(p, image.Rect(x, y, x+50, y+40).Intersect(p.Bounds()), r)
		}
	}
	c.Damage(p.Bounds())
}

// noise fills an area with random pixels of one, a few or many colours, which are so far
// from the darkest and the brightest that JPEG, which blurs them, keeps their mean.
func noise(p *encoding.Picture, area image.Rectangle, r *rand.Rand) {
	colours := make([]uint32, []int{1, 2, 5, 16, 100, 1 << 12}[r.IntN(6)])
	for i := range colours {
		colours[i] = 0x404040 + r.Uint32()&0x7f7f7f
	}
	run := 1 + r.IntN(2)*r.IntN(40) // pixels of the same colour side by side
	for y := area.Min.Y; y < area.Max.Y; y++ {
		row := p.Row(y, area.Min.X, area.Max.X)
		for x := range row {
			if x%run == 0 {
				row[x] = colours[r.IntN(len(colours))]
				continue
			}
			row[x] = row[x-1]
		}
	}
}

// change is one of the changes that displays see: an area filled, text, a part of a
// photograph, noise, something moved, a page scrolled.
func (s *matrixScreens) change(c *display.Canvas, r *rand.Rand) {
	p := c.Picture()
	area := smallRect(p, r)
	switch r.IntN(8) {
	case 0:
		p.Fill(area, r.Uint32()&0xffffff)
		c.Damage(area)
	case 1:
		noise(p, area, r)
		c.Damage(area)
	case 2:
		copyScreen(c, area, s.photo, image.Pt(r.IntN(s.photo.Width-area.Dx()+1), r.IntN(s.photo.Height-area.Dy()+1)))
	case 3:
		copyScreen(c, area, s.page, image.Pt(r.IntN(s.page.Width-area.Dx()+1), r.IntN(s.page.Height-area.Dy()+1)))
	case 4:
		copyScreen(c, area, s.desktop, area.Min)
	case 5:
		s.drawLines(c, area, r)
	case 6:
		c.Move(image.Pt(r.IntN(p.Width-area.Dx()+1), r.IntN(p.Height-area.Dy()+1)), area)
	default:
		const width, height, line = 150, 100, 16 // of a window in which text scrolls
		window := image.Rect(0, 0, width, height).Add(area.Min)
		c.Move(window.Min, image.Rect(window.Min.X, window.Min.Y+line, window.Max.X, window.Max.Y))
		last := image.Rect(window.Min.X, window.Max.Y-line, window.Max.X, window.Max.Y)
		copyScreen(c, last, s.page, image.Pt(0, line*r.IntN(25)))
	}
}

// drawLines draws lines of coloured text as wide as the display where an area is.
func (s *matrixScreens) drawLines(c *display.Canvas, area image.Rectangle, r *rand.Rand) {
	area.Min.X, area.Max.X = 0, c.Picture().Width
	copyScreen(c, area, s.page, image.Pt(0, r.IntN(s.page.Height-area.Dy()+1)))
}

// smallRect is a part of the picture, mostly a small one, with room for a window below and
// to the right of its corner.
func smallRect(p *encoding.Picture, r *rand.Rand) image.Rectangle {
	w, h := 1+r.IntN(1+r.IntN(p.Width/2)), 1+r.IntN(1+r.IntN(p.Height/2))
	return image.Rect(0, 0, w, h).Add(image.Pt(r.IntN(p.Width/2), r.IntN(p.Height/2)))
}

// copyScreen draws the part of a screen at from into an area of the display.
func copyScreen(c *display.Canvas, area image.Rectangle, s *samplescreen.Screen, from image.Point) {
	for y := range area.Dy() {
		line := s.Pix[(from.Y+y)*s.Width+from.X:]
		copy(c.Picture().Row(area.Min.Y+y, area.Min.X, area.Max.X), line[:area.Dx()])
	}
	c.Damage(area)
}
