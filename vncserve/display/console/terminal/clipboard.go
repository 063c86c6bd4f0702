package terminal

import (
	"encoding/base64"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxClipboard bounds a text for the clipboard, in bytes.
const MaxClipboard = 64 << 10

// clipboardCommand begins the command that sets the clipboard, maxClipboardString bounds it:
// its text in base64, after the names of all selections.
const (
	clipboardCommand   = "52;"
	maxClipboardString = len(clipboardCommand) + len("cpqs01234567;") + (MaxClipboard+2)/3*4
)

// clipboard is OSC 52: the selections to set, which are all one here, and the text in
// base64. To tell the text, which "?" asks for, would give the program what the user of a
// viewer copied elsewhere; that is never answered.
func (t *Terminal) clipboard(str string) {
	_, encoded, _ := strings.Cut(str, ";")
	text, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(encoded, "="))
	if err != nil || len(text) > MaxClipboard || !utf8.Valid(text) {
		return
	}
	t.events.Clipboard = cleanClipboard(string(text))
}

// cleanClipboard leaves line feeds and tabs of the control characters of a text.
func cleanClipboard(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text)
}
