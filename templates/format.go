package templates

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Format writes a template in its canonical form: one option a line, "name =
// value", quotes only where they are needed, comments on lines of their own, at
// most one empty line in a row. Names, values, their order and comments stay.
//
// A text that certtool reads in another way than it looks like is refused with
// Errors: its canonical form would look as if that were meant. So is, with an
// error, whatever would not mean the same afterwards.
func Format(name string, data []byte) ([]byte, error) {
	if fault := tooLarge(name, data); fault != nil {
		return nil, Errors{fault}
	}
	text := string(data)
	s := &scanner{text: text, at: Position{1, 1}}
	entries, rest := s.scan()
	t := &Template{file: name, entries: entries}
	faults := t.fileFaults(text, rest)
	for _, entry := range entries {
		faults = append(faults, t.entryFaults(entry)...)
	}
	if len(faults) > 0 {
		return nil, inOrder(faults)
	}
	formatted := write(arrange(entries, s.comments))
	if err := t.sameMeaning(s.comments, formatted); err != nil {
		return nil, fmt.Errorf("templates: %s: the file cannot be formatted: %w", name, err)
	}
	return formatted, nil
}

// piece is an entry or a comment, and the lines from and to which it reaches.
type piece struct {
	entry    *Entry
	comment  string
	from, to int
}

// arrange puts entries and comments into their order. A comment behind a value
// comes before its option.
func arrange(entries []Entry, comments []comment) (pieces []piece) {
	for i := range entries {
		entry := &entries[i]
		pieces = append(pieces, piece{entry: entry, from: entry.At.Line, to: entry.ValueAt.Line + strings.Count(entry.Raw, "\n")})
	}
	for _, comment := range comments {
		pieces = append(pieces, piece{comment: strings.TrimRight(comment.text, blanks), from: comment.at.Line, to: comment.at.Line})
	}
	slices.SortStableFunc(pieces, func(a, b piece) int {
		switch {
		case a.comment != "" && b.entry != nil && a.from == b.to: // behind the value
			return -1
		case b.comment != "" && a.entry != nil && b.from == a.to:
			return 1
		}
		return a.from - b.from
	})
	return pieces
}

func write(pieces []piece) []byte {
	var b bytes.Buffer
	for i, piece := range pieces {
		if i > 0 && piece.from > pieces[i-1].to+1 {
			b.WriteByte('\n')
		}
		if piece.entry != nil {
			b.WriteString(canonical(*piece.entry))
		} else {
			b.WriteString(piece.comment)
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// canonical is the one way to write an entry.
func canonical(entry Entry) string {
	option, known := lookup(entry.Name)
	switch {
	case known && option.Kind == Flag && isSwitchedOn(entry.Value):
		return entry.Name
	case entry.Value == "":
		return entry.Name + " ="
	case entry.Value[0] == '\\':
		return entry.Name + " = " + entry.Value // only there it can be
	case isPlain(entry.Value):
		return entry.Name + " = " + entry.Value
	}
	quote := `"`
	if strings.Contains(entry.Value, quote) && !strings.Contains(entry.Value, "'") {
		quote = "'"
	}
	return entry.Name + " = " + quote + strings.ReplaceAll(entry.Value, quote, `\`+quote) + quote
}

// isSwitchedOn tells whether a flag has no value, or one that says what it does.
func isSwitchedOn(value string) bool {
	return slices.Contains([]string{"", "true", "yes", "on", "1"}, value)
}

// isPlain tells whether a value needs no quotes.
func isPlain(value string) bool {
	return strings.Trim(value, horizontalBlanks) == value && strings.IndexByte(`"'=:#`, value[0]) < 0 &&
		!strings.Contains(value, "\n") && commentIn(value) < 0
}

// sameMeaning makes sure that a text says what the template says: the same entries
// and comments, and the same to certtool for every purpose.
func (t *Template) sameMeaning(comments []comment, text []byte) error {
	s := &scanner{text: string(text), at: Position{1, 1}}
	entries, rest := s.scan()
	sameText := func(a, b comment) bool {
		return strings.TrimRight(a.text, blanks) == strings.TrimRight(b.text, blanks)
	}
	if rest != nil || len(entries) != len(t.entries) || !slices.EqualFunc(s.comments, comments, sameText) {
		return errors.New("its parts would be read differently afterwards")
	}
	for i, entry := range entries {
		if before := t.entries[i]; entry.Name != before.Name || entry.Value != before.Value && !sameFlag(before, entry) {
			return fmt.Errorf("the option %s in line %d would be read differently afterwards", before.Name, before.At.Line)
		}
	}
	after := &Template{file: t.file, entries: entries}
	now := time.Now()
	for purpose := SelfSigned; purpose <= PKCS12; purpose <<= 1 {
		one, err := t.Certtool(purpose, now)
		other, err2 := after.Certtool(purpose, now)
		if !reflect.DeepEqual(one, other) || fmt.Sprint(err) != fmt.Sprint(err2) {
			return fmt.Errorf("it would mean something else for %s afterwards", purpose)
		}
	}
	return nil
}

// sameFlag tells whether two entries switch the same flag on.
func sameFlag(a, b Entry) bool {
	option, known := lookup(a.Name)
	return known && option.Kind == Flag && isSwitchedOn(a.Value) && b.Value == ""
}
