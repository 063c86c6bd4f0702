package terminal

import (
	"encoding/binary"
	"unicode/utf8"
)

// A line of the history is a byte of flags and its characters in UTF-8. No character
// of a cell is a control, so these say the rest:
const (
	codeEmpty = 0x00 // a cell without a character
	codeStyle = 0x01 // the style from here on follows, in four numbers
	codeMarks = 0x02 // marks of the last cell follow: their length in a byte, and they
	codeWide  = 0x03 // the next character is a wide one
	codeRest  = 0x04 // all other cells are like the one that follows
)

const flagWrapped = 0x01

// encodeLine appends the encoded line to b. Blank cells at its end are left out.
func encodeLine(b []byte, l *line) []byte {
	var flags byte
	if l.wrapped {
		flags |= flagWrapped
	}
	b = append(b, flags)
	plain := blank(Style{})
	cells := l.cells
	if l.tail == plain {
		for len(cells) > 0 && cells[len(cells)-1] == plain {
			cells = cells[:len(cells)-1]
		}
	}
	style := Style{}
	for i := range cells {
		c := &cells[i]
		if c.Width == 1 && c.Rune < utf8.RuneSelf && c.Marks == "" && c.Style == style {
			b = append(b, byte(c.Rune)) // nearly all text
			continue
		}
		b = encodeCell(b, c, &style)
	}
	if l.tail != plain && len(l.cells) < l.width {
		b = encodeCell(append(b, codeRest), &l.tail, &style)
	}
	return b
}

// encodeCell appends a cell; style is that of the one before.
func encodeCell(b []byte, c *Cell, style *Style) []byte {
	if c.Width == 0 {
		return b // the wide character stands for both halves
	}
	if c.Style != *style {
		*style = c.Style
		b = append(b, codeStyle)
		for _, n := range [...]uint32{uint32(c.Style.Fg), uint32(c.Style.Bg), uint32(c.Style.Line), uint32(c.Style.Attr)} {
			b = binary.AppendUvarint(b, uint64(n))
		}
	}
	if c.Width == 2 {
		b = append(b, codeWide)
	}
	if c.Rune < utf8.RuneSelf {
		b = append(b, byte(c.Rune)) // codeEmpty for none
	} else {
		b = utf8.AppendRune(b, c.Rune)
	}
	if c.Marks != "" {
		b = append(append(b, codeMarks, byte(len(c.Marks))), c.Marks...)
	}
	return b
}

// decodeLine appends the cells of an encoded line to cells, up to a number of columns.
func decodeLine(cells []Cell, b []byte, columns int) (_ []Cell, wrapped bool) {
	wrapped = b[0]&flagWrapped != 0
	style, width := Style{}, uint8(1)
	rest := false
	for b = b[1:]; len(b) > 0; {
		switch b[0] {
		case codeStyle:
			b = decodeStyle(b[1:], &style)
			continue
		case codeRest:
			rest, b = true, b[1:]
			continue
		case codeWide:
			width, b = 2, b[1:]
			continue
		case codeMarks:
			n := int(b[1])
			if last := len(cells) - int(width); last >= 0 {
				cells[last].Marks = string(b[2 : 2+n])
			}
			b, width = b[2+n:], 1
			continue
		}
		r, n := utf8.DecodeRune(b)
		b = b[n:]
		if len(cells)+int(width) > columns {
			return cells, false
		}
		for first := true; first || rest && len(cells) < columns; first = false {
			cells = append(cells, Cell{Rune: r, Width: width, Style: style})
		}
		if width == 2 {
			cells = append(cells, Cell{Style: style})
		}
		if len(b) > 0 && b[0] != codeMarks {
			width = 1
		}
	}
	return cells, wrapped
}

func decodeStyle(b []byte, s *Style) []byte {
	var numbers [4]uint64
	for i := range numbers {
		n := 0
		numbers[i], n = binary.Uvarint(b)
		b = b[n:]
	}
	*s = Style{Fg: Color(numbers[0]), Bg: Color(numbers[1]), Line: Color(numbers[2]), Attr: Attr(numbers[3])}
	return b
}
