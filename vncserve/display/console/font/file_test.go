package font

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansmono"
	"golang.org/x/image/font/gofont/goregular"
)

func write(t *testing.T, name string, b []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func load(t *testing.T, path string) *File {
	t.Helper()
	f, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestLoadedFont has a font of one width for the letters, and one of several only for
// what the others lack.
func TestLoadedFont(t *testing.T) {
	plain := newFont(t, DefaultSize)
	mono, err := New(DefaultSize, load(t, write(t, "mono.ttf", dejavusansmono.TTF)))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(plain.Mask('g', "", Regular, 1), mono.Mask('g', "", Regular, 1)) {
		t.Error("the loaded font is not used")
	}
	if bytes.Equal(mono.Mask('g', "", Regular, 1), mono.Mask('g', "", Bold, 1)) ||
		bytes.Equal(mono.Mask('g', "", Regular, 1), mono.Mask('g', "", Italic, 1)) {
		t.Error("there are no variants of the loaded font")
	}
	const alpha = '\U0001d552' // a double-struck a, which DejaVu Sans has and the built-in fonts lack
	if !bytes.Equal(plain.Mask(alpha, "", Regular, 1), plain.Mask(0x10ffff, "", Regular, 1)) {
		t.Fatal("the built-in fonts have it after all")
	}
	sans, err := New(DefaultSize, load(t, write(t, "sans.ttf", dejavusans.TTF)))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(plain.Mask('g', "", Regular, 1), sans.Mask('g', "", Regular, 1)) || sans.Width != plain.Width {
		t.Error("a font of several widths took over the letters")
	}
	if bytes.Equal(sans.Mask(alpha, "", Regular, 1), sans.Mask(0x10ffff, "", Regular, 1)) {
		t.Error("a font of several widths does not serve for what is missing")
	}
}

// TestCollection takes the font of one width out of a collection.
func TestCollection(t *testing.T) {
	file := load(t, write(t, "both.ttc", collection(goregular.TTF, dejavusansmono.TTF)))
	if !file.even {
		t.Error("the font of one width was not taken")
	}
	both, err := New(DefaultSize, file)
	if err != nil {
		t.Fatal(err)
	}
	mono, err := New(DefaultSize, load(t, write(t, "mono.ttf", dejavusansmono.TTF)))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(both.Mask('g', "", Regular, 1), mono.Mask('g', "", Regular, 1)) {
		t.Error("the letters are of another font")
	}
}

// collection puts fonts into one file (OpenType, "Font Collections").
func collection(fonts ...[]byte) []byte {
	header := 12 + 4*len(fonts)
	b := binary.BigEndian.AppendUint32([]byte("ttcf\x00\x01\x00\x00"), uint32(len(fonts)))
	var bodies []byte
	for _, f := range fonts {
		f = slices.Concat(f, make([]byte, -len(f)&3)) // tables begin at multiples of 4
		base := uint32(header + len(bodies))
		b = binary.BigEndian.AppendUint32(b, base)
		for i := range int(binary.BigEndian.Uint16(f[4:])) {
			offset := f[12+16*i+8:]
			binary.BigEndian.PutUint32(offset, binary.BigEndian.Uint32(offset)+base)
		}
		bodies = append(bodies, f...)
	}
	return append(b, bodies...)
}

func TestBadFonts(t *testing.T) {
	for name, tt := range map[string]struct{ path, want string }{
		"none":   {filepath.Join(t.TempDir(), "none.ttf"), "no such file"},
		"folder": {t.TempDir(), "not a file"},
		"text":   {write(t, "x.ttf", []byte("no font at all")), "not a TrueType or OpenType font"},
		"empty":  {write(t, "x.ttf", nil), "not a TrueType or OpenType font"},
		"cut":    {write(t, "x.ttf", goregular.TTF[:5000]), "it is damaged or of a kind"},
	} {
		if _, err := Load(tt.path); err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), tt.path) {
			t.Errorf("%s: error %v, want %q and the path", name, err, tt.want)
		}
	}
	for _, size := range []float64{0, 7, 97, -1} {
		if _, err := New(size); err == nil {
			t.Errorf("size %g was accepted", size)
		}
	}
}

// FuzzFont loads damaged fonts and draws with them.
func FuzzFont(f *testing.F) {
	f.Add(goregular.TTF[:2000])
	f.Add(goregular.TTF)
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := parse("fuzz", b)
		if err != nil {
			return
		}
		font, err := New(DefaultSize, file)
		if err != nil {
			return
		}
		for _, r := range "aW@\u0301\u4e16" {
			font.Mask(r, "", Bold|Italic, 1)
		}
	})
}
