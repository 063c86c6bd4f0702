package probe

import "fmt"

// unsent marks pixels that the server has not sent since all of them were asked for. A
// picture has nothing above its colours, and decoders write whole pixels, so that each takes
// its mark away; CopyRect takes the marks of what it copies along.
const unsent = 0xff << 24

// markUnsent begins to wait for the whole picture. What is shown stays.
func (c *Client) markUnsent() {
	pixels := c.Picture().Pix
	for i := range pixels {
		pixels[i] |= unsent
	}
}

// missing counts the pixels that have not come.
func (c *Client) missing() int {
	n := 0
	for _, p := range c.Picture().Pix {
		if p&unsent != 0 {
			n++
		}
	}
	return n
}

func missingError(pixels int, err error) error {
	return fmt.Errorf("%d pixels of the picture are missing: %w", pixels, err)
}
