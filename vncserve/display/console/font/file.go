package font

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// maxFile bounds a font's file. The largest ones there are, of all Chinese, Japanese
// and Korean characters in several weights, have about 120 MiB.
const maxFile = 256 << 20

// File is a font that was loaded.
type File struct {
	name string
	font *sfnt.Font
	// even is set if all its letters are of one width: it can be the console's font.
	// Others serve for characters that the built-in fonts lack.
	even bool
}

// Load reads a TrueType or OpenType font, or a collection of them, of which the first
// one is taken whose letters are of one width, else the first.
func Load(path string) (*File, error) {
	b, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("font: %w", err)
	}
	return parse(path, b)
}

var errEmpty = errors.New("there is no font in it")

// parse makes a font of a file's content.
func parse(path string, b []byte) (*File, error) {
	fonts, err := sfnt.ParseCollection(b)
	if err != nil {
		return nil, fmt.Errorf("font %s: not a TrueType or OpenType font (.ttf, .otf, .ttc): %w", path, err)
	}
	file := &File{name: path}
	var failed error
	for i := range fonts.NumFonts() {
		f, err := fonts.Font(i)
		if err != nil {
			failed = err
			continue
		}
		if even := isEven(f); file.font == nil || even {
			file.font, file.even = f, even
		}
		if file.even {
			break
		}
	}
	if file.font == nil {
		return nil, fmt.Errorf("font %s: it is damaged or of a kind that cannot be read; try another: %w", path, cmp.Or(failed, errEmpty))
	}
	if file.font.NumGlyphs() == 0 {
		return nil, fmt.Errorf("font %s: it has no glyphs", path)
	}
	return file, nil
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a file", path)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(b) > maxFile {
		err = errors.New("larger than any font")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return b, nil
}

// isEven tells whether a narrow and a wide letter have one width.
func isEven(f *sfnt.Font) bool {
	var buf sfnt.Buffer
	width := fixed.Int26_6(0)
	for _, r := range "il0MW@" {
		i, err := f.GlyphIndex(&buf, r)
		if err != nil || i == 0 {
			return false
		}
		w, err := f.GlyphAdvance(&buf, i, fixed.I(1000), font.HintingNone)
		if err != nil || w == 0 || width != 0 && w != width {
			return false
		}
		width = w
	}
	return true
}
