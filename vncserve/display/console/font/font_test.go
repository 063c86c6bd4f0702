package font

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/math/fixed"
)

func newFont(t testing.TB, size float64) *Font {
	t.Helper()
	f, err := New(size)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestCellSize(t *testing.T) {
	f := newFont(t, DefaultSize)
	if f.Width != 9 || f.Height != 18 {
		t.Errorf("cells of %d x %d, want 9 x 18", f.Width, f.Height)
	}
}

// TestLettersStandOnTheBaseline checks letters without descenders end there, and
// that nothing is cut off at the cell's upper and lower edges.
func TestLettersStandOnTheBaseline(t *testing.T) {
	for _, size := range []float64{DefaultSize, 20} {
		f := newFont(t, size)
		for v := range Variant(variants) {
			for _, r := range "HEnxz1" {
				m := f.Mask(r, "", v, 1)
				if row(f, m, f.Baseline-1) == 0 || row(f, m, f.Baseline) > 0 {
					t.Errorf("size %g variant %d: %q does not stand on line %d", size, v, r, f.Baseline)
				}
			}
			for _, r := range "gjpqyäñ|_" {
				box, _, _, _, _ := f.sources[0].(*typeface).faces[v].Glyph(fixed.P(0, f.Baseline), r)
				if box.Min.Y < 0 || box.Max.Y > f.Height {
					t.Errorf("size %g variant %d: %q lies on lines %d to %d of %d", size, v, r, box.Min.Y, box.Max.Y, f.Height)
				}
			}
		}
	}
}

// row sums the coverage of a line.
func row(f *Font, m Mask, y int) int {
	sum := 0
	for _, a := range m[y*f.Width : (y+1)*f.Width] {
		sum += int(a)
	}
	return sum
}

func TestEveryPrintableCharacterIsDrawn(t *testing.T) {
	f := newFont(t, DefaultSize)
	missing := f.Mask(0x10ffff, "", Regular, 1)
	if bytes.Equal(missing, make(Mask, len(missing))) {
		t.Error("a missing character is not visible")
	}
	for _, r := range "aéßЖλ€✓●→≤◆▒°±┼⎺─│π£·█▀⣿" {
		if m := f.Mask(r, "", Regular, 1); bytes.Equal(m, missing) || bytes.Equal(m, make(Mask, len(m))) {
			t.Errorf("%q is not drawn", r)
		}
	}
	missing = f.Mask(0x10ffff, "", Regular, 2)
	for _, r := range "日本語字簡体繁體한국어かなカナ，。「」Ａ" {
		m := f.Mask(r, "", Regular, 2)
		if len(m) != 2*f.Width*f.Height {
			t.Errorf("a wide character has %d pixels", len(m))
		}
		if bytes.Equal(m, missing) || bytes.Equal(m, make(Mask, len(m))) {
			t.Errorf("%q is not drawn", r)
		}
	}
	plain, marked := f.Mask('e', "", Regular, 1), f.Mask('e', "\u0301", Regular, 1)
	if bytes.Equal(plain, marked) {
		t.Error("a combining mark is not drawn")
	}
	for _, joiner := range []string{"\ufe0f", "\u200d", "\u200c\u2060"} {
		if m := f.Mask('☺', joiner, Regular, 1); !bytes.Equal(m, f.Mask('☺', "", Regular, 1)) {
			t.Errorf("%+q is drawn", joiner)
		}
	}
	if space := f.Mask(' ', "", Regular, 1); !bytes.Equal(space, make(Mask, len(space))) {
		t.Error("a space is not empty")
	}
}

// edge gives the coverage along the edge of a cell in a direction.
func edge(f *Font, m Mask, direction int) Mask {
	var e Mask
	switch direction {
	case up:
		return m[:f.Width]
	case down:
		return m[(f.Height-1)*f.Width:]
	case left, right:
		for y := range f.Height {
			x := 0
			if direction == right {
				x = f.Width - 1
			}
			e = append(e, m[y*f.Width+x])
		}
	}
	return e
}

// TestBoxesJoin checks at several sizes that the arms of box-drawing characters reach
// the edges where those of their neighbours do, and that none is cut off from the
// rest of its character.
func TestBoxesJoin(t *testing.T) {
	straight := map[byte][4]rune{ // by weight, the line in each direction
		light: {'│', '─', '│', '─'}, heavy: {'┃', '━', '┃', '━'}, double: {'║', '═', '║', '═'},
	}
	for _, size := range []float64{10, 12, DefaultSize, 20, 27, 45} {
		f := newFont(t, size)
		for r := rune(boxFirst); r <= boxLast; r++ {
			arms := boxArms[(r-boxFirst)*5:][:4]
			if arms == "0000" {
				continue
			}
			m := f.Mask(r, "", Regular, 1)
			for d := range 4 {
				want := make(Mask, len(edge(f, m, d)))
				if weight := arms[d]; weight != none {
					opposite := (d + 2) % 4
					want = edge(f, f.Mask(straight[weight][d], "", Regular, 1), opposite)
				}
				if got := edge(f, m, d); !bytes.Equal(got, want) {
					t.Errorf("size %g: %c: edge %d is %v, want %v", size, r, d, got, want)
				}
			}
			checkWhole(t, f, r, m)
		}
		for _, r := range "╭╮╯╰" {
			if n := pieces(f, f.Mask(r, "", Regular, 1)); n != 1 {
				t.Errorf("size %g: %c is in %d pieces", size, r, n)
			}
		}
	}
}

// doublePieces are the numbers of parts that characters with double lines have; all
// others hang together.
var doublePieces = map[int]string{2: "═║╔╗╚╝╟╢╤╧", 3: "╠╣╦╩", 4: "╬"}

func checkWhole(t *testing.T, f *Font, r rune, m Mask) {
	t.Helper()
	want := 1
	for n, list := range doublePieces {
		if strings.ContainsRune(list, r) {
			want = n
		}
	}
	if got := pieces(f, m); got != want {
		t.Errorf("%c is in %d pieces, want %d", r, got, want)
	}
}

// pieces counts the parts of a mask that hang together.
func pieces(f *Font, m Mask) int {
	left := slices.Clone(m)
	n := 0
	for i := range left {
		if left[i] > 0 {
			n++
			flood(f, left, i%f.Width, i/f.Width)
		}
	}
	return n
}

func flood(f *Font, m Mask, x, y int) {
	if x < 0 || y < 0 || x >= f.Width || y >= f.Height || m[y*f.Width+x] == 0 {
		return
	}
	m[y*f.Width+x] = 0
	for dy := -1; dy <= 1; dy++ {
		for dx := -1; dx <= 1; dx++ {
			flood(f, m, x+dx, y+dy)
		}
	}
}

// TestBlocksFillTheirCells checks that blocks leave no gap to their neighbours.
func TestBlocksFillTheirCells(t *testing.T) {
	for _, size := range []float64{12, DefaultSize, 20} {
		f := newFont(t, size)
		full := f.Mask('█', "", Regular, 1)
		if slices.Min(full) != 255 {
			t.Errorf("size %g: the full block has holes", size)
		}
		for _, pair := range []string{"▀▄", "▌▐", "▙▝", "▛▗", "▚▞", "▜▖", "▟▘"} {
			both := make(Mask, len(full))
			for _, r := range pair {
				for i, a := range f.Mask(r, "", Regular, 1) {
					if both[i] > 0 && a > 0 {
						t.Fatalf("size %g: %s overlap", size, pair)
					}
					both[i] += a
				}
			}
			if !bytes.Equal(both, full) {
				t.Errorf("size %g: %s do not fill the cell", size, pair)
			}
		}
		for shade, alpha := range map[rune]uint8{'░': 64, '▒': 128, '▓': 192} {
			if m := f.Mask(shade, "", Regular, 1); slices.Min(m) != alpha || slices.Max(m) != alpha {
				t.Errorf("size %g: %c is not even", size, shade)
			}
		}
	}
}

// TestHostileTextIsDrawnFromTheCache shows many combinations of marks, and many
// characters that no font has: neither makes the cache forget what it holds.
func TestHostileTextIsDrawnFromTheCache(t *testing.T) {
	f := newFont(t, DefaultSize)
	f.Mask('a', "\u0301\u0302", Regular, 1)
	kept := len(f.cache)
	for i := range 2 * maxCached {
		f.Mask('a', strings.Repeat("\u0301", i%16)+strings.Repeat("\u0302", i/16%16), Regular, 1)
		f.Mask(0xf0000+rune(i), "", Regular, 1)
	}
	if len(f.cache) != kept {
		t.Errorf("the cache grew from %d masks to %d", kept, len(f.cache))
	}
	plain, marked := slices.Clone(f.Mask('e', "", Regular, 1)), slices.Clone(f.Mask('e', "\u0301", Regular, 1))
	for i := range marked {
		marked[i] = max(marked[i], plain[i])
	}
	if !bytes.Equal(f.Mask('e', "", Regular, 1), plain) || !bytes.Equal(f.Mask('e', "\u0301", Regular, 1), marked) {
		t.Error("a mark changed the letter under it")
	}
}
