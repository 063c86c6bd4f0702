package console

import (
	"fmt"
	"image"

	"vncsec/vncserve/display/console/terminal"
	"vncsec/vncserve/rfb/encoding"
)

// The buttons of RFB, in its mask, and the wheel's steps.
const (
	leftButton   = 1 << 0
	middleButton = 1 << 1
	wheelUp      = 1 << firstWheel
	wheelDown    = 1 << (firstWheel + 1)

	firstWheel = 3
	lastButton = 6
)

// place is where a pointer is: the cell, and the pixel.
type place struct{ cell, pixel image.Point }

// pointer is a viewer's pointer.
type pointer struct {
	buttons uint16
	// told are the buttons, and at the place, that a program was told of last.
	told uint16
	at   place
}

// report gives what a program that asked for the pointer is told (xterm's ctlseqs,
// "Mouse Tracking").
func (p *pointer) report(buttons uint16, at place, held modifiers, modes terminal.Modes) []byte {
	var b []byte
	for i := range lastButton + 1 {
		now, before := buttons&(1<<i) != 0, p.told&(1<<i) != 0
		wheel := i >= firstWheel
		switch {
		case now && !before:
			b = appendReport(b, buttonCode(i), at, held, modes, false)
		case before && !now && !wheel && modes.Mouse > terminal.MousePress:
			b = appendReport(b, buttonCode(i), at, held, modes, true)
		}
	}
	moved := at.cell != p.at.cell || modes.MouseForm == terminal.MousePixels && at.pixel != p.at.pixel
	if moved && buttons == p.told && (modes.Mouse == terminal.MouseMotion || modes.Mouse == terminal.MouseDrag && buttons != 0) {
		b = appendReport(b, lowestButton(buttons)+motion, at, held, modes, false)
	}
	p.told, p.at = buttons, at
	return b
}

// The numbers of xterm's reports: wheel steps begin at 64, 32 marks a motion, 3 is
// no button.
const (
	noButton = 3
	motion   = 32
	wheel    = 64
)

func buttonCode(i int) int {
	if i >= firstWheel {
		return wheel + i - firstWheel
	}
	return i
}

func lowestButton(buttons uint16) int {
	for i := range firstWheel {
		if buttons&(1<<i) != 0 {
			return i
		}
	}
	return noButton
}

// The last column and line that a report can name in single bytes, and in UTF-8 of
// two.
const (
	maxInByte = 223
	maxInUTF8 = 2015
)

func appendReport(b []byte, code int, at place, held modifiers, modes terminal.Modes, released bool) []byte {
	if modes.Mouse > terminal.MousePress {
		code += int(held) << 2 // shift 4, alt 8, control 16
	}
	x, y := at.cell.X+1, at.cell.Y+1
	switch modes.MouseForm {
	case terminal.MousePixels:
		x, y = at.pixel.X+1, at.pixel.Y+1
		fallthrough
	case terminal.MouseSGR:
		final := 'M'
		if released {
			final = 'm'
		}
		return fmt.Appendf(b, "\x1b[<%d;%d;%d%c", code, x, y, final)
	}
	if released {
		code = code&^noButton | noButton // the older forms do not tell which
	}
	switch {
	case modes.MouseForm == terminal.MouseURXVT:
		return fmt.Appendf(b, "\x1b[%d;%d;%dM", 32+code, x, y)
	case modes.MouseForm == terminal.MouseUTF8 && max(x, y) <= maxInUTF8:
		return fmt.Appendf(b, "\x1b[M%c%c%c", 32+code, 32+x, 32+y)
	case modes.MouseForm == terminal.MouseBytes && max(x, y) <= maxInByte:
		return append(b, '\x1b', '[', 'M', byte(32+code), byte(32+x), byte(32+y))
	}
	return b
}

// textPointer is the shape that pointers have over text: black, with a white rim to
// be seen on any ground.
func textPointer() *encoding.Cursor {
	shape := []string{
		"ooo.ooo",
		"oxxoxxo",
		"oooxooo",
		"..oxo..",
		"..oxo..",
		"..oxo..",
		"..oxo..",
		"..oxo..",
		"..oxo..",
		"..oxo..",
		"..oxo..",
		"..oxo..",
		"..oxo..",
		"oooxooo",
		"oxxoxxo",
		"ooo.ooo",
	}
	width, height := len(shape[0]), len(shape)
	c := &encoding.Cursor{
		Picture: encoding.NewPicture(width, height),
		Opaque:  make([]bool, width*height),
		Hot:     image.Pt(width/2, height/2),
	}
	for y, line := range shape {
		for x, what := range line {
			c.Opaque[y*width+x] = what != '.'
			if what == 'o' {
				c.Pix[y*width+x] = 0xffffff
			}
		}
	}
	return c
}
