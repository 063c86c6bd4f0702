package probe

import (
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
)

// FirstPicture takes a full update, and if the display is still blank waits for the
// first thing that appears on it, for as long as the timeout. A display that stays
// blank is no error.
func (c *Client) FirstPicture() error {
	if err := c.Update(false); err != nil {
		return err
	}
	for isBlank(c.Picture()) {
		err := c.Update(true)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// isBlank tells whether all pixels are alike.
func isBlank(picture image.Image) bool {
	b := picture.Bounds()
	first := picture.At(b.Min.X, b.Min.Y)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if picture.At(x, y) != first {
				return false
			}
		}
	}
	return true
}

// WritePNG writes the picture to a file that only its owner can read, since a console
// may show secrets. A file of that name is replaced, never half.
func (c *Client) WritePNG(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".screenshot-*.png")
	if err != nil {
		return fmt.Errorf("writing the screenshot: %w", err)
	}
	err = errors.Join(png.Encode(f, c.Picture()), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing the screenshot: %w", err), os.Remove(f.Name()))
	}
	return nil
}
