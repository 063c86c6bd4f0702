package saslconf

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// text lists settings as KEY=VALUE@LINE.
func text(c *Config) string {
	var list []string
	for _, s := range c.Settings() {
		list = append(list, fmt.Sprintf("%s=%s@%d", s.Key, s.Value, s.Line))
	}
	return strings.Join(list, " ")
}

// files are service files and what libsasl2 2.1.28 makes of them: settings, or the
// line at which it gives up. The differential test holds them against the library.
var files = []struct {
	name, content string
	want          string
	fault         int
}{
	{"empty", "", "", 0},
	{"plain", "mech_list: plain\n", "mech_list=plain@1", 0},
	{"no line end", "mech_list: plain", "mech_list=plain@1", 0},
	{"case of keys", "MECH_List:Plain", "mech_list=Plain@1", 0},
	{"comments and blanks", "# a\n\n  \t\n  # b\n x: 1\n", "x=1@5", 0},
	{"no comment in values", "x: a # b\n", "x=a # b@1", 0},
	{"quotes", `x: "a b"`, `x="a b"@1`, 0},
	{"blanks around the value", "x: \t a  b \t\r\n", "x=a  b@1", 0},
	{"vertical tab and form feed", "x: \v1\f\n\fy:2", "x=1@1 y=2@2", 0},
	{"CR LF", "x: 1\r\n\r\ny: 2\r\n", "x=1@1 y=2@3", 0},
	{"CR alone", "x: 1\ry: 2\r", "x=1\ry: 2@1", 0},
	{"twice", "x: 1\nx: 2\n", "x=1@1 x=2@2", 0},
	{"characters of keys", "_a-9Z: 1", "_a-9z=1@1", 0},
	{"empty key", ": 1\n", "=1@1", 0},
	{"bytes in values", "x: b\xe4r\n", "x=b\xe4r@1", 0},
	{"NUL in a value", "x: a\x00b\ny: 1", "x=a@1 y=1@2", 0},
	{"NUL first", "\x00x: 1\ny: 1", "y=1@2", 0},
	{"longest line", "x: " + strings.Repeat("a", 4091) + "\ny: 1", "x=" + strings.Repeat("a", 4091) + "@1 y=1@2", 0},
	{"line end in the next piece", "x: " + strings.Repeat("a", 4092) + "\ny: 1", "x=" + strings.Repeat("a", 4092) + "@1 y=1@2", 0},
	{"second piece is a line", "x: " + strings.Repeat("a", 4092) + "y: 1\n", "x=" + strings.Repeat("a", 4092) + "@1 y=1@1", 0},
	{"second piece of a comment", "#" + strings.Repeat("a", 4094) + "y: 1\nz: 2", "y=1@1 z=2@2", 0},
	{"second piece is none", "x: 1\ny: " + strings.Repeat("a", 5000) + "\n", "", 2},
	{"blank before the colon", "x: 1\nmech_list : plain\n", "", 2},
	{"equals sign", "mech_list = plain\n", "", 1},
	{"no colon", "x: 1\n\nmech_list plain\n", "", 3},
	{"a word", "plain", "", 1},
	{"no value", "mech_list:\n", "", 1},
	{"blank value", "mech_list: \t \n", "", 1},
	{"NUL instead of a value", "x:\x001\n", "", 1},
	{"dot in a key", "a.b: 1\n", "", 1},
	{"byte order mark", "\xef\xbb\xbfx: 1\n", "", 1},
	{"letter beyond ASCII in a key", "f\xe4: 1\n", "", 1},
}

func TestParse(t *testing.T) {
	for _, test := range files {
		t.Run(test.name, func(t *testing.T) {
			c, err := Parse("qemu.conf", []byte(test.content))
			if fault := (*SyntaxError)(nil); errors.As(err, &fault) {
				if fault.Line != test.fault || fault.Path != "qemu.conf" || fault.Reason == "" || fault.Edit == "" {
					t.Errorf("got %+v, want line %d", fault, test.fault)
				}
				return
			}
			if err != nil || test.fault != 0 {
				t.Fatalf("got %v, want a fault in line %d", err, test.fault)
			}
			if got := text(c); got != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
			if got := string(c.Bytes()); got != test.content {
				t.Errorf("the text became %q", got)
			}
		})
	}
}

