package saslconf

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Limits of libsasl2's reader and of ours.
const (
	// maxLine is how many bytes of a line libsasl2 reads at a time, the line end
	// included. It takes the rest of a longer line for a line of its own.
	maxLine = 4095
	// maxFile bounds a service file, in bytes. libsasl2 has no bound.
	maxFile = 1 << 20
)

// Setting is one key with its value.
type Setting struct {
	Key   string // in lower case
	Value string // without the blanks around it; never empty
	Line  int    // from 1
}

// Config is a service file as libsasl2 reads it.
type Config struct {
	// Path is where the file is; empty for one that is nowhere yet.
	Path     string
	settings []Setting
	lines    []string // as they stand in the file, with their ends
}

// SyntaxError is a line at which libsasl2 gives up. It then refuses the whole
// file, and QEMU does not start.
type SyntaxError struct {
	Path   string
	Line   int
	Reason string
	// Edit is the sed(1) command that most likely mends the line.
	Edit string
}

// Error names file and line.
func (e *SyntaxError) Error() string { return fmt.Sprintf("%s:%d: %s", e.Path, e.Line, e.Reason) }

// Parse reads a service file. The path only serves to name it. The error is a
// *SyntaxError.
//
// A line is empty, a comment (# after any blanks), or KEY: VALUE with a colon
// directly after the key. Keys are letters, digits, '-' and '_', and case does not
// count. A NUL ends a line, quotes mean nothing, and a # in a value belongs to it.
func Parse(path string, data []byte) (*Config, error) {
	c := &Config{Path: path}
	for number := 1; len(data) > 0; number++ {
		var line []byte
		line, data = cutLine(data)
		c.lines = append(c.lines, string(line))
		for len(line) > 0 {
			var piece []byte
			piece, line = line[:min(len(line), maxLine)], line[min(len(line), maxLine):]
			setting, fault := parseLine(piece)
			if fault != nil {
				fault.Path, fault.Line = path, number
				return nil, fault
			}
			if setting != nil {
				setting.Line = number
				c.settings = append(c.settings, *setting)
			}
		}
	}
	return c, nil
}

// cutLine takes the first line, with its end, off a text.
func cutLine(data []byte) (line, rest []byte) {
	end := bytes.IndexByte(data, '\n') + 1
	if end == 0 {
		end = len(data)
	}
	return data[:end], data[end:]
}

// blanks are what isspace(3) takes for white space in the C locale.
const blanks = " \t\n\v\f\r"

// parseLine reads what libsasl2 takes for one line. Both results are nil for lines
// that say nothing.
func parseLine(line []byte) (*Setting, *SyntaxError) {
	if end := bytes.IndexByte(line, 0); end >= 0 {
		line = line[:end]
	}
	line = bytes.TrimLeft(line, blanks)
	if len(line) == 0 || line[0] == '#' {
		return nil, nil
	}
	end := bytes.IndexFunc(line, func(r rune) bool { return !isKeyRune(r) })
	if end < 0 {
		return nil, &SyntaxError{Reason: fmt.Sprintf("%q has no colon and no value: expected KEY: VALUE", excerpt(line)), Edit: commentOut}
	}
	if line[end] != ':' {
		return nil, noColon(line, end)
	}
	value := bytes.Trim(line[end+1:], blanks)
	if len(value) == 0 {
		return nil, &SyntaxError{Reason: fmt.Sprintf("%s has no value", excerpt(line[:end])), Edit: commentOut}
	}
	return &Setting{Key: strings.ToLower(string(line[:end])), Value: string(value)}, nil
}

// commentOut is a sed command.
const commentOut = "s/^/# /"

// noColon words what stands where the colon should be.
func noColon(line []byte, end int) *SyntaxError {
	key := excerpt(line[:end])
	switch rest := bytes.TrimLeft(line[end:], blanks); {
	case end == 0:
		return &SyntaxError{Reason: fmt.Sprintf("%q does not begin with a key: letters, digits, '-' and '_'", excerpt(line)), Edit: commentOut}
	case len(rest) > 0 && rest[0] == ':':
		return &SyntaxError{Reason: fmt.Sprintf("a blank stands between %q and its colon", key), Edit: "s/[[:space:]]*:/:/"}
	case len(rest) > 0 && rest[0] == '=':
		return &SyntaxError{Reason: fmt.Sprintf("%q is followed by an equals sign: expected a colon", key), Edit: "s/[[:space:]]*=[[:space:]]*/: /"}
	}
	return &SyntaxError{Reason: fmt.Sprintf("%q is not followed by a colon: expected KEY: VALUE", key), Edit: "s/^[[:space:]]*[A-Za-z0-9_-]*/&:/"}
}

func isKeyRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_'
}

// excerpt bounds what is quoted of a line.
func excerpt(line []byte) string {
	const most = 60
	text := strings.ToValidUTF8(string(bytes.TrimRight(line, blanks)), "\uFFFD")
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "..."
	}
	return text
}

// Lookup returns the setting of a key that counts, which is the first one.
func (c *Config) Lookup(key string) (Setting, bool) {
	for _, s := range c.settings {
		if s.Key == key {
			return s, true
		}
	}
	return Setting{}, false
}

// Get returns the value of a key, empty if the file does not have it. A key that is
// there always has a value.
func (c *Config) Get(key string) string {
	s, _ := c.Lookup(key)
	return s.Value
}

// Settings lists everything in the file, in its order, also what does not count
// because the key was there before.
func (c *Config) Settings() []Setting { return append([]Setting(nil), c.settings...) }

// Values returns what counts of each key.
func (c *Config) Values() map[string]string {
	values := map[string]string{}
	for _, s := range slices.Backward(c.settings) { // the first one of a key is the one that counts
		values[s.Key] = s.Value
	}
	return values
}

// Mechanisms returns the words of mech_list in upper case and in order. False means
// that there is no mech_list, and libsasl2 offers all that is installed. A word may
// be no mechanism at all.
func (c *Config) Mechanisms() ([]string, bool) {
	list, ok := c.Lookup("mech_list")
	if !ok {
		return nil, false
	}
	return words(strings.ToUpper(list.Value)), true
}

// words splits a value as libsasl2 does, at white space only.
func words(value string) []string {
	return strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(blanks, r) })
}
