package console

import (
	"fmt"
	"image"

	"vncsec/vncserve/display/console/terminal"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/rfb/encoding"
)

// The buttons of RFB, in its mask, and the wheel's steps.
const (
	middleButton = 1 << 1
	firstWheel   = 3
	lastButton   = 6
)

// pointer is a viewer's pointer.
type pointer struct {
	buttons uint16
	at      image.Point // the cell
}

// pressedMiddle notes the buttons and tells whether the middle one was pressed.
func (p *pointer) pressedMiddle(e rfb.PointerEvent) bool {
	pressed := e.Buttons &^ p.buttons
	p.buttons = e.Buttons
	return pressed&middleButton != 0
}

// report gives what a program that asked for the pointer is told (xterm's ctlseqs,
// "Mouse Tracking").
func (p *pointer) report(buttons uint16, at image.Point, held modifiers, modes terminal.Modes) []byte {
	var b []byte
	for i := range lastButton + 1 {
		now, before := buttons&(1<<i) != 0, p.buttons&(1<<i) != 0
		wheel := i >= firstWheel
		switch {
		case now && !before:
			b = appendReport(b, buttonCode(i), at, held, modes, false)
		case before && !now && !wheel && modes.Mouse > terminal.MousePress:
			b = appendReport(b, buttonCode(i), at, held, modes, true)
		}
	}
	moved := at != p.at && buttons == p.buttons
	if moved && (modes.Mouse == terminal.MouseMotion || modes.Mouse == terminal.MouseDrag && buttons != 0) {
		b = appendReport(b, lowestButton(buttons)+motion, at, held, modes, false)
	}
	p.buttons, p.at = buttons, at
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

// maxLegacy is the last column and line that a report of single bytes can name.
const maxLegacy = 223

func appendReport(b []byte, code int, at image.Point, held modifiers, modes terminal.Modes, released bool) []byte {
	if modes.Mouse > terminal.MousePress {
		code += int(held) << 2 // shift 4, alt 8, control 16
	}
	x, y := at.X+1, at.Y+1
	if modes.MouseSGR {
		final := 'M'
		if released {
			final = 'm'
		}
		return fmt.Appendf(b, "\x1b[<%d;%d;%d%c", code, x, y, final)
	}
	if released {
		code = code&^noButton | noButton // the old form does not tell which
	}
	if x > maxLegacy || y > maxLegacy {
		return b
	}
	return append(b, '\x1b', '[', 'M', byte(32+code), byte(32+x), byte(32+y))
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
