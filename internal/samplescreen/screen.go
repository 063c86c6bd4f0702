// Package samplescreen makes pictures like those that administrators look at: pages of
// text, photographs and desktops with both. Benchmarks, tests and the load tool use
// them. The same call always gives the same pixels.
package samplescreen

import "math/rand/v2"

// Screen is a picture: pixels 0x00RRGGBB, row by row.
type Screen struct {
	Width, Height int
	Pix           []uint32
}

func newScreen(width, height int) *Screen {
	return &Screen{Width: width, Height: height, Pix: make([]uint32, width*height)}
}

// set paints a pixel, if it lies within the picture.
func (s *Screen) set(x, y int, colour uint32) {
	if x >= 0 && y >= 0 && x < s.Width && y < s.Height {
		s.Pix[y*s.Width+x] = colour
	}
}

// fill paints the pixels from x0,y0 to x1,y1 (exclusive), as far as they exist.
func (s *Screen) fill(x0, y0, x1, y1 int, colour uint32) {
	for y := max(0, y0); y < min(y1, s.Height); y++ {
		for x := max(0, x0); x < min(x1, s.Width); x++ {
			s.Pix[y*s.Width+x] = colour
		}
	}
}

// draw copies the part of src that fits at x,y.
func (s *Screen) draw(src *Screen, x, y int) {
	for row := range min(src.Height, s.Height-y) {
		copy(s.Pix[(y+row)*s.Width+x:(y+row+1)*s.Width], src.Pix[row*src.Width:(row+1)*src.Width])
	}
}

// newRand makes the random numbers of one kind of content; frames differ.
func newRand(kind, frame uint64) *rand.Rand { return rand.New(rand.NewPCG(kind, frame)) }
