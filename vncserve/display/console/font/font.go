// Package font draws the characters of a terminal: Go Mono, with DejaVu Sans Mono for
// what it lacks, and the line, block and Braille characters drawn to the edges of
// their cells, so that they join without gaps (Unicode blocks Box Drawing, Block
// Elements and Braille Patterns).
package font

import (
	"fmt"
	"image"
	"math"

	"github.com/go-fonts/dejavu/dejavusansmono"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/gofont/gomonobolditalic"
	"golang.org/x/image/font/gofont/gomonoitalic"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// Variant is a style of the letters.
type Variant uint8

// The variants; Bold|Italic is one too.
const (
	Regular Variant = 0
	Bold    Variant = 1
	Italic  Variant = 2

	variants = 4
)

// Mask is how much of each pixel of a cell a character covers, 0 to 255, row by row.
// It must not be changed.
type Mask []uint8

// Font is a monospaced font at one size. It is for one goroutine at a time.
type Font struct {
	// Width and Height are the size of a cell, in pixels.
	Width, Height int
	// Baseline is the line on which the letters stand, counted from the top.
	Baseline int

	faces    [variants]font.Face
	fallback font.Face
	cache    map[glyph]Mask
	missing  [3]Mask // by columns
	marked   Mask    // the last mask with combining marks
}

// glyph names what a mask of the cache shows.
type glyph struct {
	r       rune
	variant Variant
	columns int
}

// maxCached bounds the masks kept. All characters that the fonts have fit, in several
// variants, so that no text makes us draw them again and again.
const maxCached = 16 << 10

// The proportions of Go Mono: the advance of all glyphs, and where the baseline of a
// line stands, as parts of the em and of the line.
const (
	advanceOfEm    = 0.6
	lineOfEm       = 1.2
	baselineOfLine = 0.8
)

// DefaultSize gives cells of 9 x 18 pixels.
const DefaultSize = 15

// New makes a font of a size in pixels per em. The advance is a whole number of
// pixels at the multiples of 5, where letters look best.
func New(size float64) (*Font, error) {
	height := math.Round(size * lineOfEm)
	f := &Font{
		Width:    int(math.Round(size * advanceOfEm)),
		Height:   int(height),
		Baseline: int(math.Round(height * baselineOfLine)),
		cache:    make(map[glyph]Mask),
	}
	for v, ttf := range [variants][]byte{gomono.TTF, gomonobold.TTF, gomonoitalic.TTF, gomonobolditalic.TTF} {
		face, err := newFace(ttf, size)
		if err != nil {
			return nil, fmt.Errorf("console font: %w", err)
		}
		f.faces[v] = face
	}
	face, err := newFace(dejavusansmono.TTF, size)
	if err != nil {
		return nil, fmt.Errorf("console font: %w", err)
	}
	f.fallback = face
	return f, nil
}

func newFace(ttf []byte, size float64) (font.Face, error) {
	parsed, err := opentype.Parse(ttf)
	if err != nil {
		return nil, err
	}
	return opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72})
}

// Mask gives the mask of a character and its combining marks over 1 or 2 columns,
// valid until the next call. A character that no font has is a box.
func (f *Font) Mask(r rune, marks string, v Variant, columns int) Mask {
	m := f.glyph(r, v, columns)
	if m == nil {
		m = f.box(columns)
	}
	if marks == "" {
		return m
	}
	// Only the parts are cached: a hostile text has no end of combinations.
	f.marked = append(f.marked[:0], m...)
	for _, mark := range marks {
		for i, a := range f.glyph(mark, v, columns) {
			f.marked[i] = max(f.marked[i], a)
		}
	}
	return f.marked
}

// glyph gives the mask of one character, nil if no font has it.
func (f *Font) glyph(r rune, v Variant, columns int) Mask {
	key := glyph{r, v, columns}
	if m, ok := f.cache[key]; ok {
		return m
	}
	c := newCanvas(f.Width*columns, f.Height)
	if !c.drawLines(r) && !c.drawBlock(r) && !f.drawGlyph(c, r, v) {
		return nil
	}
	if len(f.cache) >= maxCached {
		clear(f.cache)
	}
	f.cache[key] = c.mask
	return c.mask
}

// box gives the mask that stands for characters that no font has.
func (f *Font) box(columns int) Mask {
	if f.missing[columns] == nil {
		c := newCanvas(f.Width*columns, f.Height)
		c.drawMissing()
		f.missing[columns] = c.mask
	}
	return f.missing[columns]
}

// drawGlyph draws a letter of the fonts, false if none has it.
func (f *Font) drawGlyph(c *canvas, r rune, v Variant) bool {
	for _, face := range []font.Face{f.faces[v], f.faces[Regular], f.fallback} {
		if _, ok := face.GlyphAdvance(r); !ok {
			continue
		}
		dr, src, at, _, ok := face.Glyph(fixed.P(0, f.Baseline), r)
		if !ok {
			continue
		}
		alpha, ok := src.(*image.Alpha)
		if !ok {
			continue
		}
		c.addAlpha(dr, alpha, at)
		return true
	}
	return false
}
