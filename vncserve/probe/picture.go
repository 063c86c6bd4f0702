package probe

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"

	"vncsec/internal/atomicfile"
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

// settle waits until a display is not blank. If it gets another size meanwhile, it must come
// whole again.
func (c *Client) settle() error {
	err := c.Follow(func() bool { return !c.blank() && c.missing() == 0 })
	if n := c.missing(); err != nil && n > 0 {
		return missingError(n, err)
	}
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
// may show secrets. A regular file is replaced, never half; links are followed, and devices
// and pipes written to.
func WritePNG(path string, picture image.Image) error {
	var data bytes.Buffer
	err := png.Encode(&data, picture)
	if err == nil {
		err = atomicfile.Overwrite(path, data.Bytes(), atomicfile.Overwriting{Secret: true})
	}
	if err != nil {
		return fmt.Errorf("writing the screenshot: %w", err)
	}
	return nil
}
