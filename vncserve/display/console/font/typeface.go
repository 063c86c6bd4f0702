package font

import (
	"fmt"
	"image"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// source is a font that glyphs are looked for in.
type source interface {
	// draw draws a character on a cell, false if the font does not have it.
	draw(c *canvas, r rune, v Variant) bool
}

// typeface is an outline font at one size, in the variants that there are.
type typeface struct {
	faces [variants]font.Face // nil for those made of the regular one
	// narrow is for characters that are too wide for their columns, as those of
	// East Asian fonts are that terminals give one column; nil to cut them off.
	narrow   font.Face
	baseline int
}

// newTypeface makes a typeface of a size in pixels per em. Variants may be missing,
// but not the regular one.
func newTypeface(size float64, files [variants]*sfnt.Font) (*typeface, error) {
	t := &typeface{}
	for v, file := range files {
		if file == nil {
			continue
		}
		face, err := newFace(file, size)
		if err != nil {
			return nil, err
		}
		t.faces[v] = face
	}
	return t, nil
}

func newFace(file *sfnt.Font, size float64) (font.Face, error) {
	return opentype.NewFace(file, &opentype.FaceOptions{Size: size, DPI: 72})
}

// draw implements source. A variant that the typeface does not have, or that lacks
// the character, is made of the regular one.
func (t *typeface) draw(c *canvas, r rune, v Variant) bool {
	if face := t.faces[v]; face != nil && t.drawWith(face, c, r) {
		return true
	}
	if v == Regular || !t.drawWith(t.faces[Regular], c, r) {
		return false
	}
	if v&Bold != 0 {
		c.embolden()
	}
	if v&Italic != 0 {
		c.slant(t.baseline)
	}
	return true
}

func (t *typeface) drawWith(face font.Face, c *canvas, r rune) bool {
	advance, ok := face.GlyphAdvance(r)
	if !ok {
		return false
	}
	if t.narrow != nil && advance.Round() > c.width+1 {
		face = t.narrow
		advance, _ = face.GlyphAdvance(r)
	}
	x := 0
	if excess := c.width - advance.Round(); advance != 0 && t.narrow != nil {
		x = excess / 2
	}
	dr, src, at, _, ok := face.Glyph(fixed.P(x, t.baseline), r)
	if !ok {
		return false
	}
	alpha, ok := src.(*image.Alpha)
	if !ok {
		return false
	}
	if advance == 0 && dr.Max.X <= 0 {
		dr = dr.Add(image.Pt(c.width, 0)) // a mark that goes over what is before it
	}
	c.addAlpha(dr, alpha, at)
	return true
}

// metrics are the proportions of a typeface's cells, in pixels.
type metrics struct{ width, height, baseline int }

// measure gives the metrics that a regular face asks for.
func measure(face font.Face) (metrics, error) {
	advance, ok := face.GlyphAdvance('0')
	if !ok {
		return metrics{}, fmt.Errorf("it has no digits")
	}
	m := face.Metrics()
	ascent, descent := m.Ascent.Ceil(), m.Descent.Ceil()
	width := int(math.Round(float64(advance) / 64))
	if width < 1 || ascent < 1 || descent < 0 {
		return metrics{}, fmt.Errorf("its letters have no size")
	}
	return metrics{width, ascent + descent, ascent}, nil
}
