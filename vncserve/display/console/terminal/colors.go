package terminal

// Colors are the colours that a terminal shows, as 0x00RRGGBB. Programs can change
// them (see osccolors.go).
type Colors struct {
	// Palette is xterm's: 16 basic colours, a cube of 6 x 6 x 6, and 24 greys.
	Palette [256]uint32
	// Foreground and Background are the colours of text without a colour.
	Foreground, Background uint32
	// Cursor is the colour of the cursor, if HasCursor is set; else it has that of
	// the text below.
	Cursor    uint32
	HasCursor bool
}

// defaultColors are those of a new terminal.
var defaultColors = newColors()

// basicColors are those of the Tango palette, which can all be read on black and on
// white, with a black black.
var basicColors = [16]uint32{
	0x000000, 0xcc0000, 0x4e9a06, 0xc4a000, 0x3465a4, 0x75507b, 0x06989a, 0xd3d7cf,
	0x555753, 0xef2929, 0x8ae234, 0xfce94f, 0x729fcf, 0xad7fa8, 0x34e2e2, 0xeeeeec,
}

func newColors() Colors {
	c := Colors{Foreground: 0xd3d7cf, Background: 0x000000}
	copy(c.Palette[:], basicColors[:])
	for n := range uint32(216) {
		c.Palette[16+n] = cubeLevel(n/36)<<16 | cubeLevel(n/6%6)<<8 | cubeLevel(n%6)
	}
	for n := range uint32(24) {
		c.Palette[232+n] = (8 + 10*n) * 0x010101
	}
	return c
}

func cubeLevel(n uint32) uint32 {
	if n == 0 {
		return 0
	}
	return 55 + 40*n
}

// Of gives what c looks like, def for the terminal's default.
func (t *Colors) Of(c Color, def uint32) uint32 {
	if n, ok := c.Index(); ok {
		return t.Palette[n]
	}
	if rgb, ok := c.TrueColor(); ok {
		return rgb
	}
	return def
}
