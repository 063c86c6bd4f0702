package terminal

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxTitle bounds a title, in characters, and maxTitles the titles put by.
const (
	maxTitle  = 256
	maxTitles = 10
)

// osc acts on an operating system command: titles, colours and the clipboard. Hyperlinks
// (8) show as plain text.
func (t *Terminal) osc(str []byte) {
	number, text, _ := strings.Cut(string(str), ";")
	command, err := strconv.ParseUint(number, 10, 16)
	if err != nil {
		return
	}
	switch command {
	case 0, 2:
		t.setTitle(cleanTitle(text))
	case 4:
		t.paletteCommand(text)
	case 52:
		t.clipboard(text)
	case 104:
		t.resetPalette(text)
	case 10, 11, 12:
		t.dynamicColors(int(command), text)
	case 110:
		t.colors.Foreground = defaultColors.Foreground
		t.recolor()
	case 111:
		t.colors.Background = defaultColors.Background
		t.recolor()
	case 112:
		t.colors.Cursor, t.colors.HasCursor = 0, false
		t.recolor()
	}
}

func (t *Terminal) setTitle(title string) {
	t.title = title
	t.events.Title, t.events.HasTitle = title, true
}

// pushTitle puts the title by, as full-screen programs ask for when they begin.
func (t *Terminal) pushTitle() {
	if len(t.titles) == maxTitles {
		t.titles = t.titles[1:]
	}
	t.titles = append(t.titles, t.title)
}

// popTitle brings the title back that was put by last.
func (t *Terminal) popTitle() {
	if n := len(t.titles); n > 0 {
		t.setTitle(t.titles[n-1])
		t.titles = t.titles[:n-1]
	}
}

// cleanTitle leaves the printable characters of a title.
func cleanTitle(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		if !unicode.IsPrint(r) || r == utf8.RuneError {
			continue
		}
		if n++; n > maxTitle {
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}
