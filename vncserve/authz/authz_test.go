package authz

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"vncsec/vncserve/reason"
)

const dn = "C=GB,ST=London,O=Example Ltd,CN=alice"

// TestAllows decides on names by lists in both forms.
func TestAllows(t *testing.T) {
	for _, test := range []struct {
		name, list     string
		allows, denies []string
	}{
		{"plain", "# who may\n\n  alice  \nbob@EXAMPLE.ORG\r\n" + dn + "\n", []string{"alice", "bob@EXAMPLE.ORG", dn}, []string{"", "Alice", "bob", "alice ", "# who may", "eve", "C=GB"}},
		{"plain without an end", "alice", []string{"alice"}, []string{"alic", "alicee"}},
		{"plain stars are stars", "*", []string{"*"}, []string{"alice"}},
		{"comments only", "# nobody\n", nil, []string{"", "alice", "# nobody"}},
		{"JSON and empty", "{}", nil, []string{"", "alice"}},
		{"QEMU's example", `{"policy": "deny", "rules": [
			{"match": "fred", "policy": "allow", "format": "exact"},
			{"match": "bob*", "policy": "allow", "format": "glob"},
			{"match": "danb", "policy": "deny"},
			{"match": "dan?", "policy": "allow", "format": "glob"}]}`,
			[]string{"fred", "bob", "bobby", "dana"}, []string{"", "Fred", "freda", "abob", "danb", "dan", "danab"}},
		{"the first rule decides", `{"policy": "allow", "rules": [{"match": "eve", "policy": "deny"}, {"match": "eve", "policy": "allow"}]}`, []string{"alice"}, []string{"eve", ""}},
		{"exact is the default", `{"rules": [{"match": "a*", "policy": "allow"}]}`, []string{"a*"}, []string{"alice"}},
		{"certificates", `{"rules": [{"match": "C=GB,*,CN=?*", "policy": "allow", "format": "glob"}]}`, []string{dn}, []string{"C=GB,CN=alice", "C=GB,O=x,CN=", "C=DE," + dn}},
	} {
		t.Run(test.name, func(t *testing.T) {
			list, err := Parse([]byte(test.list))
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range test.allows {
				if !list.Allows(name) {
					t.Errorf("%q is denied", name)
				}
			}
			for _, name := range test.denies {
				if list.Allows(name) {
					t.Errorf("%q is allowed", name)
				}
			}
		})
	}
}

// TestAliases: by another of his names nobody gets around a rule, or past one.
func TestAliases(t *testing.T) {
	const plain, full = "eve", "eve@host.example"
	for _, test := range []struct {
		name, list        string
		allows, restricts [2]bool // plain with the alias full, full with the alias plain
	}{
		{"listed plain", "eve\n", [2]bool{true, false}, [2]bool{true, true}},
		{"listed full", "eve@host.example\n", [2]bool{false, true}, [2]bool{true, true}},
		{"not listed", "alice\n", [2]bool{}, [2]bool{}},
		{"denied plain", `{"policy": "allow", "rules": [{"match": "eve", "policy": "deny"}]}`, [2]bool{false, false}, [2]bool{false, true}},
		{"denied full", `{"policy": "allow", "rules": [{"match": "*@host.example", "format": "glob", "policy": "deny"}]}`, [2]bool{false, false}, [2]bool{true, false}},
	} {
		list, err := Parse([]byte(test.list))
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]bool{list.Allows(plain, full), list.Allows(full, plain)}; got != test.allows {
			t.Errorf("%s: allows %v, want %v", test.name, got, test.allows)
		}
		if got := [2]bool{list.Restricts(plain, full), list.Restricts(full, plain)}; got != test.restricts {
			t.Errorf("%s: restricts %v, want %v", test.name, got, test.restricts)
		}
		if list.Allows("", plain) || list.Restricts("", plain) {
			t.Errorf("%s: an alias stands for nobody", test.name)
		}
	}
}

