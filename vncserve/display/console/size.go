package console

import (
	"errors"
	"image"
	"math"
	"os"

	"vncsec/vncserve/rfb/encoding"
)

func sizeAllowed(columns, rows int) bool {
	return columns >= minColumns && columns <= maxColumns && rows >= minRows && rows <= maxRows
}

// pixelsAllowed tells whether a picture can have a size.
func pixelsAllowed(size image.Point) bool {
	return size.X <= math.MaxUint16 && size.Y <= math.MaxUint16 && size.X*size.Y <= encoding.MaxPixels
}

// resize gives the framebuffer a size in pixels and the terminal as many cells as
// fit, false if that is too small or too large.
func (c *Console) resize(size image.Point) bool {
	columns, rows := size.X/c.cell.X, size.Y/c.cell.Y
	if !sizeAllowed(columns, rows) || !pixelsAllowed(size) {
		return false
	}
	c.setSize(size, columns, rows)
	c.fb.Invalidate()
	return true
}

// setSize is the part of resize that needs the lock.
func (c *Console) setSize(size image.Point, columns, rows int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.size = size
	if was, wasRows := c.term.Size(); was != columns || wasRows != rows {
		c.recorder.Resize(columns, rows)
	}
	c.term.Resize(columns, rows)
	c.view.selection = selection{}
	c.tellSize()
}

// tellSize tells the command the terminal's size. It is called with mu held, so that
// of two viewers who resize at once the command hears the same one last.
func (c *Console) tellSize() {
	if c.process == nil {
		return
	}
	err := c.process.resize(c.term.Size())
	if err != nil && !errors.Is(err, os.ErrClosed) {
		c.log.Warn("the console's command was not told of a new size", "error", err)
	}
}
