package templates

import (
	"errors"
	"strings"
	"testing"
)

func TestFormat(t *testing.T) {
	for text, want := range map[string]string{
		"":         "",
		"\n\n":     "",
		"# only\n": "# only\n",
		"cn=x":     "cn = x\n",
		"  cn : x\nca\ntls_www_server = yes\n\n\n\n# a  \n#b\n\no x": "cn = x\nca\ntls_www_server\n\n# a\n#b\n\no = x\n",
		`cn = "x" organization='Acme "Corp"' # the CA`:               "# the CA\ncn = x\norganization = Acme \"Corp\"\n",
		`cn = "\"b\""`:                "cn = '\"b\"'\n",
		`cn = " \"b\" 'c'"`:           "cn = \" \\\"b\\\" 'c'\"\n",
		`cn = " x "`:                  "cn = \" x \"\n",
		`cn = "# x"`:                  "cn = \"# x\"\n",
		`cn = "a # x"`:                "cn = \"a # x\"\n",
		`cn = "a#x"`:                  "cn = a#x\n",
		`cn = "=x"`:                   "cn = \"=x\"\n",
		"cn =":                        "cn =\n",
		"ca = false\nCA\nfoo":         "ca = false\nCA =\nfoo =\n",
		"cn = \\x":                    "cn = \\x\n",
		"cn = \"a\\\nb\"":             "cn = a b\n",
		"cn = b\ncn = a\n# no order":  "cn = b\ncn = a\n# no order\n",
		"policy1 = 1.2\npolicy_x = y": "policy1 = 1.2\npolicy_x = y\n",
	} {
		got, err := Format("t.info", []byte(text))
		if err != nil || string(got) != want {
			t.Errorf("%q is formatted %q, %v, want %q", text, got, err, want)
		}
	}
	for text, want := range map[string]Code{
		"cn = Doe\\, Jane": LostBackslash,
		"cn = x ":          TrailingBlanks,
		"cn = x # y":       TrailingComment,
		"cn = x\r\n":       CarriageReturn,
		"\ufeffcn = x":     ByteOrderMark,
		"cn = x\n1":        UnreadableRest,
		"cn = \"a\nb\"":    ControlInValue,
		"cn = \"x\nca\n":   UnclosedQuote,
		"cn = \xe9":        NotUTF8,
		"c\x00n = x":       ZeroByte,
	} {
		_, err := Format("t.info", []byte(text))
		var fault *Error
		if !errors.As(err, &fault) || fault.Code != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func TestBuiltinTemplatesAreFormatted(t *testing.T) {
	for _, role := range []Role{CA, Server, Client} {
		text, err := Builtin(role)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Format("x", text); err != nil || string(got) != string(text) {
			t.Errorf("%s: %v\n%s", role, err, got)
		}
	}
}

// FuzzFormat formats whatever it can; the result must say the same to Parse and
// certtool, and formatting it again must change nothing.
func FuzzFormat(f *testing.F) {
	for _, test := range grammar {
		f.Add(test.text)
	}
	f.Add("# a\n\n#b\ncn = 'x' # c\nca = on\nserial = 0x0f\nactivation_date = \"2031-01-01\"")
	f.Fuzz(func(t *testing.T, text string) {
		formatted, err := Format("fuzz.info", []byte(text))
		if err != nil {
			return
		}
		again, err := Format("fuzz.info", formatted)
		if err != nil || string(again) != string(formatted) {
			t.Fatalf("%q is formatted %q, and again %q, %v", text, formatted, again, err)
		}
		_, before := Parse("", []byte(text))
		_, after := Parse("", formatted)
		if one, other := codes(before), codes(after); one != other {
			t.Errorf("%q has the faults %s, formatted %s", text, one, other)
		}
	})
}

func codes(err error) string {
	var faults Errors
	errors.As(err, &faults)
	var all []string
	for _, fault := range faults {
		all = append(all, string(fault.Code))
	}
	return strings.Join(all, " ")
}
