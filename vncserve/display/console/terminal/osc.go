package terminal

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxTitle bounds a title, in characters.
const maxTitle = 256

// osc acts on an operating system command: titles only. Clipboard, colour and
// hyperlink commands do nothing, and no command is answered with what another one
// set.
func (t *Terminal) osc(str []byte) {
	command, text, ok := strings.Cut(string(str), ";")
	if !ok || command != "0" && command != "2" {
		return
	}
	t.events.Title, t.events.HasTitle = cleanTitle(text), true
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
