package display

import (
	"image"
	"math/rand/v2"
	"slices"
	"testing"
)

const regionSize = 24

// pixels is a region as a set.
type pixels [regionSize][regionSize]bool

func (p *pixels) set(r image.Rectangle, on bool) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			p[y][x] = on
		}
	}
}

func TestRegion(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		var g region
		var want pixels
		for range 30 {
			rect := someRect(r)
			if on := r.IntN(3) > 0; on {
				g.add(rect)
				want.set(rect, true)
			} else {
				g.subtract(rect)
				want.set(rect, false)
			}
		}
		var got pixels
		for _, rect := range g.rects {
			for y := rect.Min.Y; y < rect.Max.Y; y++ {
				for x := rect.Min.X; x < rect.Max.X; x++ {
					if got[y][x] {
						t.Fatalf("rectangles overlap at %d,%d", x, y)
					}
					got[y][x] = true
				}
			}
		}
		if got != want {
			t.Fatal("the region is not what was added and taken out")
		}
	}
}

func someRect(r *rand.Rand) image.Rectangle {
	x, y := r.IntN(regionSize), r.IntN(regionSize)
	return image.Rect(x, y, x+1+r.IntN(regionSize-x), y+1+r.IntN(regionSize-y))
}

func TestRegionIsBounded(t *testing.T) {
	var g region
	for i := range 10_000 {
		g.add(image.Rect(i%100*3, i/100*3, i%100*3+1, i/100*3+1))
		if len(g.rects) > maxRegion {
			t.Fatalf("%d rectangles after %d", len(g.rects), i)
		}
	}
	for i := range 10_000 {
		at := image.Pt(i%100*3, i/100*3)
		if parts := slices.Collect(g.within(image.Rectangle{at, at.Add(image.Pt(1, 1))})); len(parts) == 0 {
			t.Fatalf("pixel %v was lost", at)
		}
	}
}

// TestViewInvariant lets a model viewer carry out the copies and take the damage at
// random times: its picture must become that of the framebuffer.
func TestViewInvariant(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 300 {
		fb := NewFramebuffer(regionSize, regionSize, "", nil)
		v := fb.attach()
		seen := NewFramebuffer(regionSize, regionSize, "", nil).picture
		canvas := &Canvas{fb: fb}
		for range 60 {
			change(canvas, r)
			if r.IntN(8) == 0 {
				for _, c := range v.copies {
					seen.Move(c.dst().Min, c.src)
				}
				v.copies = v.copies[:0]
				for _, d := range v.damage.rects {
					for y := d.Min.Y; y < d.Max.Y; y++ {
						copy(seen.Row(y, d.Min.X, d.Max.X), fb.picture.Row(y, d.Min.X, d.Max.X))
					}
				}
				v.damage.clear()
				for i, p := range fb.picture.Pix {
					if seen.Pix[i] != p {
						t.Fatalf("pixel %d is %06x, want %06x", i, seen.Pix[i], p)
					}
				}
			}
		}
	}
}

// change draws something, or scrolls.
func change(c *Canvas, r *rand.Rand) {
	size := c.Picture().Bounds().Max
	random := func() image.Rectangle {
		x, y := r.IntN(size.X), r.IntN(size.Y)
		return image.Rect(x, y, x+1+r.IntN(size.X-x), y+1+r.IntN(size.Y-y))
	}
	switch rect := random(); r.IntN(3) {
	case 0:
		c.Picture().Fill(rect, r.Uint32()&0xffffff)
		c.Damage(rect)
	case 1: // any move
		to := image.Pt(r.IntN(size.X-rect.Dx()+1), r.IntN(size.Y-rect.Dy()+1))
		c.Move(to, rect)
	case 2: // scroll lines of the whole width up, as a terminal does
		lines := 1 + r.IntN(3)
		for range r.IntN(4) {
			area := image.Rect(0, lines, size.X, size.Y)
			if area.Empty() {
				return
			}
			c.Move(image.Pt(0, 0), area)
			blank := image.Rect(0, size.Y-lines, size.X, size.Y)
			c.Picture().Fill(blank, r.Uint32()&0xffffff)
			c.Damage(blank)
		}
	}
}
