package terminal

import (
	"fmt"
	"strconv"
	"strings"
)

// The colour commands of xterm: 4 sets or asks for colours of the palette, 10 to 12
// those of text, ground and cursor; 104 and 110 to 112 bring the defaults back. The
// answers have one form, made here of numbers, so that no output can have text typed.

// paletteCommand is OSC 4: pairs of a number and a colour, or ? to ask for it.
func (t *Terminal) paletteCommand(text string) {
	fields := strings.Split(text, ";")
	for ; len(fields) >= 2; fields = fields[2:] {
		n, err := strconv.ParseUint(fields[0], 10, 8)
		if err != nil {
			continue
		}
		t.colorCommand("4;"+strconv.FormatUint(n, 10), &t.colors.Palette[n], fields[1])
	}
}

// resetPalette is OSC 104: the numbers of colours, none for all.
func (t *Terminal) resetPalette(text string) {
	t.recolor()
	if text == "" {
		t.colors.Palette = defaultColors.Palette
		return
	}
	for field := range strings.SplitSeq(text, ";") {
		if n, err := strconv.ParseUint(field, 10, 8); err == nil {
			t.colors.Palette[n] = defaultColors.Palette[n]
		}
	}
}

// dynamicColors is OSC 10 and following: colours for it and the numbers after it.
func (t *Terminal) dynamicColors(first int, text string) {
	for field := range strings.SplitSeq(text, ";") {
		switch first {
		case 10:
			t.colorCommand("10", &t.colors.Foreground, field)
		case 11:
			t.colorCommand("11", &t.colors.Background, field)
		case 12:
			t.cursorColor(field)
		}
		first++
	}
}

func (t *Terminal) cursorColor(field string) {
	if field == "?" && !t.colors.HasCursor {
		t.replyColor("12", t.colors.Foreground)
		return
	}
	if t.colorCommand("12", &t.colors.Cursor, field) {
		t.colors.HasCursor = true
	}
}

// colorCommand sets a colour or answers what it is, and tells whether it set it.
func (t *Terminal) colorCommand(command string, c *uint32, field string) bool {
	if field == "?" {
		t.replyColor(command, *c)
		return false
	}
	rgb, ok := parseColor(field)
	if ok {
		*c = rgb
		t.recolor()
	}
	return ok
}

// recolor has all drawn anew.
func (t *Terminal) recolor() { t.touchLines(0, t.rows) }

func (t *Terminal) replyColor(command string, rgb uint32) {
	t.reply(fmt.Sprintf("\x1b]%s;rgb:%02[2]x%02[2]x/%02[3]x%02[3]x/%02[4]x%02[4]x\x1b\\", command, rgb>>16, rgb>>8&0xff, rgb&0xff))
}

// parseColor reads rgb:R/G/B of one to four hexadecimal digits each, and #RGB with
// the same number of digits for each (XParseColor). Names are not known.
func parseColor(s string) (rgb uint32, ok bool) {
	var parts []string
	if rest, isRGB := strings.CutPrefix(s, "rgb:"); isRGB {
		parts = strings.Split(rest, "/")
	} else if rest, isHash := strings.CutPrefix(s, "#"); isHash && len(rest)%3 == 0 {
		n := len(rest) / 3
		parts = []string{rest[:n], rest[n : 2*n], rest[2*n:]}
	}
	if len(parts) != 3 {
		return 0, false
	}
	for _, part := range parts {
		v, err := strconv.ParseUint(part, 16, 16)
		if err != nil || len(part) > 4 {
			return 0, false
		}
		most := uint64(1)<<(4*len(part)) - 1
		if s[0] == '#' && len(part) == 1 {
			v, most = v<<4, 0xff // a # fills up with zeros
		}
		rgb = rgb<<8 | uint32((v*255+most/2)/most)
	}
	return rgb, true
}