func TestMechanismsOfAFile(t *testing.T) {
	for content, want := range map[string][]string{
		"x: 1\n":                               nil,
		"mech_list: plain\tScram-SHA-256  a,b": {"PLAIN", "SCRAM-SHA-256", "A,B"},
	} {
		c, err := Parse("", []byte(content))
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := c.Mechanisms(); ok != (want != nil) || !cmp.Equal(got, want) {
			t.Errorf("%q: %q, %v", content, got, ok)
		}
	}
}

func TestSet(t *testing.T) {
	for _, test := range []struct{ name, content, key, value, want string }{
		{"new", "# a\nx: 1", "y", "2", "# a\nx: 1\ny: 2\n"},
		{"into nothing", "", "y", "2", "y: 2\n"},
		{"in place", "# a\nX:1\n# b\n", "x", "2", "# a\nx: 2\n# b\n"},
		{"once", "x: 1\n# a\nx: 2\nX: 3\ny: 4\n", "x", "5", "x: 5\n# a\ny: 4\n"},
		{"CR LF elsewhere", "a: 1\r\nx: 1\r\n", "x", "2", "a: 1\r\nx: 2\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := Parse("", []byte(test.content))
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Set(test.key, test.value); err != nil {
				t.Fatal(err)
			}
			if got := string(c.Bytes()); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if got := c.Get(test.key); got != test.value {
				t.Errorf("reads %q", got)
			}
			if err := c.Remove(test.key); err != nil || c.Get(test.key) != "" {
				t.Errorf("removed, it reads %q, %v", c.Get(test.key), err)
			}
		})
	}
}

func TestSetRefuses(t *testing.T) {
	for _, test := range []struct{ key, value, want string }{
		{"", "1", "is no key"}, {"a b", "1", "is no key"}, {"x:", "1", "is no key"}, {"ä", "1", "is no key"},
		{"x", "", "needs a value"}, {"x", " \t", "needs a value"}, {"x", "a\nmech_list: anonymous", "one line"}, {"x", "a\x00", "one line"},
		{"x", " a", "neither begin"}, {"x", strings.Repeat("a", 4095), "cuts lines at 4095"},
	} {
		c := &Config{}
		if err := c.Set(test.key, test.value); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q=%q: %v", test.key, test.value, err)
		}
		if got := string(c.Bytes()); got != "" {
			t.Errorf("%q=%q left %q", test.key, test.value, got)
		}
	}
	c, err := Parse("", []byte("#"+strings.Repeat("a", 4094)+"y: 1\nx: 1\n"))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Set("y", "2"); !errors.Is(err, errSplitLine) {
		t.Errorf("a line of two: %v", err)
	}
}

// FuzzParse holds that what was parsed keeps its text, that every setting is one
// that libsasl2 can have, and that what Set writes is read back.
func FuzzParse(f *testing.F) {
	for _, test := range files {
		f.Add([]byte(test.content), "value")
	}
	f.Fuzz(func(t *testing.T, data []byte, value string) {
		c, err := Parse("f", data)
		if err != nil {
			if fault := (*SyntaxError)(nil); !errors.As(err, &fault) || fault.Line < 1 {
				t.Fatalf("no place in %v", err)
			}
			return
		}
		if string(c.Bytes()) != string(data) {
			t.Fatal("the text changed")
		}
		for _, s := range c.Settings() {
			if s.Value == "" || strings.Trim(s.Value, blanks) != s.Value || strings.ContainsAny(s.Value, "\n\x00") || strings.ToLower(s.Key) != s.Key {
				t.Fatalf("read %+v", s)
			}
		}
		others := len(c.Settings())
		if err := c.Set("mech_list", value); err != nil {
			return
		}
		again, err := Parse("f", c.Bytes())
		if err != nil || again.Get("mech_list") != value || len(again.Settings()) > others+1 {
			t.Fatalf("set to %q it reads %q, %v", value, again.Get("mech_list"), err)
		}
	})
}
