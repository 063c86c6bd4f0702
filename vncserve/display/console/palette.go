package console

import "vncsec/vncserve/display/console/terminal"

// colours gives what a style paints with, on a screen that may be reversed.
func colours(s terminal.Style, colors *terminal.Colors, reverseScreen bool) (fg, bg, line uint32) {
	defFg, defBg := colors.Foreground, colors.Background
	if reverseScreen {
		defFg, defBg = defBg, defFg
	}
	fg, bg = colors.Of(s.Fg, defFg), colors.Of(s.Bg, defBg)
	if s.Attr&terminal.Dim != 0 {
		fg = mix(fg, bg, 150)
	}
	if s.Attr&terminal.Reverse != 0 {
		fg, bg = bg, fg
	}
	if s.Attr&terminal.Hidden != 0 {
		fg = bg
	}
	return fg, bg, colors.Of(s.Line, fg)
}

// mix gives alpha parts of 255 of a, the rest of b.
func mix(a, b, alpha uint32) uint32 {
	part := func(shift uint) uint32 {
		x, y := a>>shift&0xff, b>>shift&0xff
		return (x*alpha + y*(255-alpha) + 127) / 255 << shift
	}
	return part(16) | part(8) | part(0)
}
