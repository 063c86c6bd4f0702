package recording

import (
	"strings"
	"unicode/utf8"
)

// text makes output UTF-8 text, which JSON wants. A character that is cut off at the
// end of a piece waits for the next one. A broken one becomes one U+FFFD, whatever
// the number of its bytes: that is what the console shows.
type text struct{ partial []byte }

// add gives the text up to and including b.
func (t *text) add(b []byte) string {
	if len(t.partial) == 0 && utf8.Valid(b) {
		return string(b)
	}
	var s strings.Builder
	for _, c := range b {
		if c < utf8.RuneSelf || len(t.partial) > 0 && utf8.RuneStart(c) {
			s.WriteString(t.end())
		}
		if c < utf8.RuneSelf {
			s.WriteByte(c)
			continue
		}
		t.partial = append(t.partial, c)
		if utf8.FullRune(t.partial) {
			r, _ := utf8.DecodeRune(t.partial)
			s.WriteRune(r)
			t.partial = t.partial[:0]
		}
	}
	return s.String()
}

// end gives what stands for a character that was cut off.
func (t *text) end() string {
	if len(t.partial) == 0 {
		return ""
	}
	t.partial = t.partial[:0]
	return string(utf8.RuneError)
}
