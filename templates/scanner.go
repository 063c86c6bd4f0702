package templates

import "strings"

// Position is a place in a template; lines and columns count characters from 1.
// The zero Position belongs to entries that come from no file.
type Position struct {
	Line, Column int
}

// Entry is one option of a template as it was written.
type Entry struct {
	Name string
	At   Position // where the name starts

	// Value is what certtool makes of the text, Raw the text itself with its
	// quotes and backslashes.
	Value, Raw string
	ValueAt    Position // where the text starts
	quoting    quoting
}

// quoting is the form of a value.
type quoting byte

const (
	unquoted quoting = iota
	quoted
	unclosed // a quoted value that the end of the file ended
	broken   // the same, right behind a backslash: certtool does not load such a file
)

// The character classes of the grammar. Blanks may stand before a name; only
// horizontal ones may stand around the delimiter.
const (
	horizontalBlanks = " \t"
	blanks           = horizontalBlanks + "\n\v\f\r\b"
	nameStart        = "_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	nameRest         = nameStart + ":^-0123456789"
)

// lost is a byte that certtool takes for the end of the file, and goes on behind
// it, where it has looked at it before reading it: it keeps such characters as
// signed ones, and this one is then its mark of the end.
const lost = '\xff'

// scanner reads a template character by character, as certtool does: a file is a
// run of options, not of lines.
//
//	file    = { blank | comment | option }
//	comment = "#" to the end of the line, only where a name may start
//	option  = name [ blanks ] [ ":" | "=" ] [ blanks ] value
//	name    = [A-Za-z_] [A-Za-z0-9_:^-]*, but a ":" at its end is the delimiter
//	value   = quoted | rest of the line | nothing
//
// A zero byte belongs to every class of characters and ends the name or value
// that it is in.
type scanner struct {
	text     string
	offset   int
	at       Position
	comments []comment
}

// comment is the text of one, from its "#" to the end of the line.
type comment struct {
	at   Position
	text string
}

// scan splits a template into its entries. certtool stops reading without a word
// at the first character that cannot start a name; rest is where that was, nil
// at the end of the text.
func scan(text string) (entries []Entry, rest *Position) {
	s := &scanner{text: text, at: Position{1, 1}}
	return s.scan()
}

func (s *scanner) scan() (entries []Entry, rest *Position) {
	for {
		s.skipToName()
		if s.ended() {
			return entries, nil
		}
		if !s.sees(nameStart) {
			at := s.at
			return entries, &at
		}
		entries = append(entries, s.entry())
	}
}

func (s *scanner) ended() bool { return s.offset == len(s.text) }

// sees tells whether the next character is one of a class.
func (s *scanner) sees(class string) bool {
	return !s.ended() && (s.text[s.offset] == 0 || strings.IndexByte(class, s.text[s.offset]) >= 0)
}

// next takes one byte. Columns count characters: the later bytes of a UTF-8
// sequence add nothing.
func (s *scanner) next() byte {
	b := s.text[s.offset]
	s.offset++
	switch {
	case b == '\n':
		s.at = Position{s.at.Line + 1, 1}
	case b&0xc0 != 0x80:
		s.at.Column++
	}
	return b
}

func (s *scanner) skip(class string) {
	for s.sees(class) {
		s.next()
	}
}

// drop takes a lost byte.
func (s *scanner) drop() bool {
	if s.ended() || s.text[s.offset] != lost {
		return false
	}
	s.next()
	return true
}

// skipToName stops where a name must start.
func (s *scanner) skipToName() {
	for {
		switch {
		case s.sees(blanks):
			if s.skip(blanks); s.drop() {
				return
			}
		case s.sees("#"):
			at, start := s.at, s.offset
			for !s.ended() && s.text[s.offset] != '\n' {
				s.next()
			}
			s.comments = append(s.comments, comment{at, s.text[start:s.offset]})
		default:
			return
		}
	}
}

func (s *scanner) entry() Entry {
	entry := Entry{At: s.at}
	start := s.offset
	s.skip(nameRest)
	name, delimited := strings.CutSuffix(s.text[start:s.offset], ":")
	entry.Name = upToZero(name)

	here := s.skipToValue(delimited)
	entry.ValueAt = s.at
	start = s.offset
	switch {
	case !here:
	case s.sees(`"'`) && s.text[start] != 0:
		entry.Value, entry.quoting = s.quotedValue()
	default:
		entry.Value = s.unquotedValue()
	}
	entry.Value = upToZero(entry.Value)
	entry.Raw = strings.TrimSuffix(s.text[start:s.offset], "\n")
	return entry
}

// skipToValue skips the delimiter and the blanks around it. It tells whether a
// value can follow.
func (s *scanner) skipToValue(delimited bool) bool {
	if !delimited {
		if !s.drop() {
			if s.skip(horizontalBlanks); s.drop() {
				return false
			}
		}
		if s.ended() || s.text[s.offset] != ':' && s.text[s.offset] != '=' {
			return true
		}
		s.next()
		if s.drop() {
			return true
		}
	}
	s.skip(horizontalBlanks)
	return !s.drop()
}

// upToZero is a text as far as a string of C goes.
func upToZero(text string) string {
	before, _, _ := strings.Cut(text, "\x00")
	return before
}

// quotedValue reads to the same quote again. Inside, a backslash keeps a quote,
// makes a blank of the end of a line, and drops itself with anything else.
func (s *scanner) quotedValue() (string, quoting) {
	var value strings.Builder
	quote := s.next()
	for !s.ended() {
		b := s.next()
		switch {
		case b == quote:
			return value.String(), quoted
		case b != '\\':
			value.WriteByte(b)
		case s.ended():
			return value.String(), broken
		default:
			switch escaped := s.next(); escaped {
			case '\n':
				value.WriteByte(' ')
			case quote:
				value.WriteByte(quote)
			}
		}
	}
	return value.String(), unclosed
}

// unquotedValue reads to the end of the line. A backslash keeps the end of a
// line and drops itself with anything else; as the very first character it is an
// ordinary one.
func (s *scanner) unquotedValue() string {
	var value strings.Builder
	for first := true; !s.ended(); first = false {
		b := s.next()
		switch {
		case b == '\n':
			return value.String()
		case b != '\\' || first:
			value.WriteByte(b)
		case !s.ended():
			if s.next() == '\n' {
				value.WriteByte('\n')
			}
		}
	}
	return value.String()
}
