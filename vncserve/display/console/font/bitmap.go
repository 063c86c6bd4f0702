package font

import (
	"image"

	"github.com/hajimehoshi/bitmapfont/v3"
	"golang.org/x/image/math/fixed"
)

// bitmaps is the last source: pixel characters of the world's scripts, the Chinese,
// Japanese and Korean ones among them, in a half megabyte. They are 6 or 12 pixels
// wide, 16 high, and are enlarged by whole numbers only, so that they stay clear.
type bitmaps struct{ baseline int }

// The size of a wide character, and the height above the baseline.
const (
	bitmapWidth, bitmapHeight = 12, 16
	bitmapAscent              = 12
)

// draw implements source.
func (b bitmaps) draw(c *canvas, r rune, v Variant) bool {
	dr, src, at, advance, ok := bitmapfont.Face.Glyph(fixed.P(0, bitmapAscent), r)
	if !ok || advance == 0 || r > 0xffff {
		return false
	}
	width := advance.Round()
	scale := max(1, min(c.width/width, c.height/bitmapHeight))
	left := (c.width - scale*width) / 2
	top := b.baseline - scale*bitmapAscent + (c.height-b.baseline-scale*(bitmapHeight-bitmapAscent))/2
	drawn := false
	for y := dr.Min.Y; y < dr.Max.Y; y++ {
		for x := dr.Min.X; x < min(dr.Max.X, width); x++ {
			if _, _, _, a := src.At(at.X+x-dr.Min.X, at.Y+y-dr.Min.Y).RGBA(); a == 0 {
				continue
			}
			drawn = true
			p := image.Pt(left+x*scale, top+y*scale)
			c.fill(p.X, p.Y, p.X+scale, p.Y+scale, 255)
		}
	}
	if !drawn {
		return false // it has an empty picture for what it lacks
	}
	if v&Bold != 0 {
		c.embolden()
	}
	if v&Italic != 0 {
		c.slant(b.baseline)
	}
	return true
}
