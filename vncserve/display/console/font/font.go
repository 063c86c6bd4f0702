// Package font draws the characters of a terminal. Glyphs come from the fonts that
// were loaded, Go Mono, DejaVu Sans Mono for what that lacks, and small pixel
// characters for the rest of the world's scripts. The line, block and Braille
// characters are drawn to the edges of their cells, so that they join without gaps
// (Unicode blocks Box Drawing, Block Elements and Braille Patterns).
package font

import (
	"fmt"
	"math"
	"unicode"

	"github.com/go-fonts/dejavu/dejavusansmono"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/gofont/gomonobolditalic"
	"golang.org/x/image/font/gofont/gomonoitalic"
	"golang.org/x/image/font/sfnt"
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

	sources []source
	cache   map[glyph]Mask
	// cached bounds the masks kept.
	cached  int
	missing [3]Mask // by columns
	marked  Mask    // the last mask with combining marks
}

// glyph names what a mask of the cache shows.
type glyph struct {
	r       rune
	variant Variant
	columns int
}

// The masks kept are bounded in number, so that ordinary text makes none of them
// again and again, and in pixels.
const (
	maxCached       = 16 << 10
	maxCachedPixels = 32 << 20
)

// The proportions of Go Mono: the advance of all glyphs, and where the baseline of a
// line stands, as parts of the em and of the line.
const (
	advanceOfEm    = 0.6
	lineOfEm       = 1.2
	baselineOfLine = 0.8
)

// The sizes of letters, in pixels per em. DefaultSize gives cells of 9 x 18 pixels.
const (
	MinSize     = 8.0
	DefaultSize = 15.0
	MaxSize     = 96.0
)

// New makes a font of a size in pixels per em. Letters are of the first file whose
// letters have one width, else of Go Mono, whose advance is a whole number of pixels
// at the multiples of 5, where they look best. What these lack is looked for in the
// other files before the fonts that are built in.
func New(size float64, files ...*File) (*Font, error) {
	if !(size >= MinSize && size <= MaxSize) {
		return nil, fmt.Errorf("console font: a size of %g pixels: want %g to %g", size, MinSize, MaxSize)
	}
	height := math.Round(size * lineOfEm)
	cell := metrics{int(math.Round(size * advanceOfEm)), int(height), int(math.Round(height * baselineOfLine))}
	f := &Font{cache: make(map[glyph]Mask)}
	var main, others []*typeface
	for _, file := range files {
		t, err := newTypeface(size, [variants]*sfnt.Font{file.font})
		if err == nil && file.even && len(main) == 0 {
			cell, err = measure(t.faces[Regular])
		}
		if err != nil {
			return nil, fmt.Errorf("font %s: %w", file.name, err)
		}
		if file.even && len(main) == 0 {
			main = append(main, t)
			continue
		}
		if t.narrow, err = newFace(file.font, size*advanceOfEm); err != nil {
			return nil, fmt.Errorf("font %s: %w", file.name, err)
		}
		others = append(others, t)
	}
	builtIn, err := builtInTypefaces(size)
	if err != nil {
		return nil, fmt.Errorf("console font: %w", err)
	}
	main = append(append(append(main, builtIn[0]), others...), builtIn[1:]...)
	for _, t := range main {
		t.baseline = cell.baseline
		f.sources = append(f.sources, t)
	}
	f.sources = append(f.sources, bitmaps{cell.baseline})
	f.Width, f.Height, f.Baseline = cell.width, cell.height, cell.baseline
	f.cached = min(maxCached, maxCachedPixels/(2*f.Width*f.Height))
	return f, nil
}

// builtInTypefaces makes those of the fonts that are part of the program.
func builtInTypefaces(size float64) ([]*typeface, error) {
	var faces []*typeface
	for _, files := range [][variants][]byte{
		{gomono.TTF, gomonobold.TTF, gomonoitalic.TTF, gomonobolditalic.TTF},
		{dejavusansmono.TTF},
	} {
		var parsed [variants]*sfnt.Font
		for v, file := range files {
			if file == nil {
				continue
			}
			font, err := sfnt.Parse(file)
			if err != nil {
				return nil, err
			}
			parsed[v] = font
		}
		t, err := newTypeface(size, parsed)
		if err != nil {
			return nil, err
		}
		faces = append(faces, t)
	}
	return faces, nil
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
		if unicode.Is(unicode.Cf, mark) || unicode.Is(unicode.Variation_Selector, mark) {
			continue // joiners and the like have no looks of their own
		}
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
		return nil // not kept: a hostile text has no end of them
	}
	if len(f.cache) >= f.cached {
		clear(f.cache)
	}
	f.cache[key] = c.mask
	return c.mask
}

// drawGlyph draws a character of the first source that has it.
func (f *Font) drawGlyph(c *canvas, r rune, v Variant) bool {
	for _, s := range f.sources {
		if s.draw(c, r, v) {
			return true
		}
	}
	return false
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
