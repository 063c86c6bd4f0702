package templates

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file finds what was certainly meant in another way than certtool reads it.

const byteOrderMark = "\ufeff"

// fileFaults looks at the text as a whole. rest is where the scanner stopped
// before the end, if it did.
func (t *Template) fileFaults(text string, rest *Position) (faults Errors) {
	at := func(p Position, code Code, reason, hint string) {
		faults = append(faults, &Error{File: t.file, At: p, Code: code, Reason: reason, Hint: hint})
	}
	start := Position{1, 1}
	switch {
	case strings.HasPrefix(text, byteOrderMark):
		at(start, ByteOrderMark, "the file starts with a byte order mark: certtool would read nothing of it", "save it as UTF-8 without BOM")
	case rest != nil:
		at(*rest, UnreadableRest, fmt.Sprintf("%s cannot start an option: certtool would read nothing from here on", characterAt(text, *rest)), "make it a comment with #, or put the value it belongs to into quotes")
	}
	if i := strings.IndexByte(text, '\r'); i >= 0 {
		at(start.after(text[:i]), CarriageReturn, "the line ends with a carriage return, which would become part of its value", "convert the file to the line ends of Unix")
	}
	if i := strings.IndexByte(text, 0); i >= 0 {
		at(start.after(text[:i]), ZeroByte, "the file has a zero byte, where certtool cuts the value off", "save it as UTF-8")
	}
	if i := strings.IndexByte(text, lost); i >= 0 {
		at(start.after(text[:i]), NotUTF8, "the file has a byte 0xff, which certtool can take for the end of a value", "convert the file to UTF-8")
	}
	return faults
}

// entryFaults looks at one option as it was written.
func (t *Template) entryFaults(entry Entry) (faults Errors) {
	at := func(offset int, code Code, reason, hint string) {
		fault := t.fault(entry, code, reason, hint)
		fault.At = entry.ValueAt.after(entry.Raw[:offset])
		faults = append(faults, fault)
	}
	if i := invalidUTF8(entry.Raw); i >= 0 && entry.Raw[i] != lost { // fileFaults reports that
		at(i, NotUTF8, "the value is not UTF-8", "convert the file to UTF-8")
	}
	if i := droppedBackslash(entry); i >= 0 {
		at(i, LostBackslash, "certtool drops a backslash together with the character after it", "write the character without the backslash")
	}
	if entry.quoting >= unclosed {
		at(0, UnclosedQuote, "the quote is not closed before the end of the file", "close it at the end of the value")
	}
	if strings.ContainsFunc(strings.TrimRight(entry.Value, horizontalBlanks), isControl) {
		at(0, ControlInValue, "the value has a control character or more than one line", "")
	}
	if entry.quoting == unquoted {
		t.unquotedFaults(entry, at)
	}
	return faults
}

func (t *Template) unquotedFaults(entry Entry, at func(offset int, code Code, reason, hint string)) {
	raw := strings.TrimSuffix(entry.Raw, "\r")
	if trimmed := strings.TrimRight(raw, horizontalBlanks); trimmed != raw {
		at(len(trimmed), TrailingBlanks, "the blanks at the end of the line would become part of the value", "remove them, or put the value into quotes")
	}
	if strings.HasPrefix(raw, "=") || strings.HasPrefix(raw, ":") {
		at(0, SecondDelimiter, fmt.Sprintf("the second delimiter would become part of the value %q", raw), "write one, or put the value into quotes")
	}
	if i := commentIn(raw); i >= 0 {
		at(i, TrailingComment, "a comment after a value becomes part of it", "move it to a line of its own, or put the value into quotes")
	}
}

// isControl leaves out what fileFaults reports.
func isControl(r rune) bool { return unicode.IsControl(r) && r != '\r' && r != 0 }

// commentIn finds a "#" that looks like the start of a comment.
func commentIn(raw string) int {
	for i := range len(raw) {
		if raw[i] == '#' && (i == 0 || strings.IndexByte(horizontalBlanks, raw[i-1]) >= 0) {
			return i
		}
	}
	return -1
}

// droppedBackslash finds a backslash that does not come into the value.
func droppedBackslash(entry Entry) int {
	for i := 0; i < len(entry.Raw); i++ {
		if entry.Raw[i] != '\\' || i == 0 && entry.quoting == unquoted {
			continue
		}
		next := byte(0)
		if i+1 < len(entry.Raw) {
			next = entry.Raw[i+1]
		}
		keeps := next == '\n' || entry.quoting != unquoted && next == entry.Raw[0]
		if !keeps {
			return i
		}
		i++
	}
	return -1
}

func invalidUTF8(s string) int {
	for i, r := range s {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return i
			}
		}
	}
	return -1
}

// after is the position behind a text that starts at p.
func (p Position) after(text string) Position {
	s := scanner{text: text, at: p}
	for !s.ended() {
		s.next()
	}
	return s.at
}

// characterAt is the character at a position, quoted.
func characterAt(text string, p Position) string {
	s := scanner{text: text, at: Position{1, 1}}
	for s.at != p {
		s.next()
	}
	r, _ := utf8.DecodeRuneInString(text[s.offset:])
	return fmt.Sprintf("%q", r)
}