// TestAlike: names that are the same person's for LDAP or PAM meet the rules that restrict,
// and none of those that allow.
func TestAlike(t *testing.T) {
	list, err := Parse([]byte(`{"policy": "allow", "rules": [
		{"match": "alice", "policy": "deny"}, {"match": "Bob*", "format": "glob", "policy": "deny"}, {"match": "C=GB,CN=Carol Ann", "policy": "deny"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	looks, err := Parse([]byte("alice\nBobby\nC=GB,CN=Carol Ann\n"))
	if err != nil {
		t.Fatal(err)
	}
	for name, met := range map[string]bool{
		"alice": true, "ALICE": true, "Alice": true, "al\u0131ce": false, "a l i c e": true, "ali\u200bce": true, "ali\ufe0fce": true,
		"\uff41lice": true, "alicf": false, "alice2": false, "\u00e1lice": false, "bobby": true, "BOBBY": true, "\u212aate": false,
		"c=gb,cn=CAROL  ANN": true, "C=GB,CN=Carol": false, "ali\xffce": false,
	} {
		if list.Allows(name) == met {
			t.Errorf("%q is allowed: %v", name, !met)
		}
		if looks.Restricts(name) != met {
			t.Errorf("%q is restricted: %v", name, !met)
		}
		if exact := name == "alice"; looks.Allows(name) != exact {
			t.Errorf("%q is let in: %v", name, !exact)
		}
		if !list.Restricts("eve", name) { // its rules that deny let go, and do so for nobody else
			t.Errorf("eve is let go as %q", name)
		}
	}
	kelvin, err := Parse([]byte("kate\n"))
	if err != nil || !kelvin.Restricts("\u212aATE") { // the sign of the kelvin is a K
		t.Errorf("an alien K is not met: %v", err)
	}
}

// TestFaults expects each fault to be named with its line.
func TestFaults(t *testing.T) {
	for _, test := range []struct{ list, fault string }{
		{"", "line 1: the file is empty"},
		{" \n\n", "line 1: the file is empty"},
		{"alice\nb\x00b\n", `line 2: the invisible character '\x00'`},
		{"\ufeffalice\n", `line 1: the invisible character '\ufeff'`},
		{"\ufeff{\"policy\": \"deny\"}", `line 1: the invisible character '\ufeff'`},
		{"# x\nali\u200bce\n", `line 2: the invisible character '\u200b'`},
		{"\n[{\"match\": \"alice\", \"policy\": \"allow\"}]", "line 2: it begins like JSON"},
		{"alice\n\xff\nbob\n", "line 2: it is not UTF-8"},
		{"{", "line 1: the file ends"},
		{`{"policy": "deny"`, "the file ends"},
		{"{\n\"policy\": \"maybe\"}", `line 2: policy is "maybe", and must be "deny" or "allow"`},
		{`{"policy": true}`, "policy is true, and must be a text"},
		{`{"Policy": "allow"}`, `unknown member "Policy"`},
		{`{"policy": "deny", "policy": "allow"}`, `"policy" is there twice`},
		{`{"rules": {}}`, `found { where "[" must stand`},
		{`{"rules": ["alice"]}`, `found alice where "{" must stand`},
		{"{\"rules\": [\n{\"match\": \"alice\"}]}", `line 2: the rule for "alice" has no policy`},
		{`{"rules": [{"policy": "allow"}]}`, "a rule has no match"},
		{`{"rules": [{"match": "", "policy": "allow"}]}`, "a rule has no match"},
		{`{"rules": [{"match": "a", "policy": "allow", "format": "regex"}]}`, `format is "regex", and must be "exact" or "glob"`},
		{`{"rules": [{"match": "a", "policy": "allow", "fromat": "glob"}]}`, `unknown member "fromat"`},
		{`{} {}`, "found { after the list"},
		{`{"rules": [{"match": 'a'}]}`, "invalid character"},
		{`{"rules": [{"match": "a", "policy": "allow"},]}`, "invalid character"},
	} {
		_, err := Parse([]byte(test.list))
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || !strings.Contains(err.Error(), test.fault) {
			t.Errorf("%s: error %v, want %q", test.list, err, test.fault)
		}
	}
}

func TestGlob(t *testing.T) {
	for _, test := range []struct {
		pattern, name string
		want          bool
	}{
		{"", "", true}, {"", "a", false}, {"*", "", true}, {"**", "ab", true}, {"?", "", false}, {"?", "ü", true},
		{"a*b*c", "aXbYc", true}, {"a*b*c", "abcabc", true}, {"a*b*c", "abcab", false}, {"*a", "ba", true}, {"*a", "ab", false},
		{"[ab]", "a", false}, {"[ab]", "[ab]", true}, {`\*`, "*", false}, {`\*`, `\x`, true}, {"a?c", "abc", true}, {"a?c", "ac", false},
		{"*ü*", "xüx", true}, {"?ü", "üü", true},
	} {
		if got := matchGlob(test.pattern, test.name); got != test.want {
			t.Errorf("%q on %q: %v", test.pattern, test.name, got)
		}
	}
}

// TestFile changes a list while it is in use.
func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "users")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	log := &bytes.Buffer{}
	logger := slog.New(slog.NewTextHandler(log, nil))
	if _, err := Open(path, logger); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("a missing file: %v", err)
	} else if code, _ := reason.Of(err); code != reason.AuthzListInvalid {
		t.Errorf("code %s", code)
	}
	if _, err := Open(t.TempDir(), logger); !errors.Is(err, errNotRegular) {
		t.Errorf("a folder: %v", err)
	}
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(pipe, logger); !errors.Is(err, errNotRegular) {
		t.Errorf("a pipe: %v", err)
	}
	write("alice\n")
	f, err := Open(path, logger)
	if err != nil {
		t.Fatal(err)
	}
	expect := func(when string, alice, bob bool) {
		t.Helper()
		if f.Allows("alice") != alice || f.Allows("bob") != bob {
			t.Errorf("%s: alice %v, bob %v", when, f.Allows("alice"), f.Allows("bob"))
		}
	}
	expect("at first", true, false)
	write("bob\n# al\n") // the same length
	expect("changed", false, true)
	write(`{"rules": [`)
	expect("broken", false, true)
	if n := strings.Count(log.String(), "not reloaded"); n != 1 {
		t.Errorf("the fault is logged %d times", n)
	}
	write(strings.Repeat("#", MaxSize+1))
	expect("too large", false, true)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	expect("gone", false, true)
	write("")
	expect("empty", false, true)
	write("# nobody\n")
	expect("of nobody", false, false)
	write("alice\nbob\n")
	expect("back", true, true)
	write("eve\n")
	if err := os.Chmod(path, 0o606); err != nil {
		t.Fatal(err)
	}
	expect("anybody's", true, true)
	if !strings.Contains(log.String(), "every user can change it (mode 0606)") {
		t.Errorf("the log does not say why:\n%s", log)
	}
	if _, err := Open(path, logger); err == nil {
		t.Error("a list of anybody's is taken")
	}
}

// FuzzParse: a list that is understood denies nobody's name and decides in bounded time.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"alice\n# x\n", "{}", `{"policy":"allow","rules":[{"match":"a*b?","policy":"deny","format":"glob"}]}`, "{\"rules\":[", "\xff"} {
		f.Add([]byte(seed), "alice")
	}
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		list, err := Parse(data)
		if err != nil {
			var syntax *SyntaxError
			if !errors.As(err, &syntax) || syntax.Line < 1 || syntax.Reason == "" {
				t.Errorf("error %v", err)
			}
			return
		}
		if list.Allows("") {
			t.Error("nobody is allowed")
		}
		for _, rule := range list.Rules { // a rule that meets a name meets it by every other one
			if rule.matches(name) && !rule.meets([]string{"other", name}) {
				t.Errorf("%+v meets %q, and not as an alias", rule, name)
			}
		}
		list.Allows(name, name+"@x")
		list.Restricts(name, name+"@x")
	})
}
