package peertest

import (
	"bufio"
	"fmt"
	"image"
	"io"
	"testing"
)

// pictureWriter is a viewer's program that writes its picture for each line that it reads.
type pictureWriter struct {
	*Process
	t        testing.TB
	name     string
	to       io.Writer
	pictures *bufio.Reader
}

// Picture is what the viewer holds of the server's screen; nil as long as the server has
// not sent it.
func (v *pictureWriter) Picture() *image.RGBA {
	v.t.Helper()
	if _, err := io.WriteString(v.to, "\n"); err != nil {
		v.t.Fatalf("%s is gone: %v\n%s", v.name, err, v.Log())
	}
	img, err := decodePAM(v.pictures)
	if err != nil {
		v.t.Fatalf("%s: %v\n%s", v.name, err, v.Log())
	}
	if img.Rect.Empty() {
		return nil
	}
	return img
}

// decodePAM reads a picture of the kind that the viewer's program writes.
func decodePAM(r io.Reader) (*image.RGBA, error) {
	var width, height int
	if _, err := fmt.Fscanf(r, "P7\nWIDTH %d\nHEIGHT %d\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n", &width, &height); err != nil {
		return nil, fmt.Errorf("pam header: %w", err)
	}
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	if _, err := io.ReadFull(r, img.Pix); err != nil {
		return nil, fmt.Errorf("pam of %d by %d pixels: %w", width, height, err)
	}
	return img, nil
}
