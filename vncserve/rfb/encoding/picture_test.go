package encoding

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestResize changes sizes at random: what both have in common stays, the rest is black, and
// memory is taken only a few times.
func TestResize(t *testing.T) {
	const most, steps = 40 * 40, 2000
	random := rand.New(rand.NewPCG(1, 2))
	p := NewPicture(3, 3)
	taken := map[int]bool{}
	for range steps {
		for i := range p.Pix {
			p.Pix[i] = random.Uint32()
		}
		old := &Picture{Width: p.Width, Height: p.Height, Pix: slices.Clone(p.Pix)}
		width, height := random.IntN(45), random.IntN(45)
		if err := p.resize(width, height, most); (err != nil) != (width*height > most) {
			t.Fatalf("%d x %d: %v", width, height, err)
		} else if err != nil {
			width, height = old.Width, old.Height
		}
		if p.Width != width || p.Height != height || len(p.Pix) != width*height {
			t.Fatalf("%d pixels, %d x %d, want %d x %d", len(p.Pix), p.Width, p.Height, width, height)
		}
		for i, got := range p.Pix {
			x, y, want := i%width, i/width, uint32(0)
			if x < old.Width && y < old.Height {
				want = old.Pix[y*old.Width+x]
			}
			if got != want {
				t.Fatalf("from %d x %d to %d x %d: pixel %d,%d is %x, want %x", old.Width, old.Height, width, height, x, y, got, want)
			}
		}
		taken[cap(p.Pix)] = true
	}
	if len(taken) > 12 {
		t.Errorf("%d sizes of memory in %d steps", len(taken), steps)
	}
	for size := range taken {
		if size > most {
			t.Errorf("memory for %d pixels, more than %d", size, most)
		}
	}
}
