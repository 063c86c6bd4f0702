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
	if err := c.Full(); err != nil {
		return err
	}
	return c.settle()
}

// settle waits until a display is not blank.
func (c *Client) settle() error {
	err := c.Follow(func() bool { return !c.blank() })
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil
	}
	return err
}

// blank tells whether all pixels are alike.
func (c *Client) blank() bool {
	pixels := c.Picture().Pix
	for _, p := range pixels {
		if p != pixels[0] {
			return false
		}
	}
	return true
}

// WritePNG writes a picture to a file that only its owner can read, since a console
// may show secrets. A file of that name is replaced, never half.
func WritePNG(path string, picture image.Image) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".screenshot-*.png")
	if err != nil {
		return fmt.Errorf("writing the screenshot: %w", err)
	}
	err = errors.Join(png.Encode(f, picture), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing the screenshot: %w", err), os.Remove(f.Name()))
	}
	return nil
}
