package console

import "vncsec/vncserve/display/console/terminal"

// The colours of text without a colour.
const (
	defaultFg = 0xd3d7cf
	defaultBg = 0x000000
)

// basic are the first sixteen colours: those of the Tango palette, which can all be
// read on black and on white, with a black black.
var basic = [16]uint32{
	0x000000, 0xcc0000, 0x4e9a06, 0xc4a000, 0x3465a4, 0x75507b, 0x06989a, 0xd3d7cf,
	0x555753, 0xef2929, 0x8ae234, 0xfce94f, 0x729fcf, 0xad7fa8, 0x34e2e2, 0xeeeeec,
}

// paletteColour gives entry n of xterm's palette: the basic colours, a cube of 6 x 6
// x 6, and 24 greys.
func paletteColour(n uint8) uint32 {
	switch {
	case n < 16:
		return basic[n]
	case n >= 232:
		return (8 + 10*uint32(n-232)) * 0x010101
	}
	n -= 16
	return cubeLevel(n/36)<<16 | cubeLevel(n/6%6)<<8 | cubeLevel(n%6)
}

func cubeLevel(n uint8) uint32 {
	if n == 0 {
		return 0
	}
	return 55 + 40*uint32(n)
}

// colour gives 0x00RRGGBB for a colour of the terminal.
func colour(c terminal.Color, def uint32) uint32 {
	if n, ok := c.Index(); ok {
		return paletteColour(n)
	}
	if rgb, ok := c.TrueColor(); ok {
		return rgb
	}
	return def
}

// colours gives what a style paints with, on a screen that may be reversed.
func colours(s terminal.Style, reverseScreen bool) (fg, bg uint32) {
	defFg, defBg := uint32(defaultFg), uint32(defaultBg)
	if reverseScreen {
		defFg, defBg = defBg, defFg
	}
	fg, bg = colour(s.Fg, defFg), colour(s.Bg, defBg)
	if s.Attr&terminal.Dim != 0 {
		fg = mix(fg, bg, 150)
	}
	if s.Attr&terminal.Reverse != 0 {
		fg, bg = bg, fg
	}
	if s.Attr&terminal.Hidden != 0 {
		fg = bg
	}
	return fg, bg
}

// mix gives alpha parts of 255 of a, the rest of b.
func mix(a, b, alpha uint32) uint32 {
	part := func(shift uint) uint32 {
		x, y := a>>shift&0xff, b>>shift&0xff
		return (x*alpha + y*(255-alpha) + 127) / 255 << shift
	}
	return part(16) | part(8) | part(0)
}
