package peertest

import (
	"encoding/binary"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Wall is a screen with places for many windows side by side. What they show is read
// from the X server's memory, which costs little. There is no pointer on it.
type Wall struct {
	*Screen
	file          string // the X server's picture, in X's window dump format
	place         image.Point
	columns, rows int
	used          int
}

// wallMargin is room at the edges for the frames that windows would have with a window
// manager: programs put them where those would not be cut off.
const wallMargin = 32

// NewWall starts an X server with at least the given number of places, each of a size.
func NewWall(t testing.TB, size image.Point, places int) *Wall {
	t.Helper()
	Need(t, "Xvfb", "xdotool")
	const columns = 8
	w := &Wall{place: size, columns: columns, rows: (places + columns - 1) / columns}
	dir := t.TempDir()
	w.file = filepath.Join(dir, "Xvfb_screen0")
	w.Screen = startScreen(t, exec.Command("Xvfb", "-displayfd", "3", "-nolisten", "tcp", "-noreset", "-nocursor",
		"-screen", "0", fmt.Sprintf("%dx%dx24", columns*size.X+2*wallMargin, w.rows*size.Y+2*wallMargin), "-fbdir", dir))
	return w
}

// next gives a place that no window has yet.
func (w *Wall) next(t testing.TB) image.Rectangle {
	t.Helper()
	if w.used == w.columns*w.rows {
		t.Fatalf("the wall has %d places only", w.used)
	}
	at := image.Pt(wallMargin+w.used%w.columns*w.place.X, wallMargin+w.used/w.columns*w.place.Y)
	w.used++
	return image.Rectangle{Max: w.place}.Add(at)
}

// The numbers of a window dump's header that are needed here, by their place among its
// 32-bit numbers in network order (X11's XWDFile.h).
const (
	xwdHeaderSize   = 0
	xwdBitsPerPixel = 11
	xwdBytesPerLine = 12
	xwdColours      = 19
	xwdNumbers      = 25
	xwdColourSize   = 12
)

// capture reads a part of the screen.
func (w *Wall) capture(r image.Rectangle) (*image.RGBA, error) {
	f, err := os.Open(w.file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var header [xwdNumbers]uint32
	if err := binary.Read(f, binary.BigEndian, &header); err != nil {
		return nil, fmt.Errorf("reading the header of %s: %w", w.file, err)
	}
	if header[xwdBitsPerPixel] != 32 {
		return nil, fmt.Errorf("%s has %d bits a pixel", w.file, header[xwdBitsPerPixel])
	}
	line := int(header[xwdBytesPerLine])
	start := int(header[xwdHeaderSize]) + xwdColourSize*int(header[xwdColours])
	img := image.NewRGBA(image.Rectangle{Max: r.Size()})
	row := make([]byte, 4*r.Dx())
	for y := range r.Dy() {
		if _, err := f.ReadAt(row, int64(start+(r.Min.Y+y)*line+4*r.Min.X)); err != nil {
			return nil, fmt.Errorf("reading a line of %s: %w", w.file, err)
		}
		out := img.Pix[y*img.Stride:][:len(row)]
		for i := 0; i < len(row); i += 4 { // little-endian 0x00RRGGBB
			out[i], out[i+1], out[i+2], out[i+3] = row[i+2], row[i+1], row[i], 0xff
		}
	}
	return img, nil
}
