package samplescreen

import (
	"math"
	"math/rand/v2"
)

// Photo is like a photograph: soft shapes at all scales, some edges, and the noise of a
// camera, so that it is about as hard to compress as one.
func Photo(width, height int, frame uint64) *Screen {
	s := newScreen(width, height)
	r := newRand('p', frame)
	light, hue := newClouds(r), newClouds(r)
	for y := range height {
		for x := range width {
			brightness := 40 + 170*light.at(float64(x)/160, float64(y)/160)
			tint := 60 * (hue.at(float64(x)/220, float64(y)/220) - 0.5)
			if y > height*2/3-int(20*light.at(float64(x)/90, 7)) { // a horizon
				brightness *= 0.6
				tint -= 25
			}
			// Cameras smooth out most of the noise of colours, less that of brightness.
			brightness += noise * r.NormFloat64()
			s.Pix[y*width+x] = level(brightness+tint)<<16 | level(brightness+colourNoise*r.NormFloat64())<<8 | level(brightness-tint)
		}
	}
	return s
}

// The noise of a camera, in steps of brightness.
const (
	noise       = 2.5
	colourNoise = 1
)

func level(v float64) uint32 { return uint32(max(0, min(255, math.Round(v)))) }

// clouds is value noise: random values at the points of a grid, and smooth between
// them, at several scales.
type clouds [64][64]float64

func newClouds(r *rand.Rand) *clouds {
	c := new(clouds)
	for i := range c {
		for j := range c[i] {
			c[i][j] = r.Float64()
		}
	}
	return c
}

// at gives a value of 0 to 1.
func (c *clouds) at(x, y float64) float64 {
	sum, weight := 0.0, 0.5
	for range 5 {
		sum += weight * c.smooth(x, y)
		x, y, weight = x*2+17, y*2+5, weight/2
	}
	return sum
}

// smooth interpolates between the four points around x,y.
func (c *clouds) smooth(x, y float64) float64 {
	i, j := int(x), int(y)
	u, v := ease(x-float64(i)), ease(y-float64(j))
	at := func(i, j int) float64 { return c[i%len(c)][j%len(c)] }
	upper := at(i, j)*(1-u) + at(i+1, j)*u
	lower := at(i, j+1)*(1-u) + at(i+1, j+1)*u
	return upper*(1-v) + lower*v
}

func ease(t float64) float64 { return t * t * (3 - 2*t) }
