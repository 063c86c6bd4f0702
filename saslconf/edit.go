package saslconf

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Bytes returns the text of the file.
func (c *Config) Bytes() []byte { return []byte(strings.Join(c.lines, "")) }

// Set gives a key a value. The line that counts is changed where it stands, others
// of the same key are removed, and a new key comes last; everything else stays as it
// is, comments too.
func (c *Config) Set(key, value string) error {
	key = strings.ToLower(key)
	line := key + ": " + value + "\n"
	if err := checkSetting(key, value, line); err != nil {
		return err
	}
	if c.hasSplitLine() {
		return errSplitLine
	}
	old, ok := c.Lookup(key)
	if ok {
		c.lines[old.Line-1] = line
	} else {
		c.endLastLine()
		c.lines = append(c.lines, line)
		old.Line = len(c.lines)
	}
	return c.removeExcept(key, old.Line)
}

// Remove takes a key out, wherever it stands.
func (c *Config) Remove(key string) error {
	if c.hasSplitLine() {
		return errSplitLine
	}
	return c.removeExcept(strings.ToLower(key), 0)
}

// checkSetting refuses what libsasl2 would read differently from what was meant.
func checkSetting(key, value, line string) error {
	if key == "" || strings.ContainsFunc(key, func(r rune) bool { return !isKeyRune(r) }) {
		return fmt.Errorf("%q is no key: letters, digits, '-' and '_'", key)
	}
	switch {
	case strings.ContainsAny(value, "\x00\n\r"):
		return fmt.Errorf("the value of %s must be on one line", key)
	case strings.Trim(value, blanks) == "":
		return fmt.Errorf("%s needs a value: libsasl2 refuses a file with an empty one", key)
	case strings.Trim(value, blanks) != value:
		return fmt.Errorf("the value of %s must neither begin nor end with a blank: libsasl2 drops it", key)
	case len(line) > maxLine:
		return fmt.Errorf("the line of %s would have %d bytes: libsasl2 cuts lines at %d", key, len(line), maxLine)
	}
	return nil
}

// errSplitLine concerns lines of which libsasl2 makes several.
var errSplitLine = errors.New("a line is so long that libsasl2 cuts it in two: edit it by hand")

func (c *Config) hasSplitLine() bool {
	return slices.ContainsFunc(c.lines, func(line string) bool { return len(line) > maxLine })
}

// removeExcept removes the lines of a key but for one.
func (c *Config) removeExcept(key string, keep int) error {
	for _, s := range slices.Backward(c.settings) {
		if s.Key == key && s.Line != keep {
			c.lines = slices.Delete(c.lines, s.Line-1, s.Line)
		}
	}
	changed, err := Parse(c.Path, c.Bytes())
	if err != nil {
		return err
	}
	*c = *changed
	return nil
}

// endLastLine ends the last line, so that another can follow.
func (c *Config) endLastLine() {
	if last := len(c.lines) - 1; last >= 0 && !strings.HasSuffix(c.lines[last], "\n") {
		c.lines[last] += "\n"
	}
}
