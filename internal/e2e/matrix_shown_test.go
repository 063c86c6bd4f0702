package e2e_test

import (
	"fmt"
	"image"
	"math"

	"vncsec/internal/peertest"
)

// shades is how a viewer shows a colour of 0 to most, its pixel format's, as one of 0 to
// 255.
type shades int

const (
	nearestShades shades = iota // the nearest of 256
	lowerShades                 // the next lower one
	darkestShades               // the missing bits are 0
	mappedShades                // the upper byte of a colour map's two
)

func (s shades) of(v, most int) int {
	switch s {
	case lowerShades:
		return v * 255 / most
	case darkestShades:
		return v * 256 / (most + 1)
	case mappedShades:
		return v * 0xffff / most >> 8
	}
	return (v*255 + most/2) / most
}

// asShown gives what a viewer shows of a picture in a pixel format. The server gives the
// nearest colour of the format.
func asShown(p *image.RGBA, f peertest.PixelFormat, s shades) *image.RGBA {
	most := [...]uint16{f.RedMax, f.GreenMax, f.BlueMax}
	if !f.TrueColour {
		most = [...]uint16{7, 7, 3} // of the colour map that the server sends
	}
	var tables [3][256]uint8
	for i, most := range most {
		for v := range 256 {
			tables[i][v] = uint8(s.of((v*int(most)+127)/255, int(most)))
		}
	}
	shown := image.NewRGBA(p.Rect)
	for i := 0; i < len(p.Pix); i += 4 {
		for c := range 3 {
			shown.Pix[i+c] = tables[c][p.Pix[i+c]]
		}
		shown.Pix[i+3] = 0xff
	}
	return shown
}

// content is what is in a picture, for viewers that take JPEG.
type content int

const (
	noisy content = iota // noise of colours, which JPEG drops
	soft                 // photographs, for which JPEG was made
	plain                // nothing that is sent in JPEG
)

// jpegBound is how far JPEG may be from the picture.
type jpegBound struct {
	quality int
	of      content
}

// leastSignal is the signal-to-noise ratio of a desktop in JPEG at least, by quality, in
// dB, that of the encoders' own tests.
var leastSignal = map[int]float64{0: 24, 5: 28, 9: 32}

// The mean colour of any block of blockSize x blockSize pixels is nearly right, so that an
// area that a viewer did not get cannot hide: by quality, about twice what our own decoder
// has at the worst.
const blockSize = 32

var mostOfBlock = map[int]float64{0: 18, 5: 14, 9: 10}

// difference says in what a picture exceeds the bound; empty if it does not.
func (b jpegBound) difference(got, want *image.RGBA) string {
	if got.Rect != want.Rect {
		return peertest.Difference(got, want)
	}
	var squares float64
	for y := 0; y < want.Rect.Dy(); y += blockSize {
		for x := 0; x < want.Rect.Dx(); x += blockSize {
			block := image.Rect(x, y, x+blockSize, y+blockSize).Intersect(want.Rect)
			means, sum := blockDifference(got, want, block)
			squares += sum
			for c, d := range means {
				if math.Abs(d) > mostOfBlock[b.quality] {
					return fmt.Sprintf("the mean of colour %d is %.1f off in %v", c, d, block)
				}
			}
		}
	}
	signal := 10 * math.Log10(255*255*3*float64(want.Rect.Dx()*want.Rect.Dy())/squares)
	if b.of == soft && signal < leastSignal[b.quality] {
		return fmt.Sprintf("the signal-to-noise ratio is %.1f dB, want %.0f", signal, leastSignal[b.quality])
	}
	return ""
}

// blockDifference gives how far the mean of each colour is off in a block, and the sum of
// the squares of what each pixel is off.
func blockDifference(got, want *image.RGBA, block image.Rectangle) (means [3]float64, squares float64) {
	var sums [3]int
	sum := 0
	for y := block.Min.Y; y < block.Max.Y; y++ {
		start := want.PixOffset(block.Min.X, y)
		g, w := got.Pix[start:], want.Pix[start:]
		for i := range 4 * block.Dx() {
			if i%4 < 3 {
				d := int(g[i]) - int(w[i])
				sums[i%4] += d
				sum += d * d
			}
		}
	}
	for c := range means {
		means[c] = float64(sums[c]) / float64(block.Dx()*block.Dy())
	}
	return means, float64(sum)
}
