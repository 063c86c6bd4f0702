package authz

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxSize bounds a list, in bytes.
const MaxSize = 1 << 20

// SyntaxError is a fault in a list.
type SyntaxError struct {
	Line   int // from 1
	Reason string
}

// Error gives line and fault.
func (e *SyntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

// Parse reads a list in either form: what begins with a brace is JSON. The error is a
// *SyntaxError. A file without a word is none: so looks one that is just being written, and
// a list of those who may only look would hold nobody back. A list of nobody has a comment.
func Parse(data []byte) (*List, error) {
	if i := invalidUTF8(data); i >= 0 {
		return nil, &SyntaxError{Line: lineAt(data, i), Reason: "it is not UTF-8 text"}
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, &SyntaxError{Line: 1, Reason: "the file is empty; if nobody is meant, say so in a comment: # nobody"}
	}
	if bytes.HasPrefix(bytes.TrimLeftFunc(data, unicode.IsSpace), []byte("{")) {
		return parseJSON(data)
	}
	return parsePlain(string(data))
}

// parsePlain reads one name a line, which is allowed. Empty lines, and those that begin
// with "#", are comments; blanks around a name do not count. Invisible characters, such as
// the byte order mark that some editors write first, and JSON of another shape would make
// names that nobody has: a list of those who may only look would hold nobody back.
func parsePlain(text string) (*List, error) {
	list := &List{}
	number := 0
	for line := range strings.Lines(text) {
		number++
		name := strings.TrimSpace(line)
		if name == "" || name[0] == '#' {
			continue
		}
		for _, r := range name {
			if unicode.In(r, unicode.Cc, unicode.Cf) {
				return nil, &SyntaxError{Line: number, Reason: fmt.Sprintf("the invisible character %q is part of no name", r)}
			}
		}
		if len(list.Rules) == 0 && name[0] == '[' {
			return nil, &SyntaxError{Line: number, Reason: "it begins like JSON, which must be an object: {\"rules\": [...]}"}
		}
		list.Rules = append(list.Rules, Rule{Match: name, Policy: Allow})
	}
	return list, nil
}

// invalidUTF8 is the offset of the first byte that is no UTF-8, -1 if there is none.
func invalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// lineAt is the number of the line that holds an offset.
func lineAt(data []byte, offset int) int {
	return 1 + bytes.Count(data[:min(offset, len(data))], []byte("\n"))
}
