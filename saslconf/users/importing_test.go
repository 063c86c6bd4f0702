package users

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadList(t *testing.T) {
	entry := func(user, realm, password string) Entry {
		return Entry{Name: Name{user, realm}, Password: []byte(password)}
	}
	for name, test := range map[string]struct {
		csv  bool
		text string
		want []Entry
		err  string
	}{
		"lines":            {text: "# people\n\nalice:se:cret\r\nbob@there:x y ", want: []Entry{entry("alice", "here", "se:cret"), entry("bob", "there", "x y ")}},
		"no colon":         {text: "alice:x\nbob\n", err: "line 2: there is no colon: expected USER:PASSWORD"},
		"twice":            {text: "alice:x\nalice@here:y\n", err: `line 2: "alice" in realm "here" is in line 1 already`},
		"no password":      {text: "alice:\n", err: "line 1: the password is empty"},
		"nobody":           {text: "# nobody\n", err: "there is nobody in the list"},
		"many faults":      {text: "x\ny\n", err: "line 1: there is no colon: expected USER:PASSWORD\nline 2: there is no colon: expected USER:PASSWORD"},
		"records":          {csv: true, text: "alice,\"se,cret\"\nbob,x,there\n#no,body\n", want: []Entry{entry("alice", "here", "se,cret"), entry("bob", "there", "x")}},
		"one field":        {csv: true, text: "alice\n", err: "line 1: there are 1 fields: expected USER,PASSWORD or USER,PASSWORD,REALM"},
		"two realms":       {csv: true, text: "alice@a,x,b\n", err: `line 1: "alice@a" has a realm, and there is one beside it`},
		"open quotes":      {csv: true, text: "alice,x\n\"bob,x\n", err: "line 2: extraneous or missing \" in quoted-field"},
		"too many":         {text: manyUsers(maxEntries + 1), err: fmt.Sprintf("the list has more than %d users", maxEntries)},
		"too much":         {text: strings.Repeat("#", maxList+1), err: "the list has more than 4 MiB"},
		"password no text": {text: "alice:\xff\n", err: "line 1: the password is not a line of printable text in UTF-8"},
	} {
		read := ReadList
		if test.csv {
			read = ReadCSV
		}
		got, err := read(strings.NewReader(test.text), "here")
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if text := fmt.Sprint(err); test.err != "" && text != test.err || test.err == "" && err != nil {
			t.Errorf("%s: got the error %q", name, text)
		}
	}
}

func manyUsers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "user%d:x\n", i)
	}
	return b.String()
}

// FuzzReadList never crashes on a list, and takes nothing from it that cannot be stored.
func FuzzReadList(f *testing.F) {
	for _, text := range []string{"alice:secret\n", "alice@b:c\n#\n", "alice,secret,realm\n", "\"a\"\"b\",c\n", "a,\"b\nc\"\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, read := range []func() ([]Entry, error){
			func() ([]Entry, error) { return ReadList(strings.NewReader(text), "realm") },
			func() ([]Entry, error) { return ReadCSV(strings.NewReader(text), "realm") },
		} {
			entries, err := read()
			if err != nil {
				continue
			}
			for _, e := range entries {
				if name, err := ParseName(e.String(), ""); err != nil || name != e.Name || CheckPassword(e.Password) != nil || bytes.ContainsAny(e.Password, "\x00\n") {
					t.Errorf("%q was taken: %v", e.Name, err)
				}
			}
		}
	})
}

func TestImport(t *testing.T) {
	t.Parallel()
	d, ctx := newDatabase(t), t.Context()
	check(t, d.Add(ctx, alice, []byte("old"), Storage{Plaintext: true}))
	entries := []Entry{{alice, []byte("new")}, {bob, []byte("secret")}}
	if err := d.Import(ctx, entries, Storage{}, false); !errors.Is(err, ErrExists) {
		t.Errorf("over an existing user: %v", err)
	}
	if diff := cmp.Diff([]User{{Name: alice, Plaintext: true}}, list(t, d)); diff != "" {
		t.Errorf("an import that failed changed something: %s", diff)
	}
	check(t, d.Import(ctx, entries, Storage{}, true))
	both := []User{scramUser(alice, DefaultMechanism), scramUser(bob, DefaultMechanism)}
	if diff := cmp.Diff(both, list(t, d)); diff != "" {
		t.Error(diff)
	}

	// From another database, into another realm: readable passwords become keys.
	check(t, d.Add(ctx, Name{"carol", alice.Realm}, []byte("x"), Storage{Plaintext: true}))
	other := newDatabase(t)
	names, err := other.ImportDatabase(ctx, d.Path, "new.example.org", Storage{}, false)
	check(t, err)
	if diff := cmp.Diff([]Name{{"alice", "new.example.org"}, {"bob", "new.example.org"}, {"carol", "new.example.org"}}, names); diff != "" {
		t.Error(diff)
	}
	for _, u := range list(t, other) {
		if u.Plaintext || u.Keys == nil || u.Realm != "new.example.org" {
			t.Errorf("there is %+v", u)
		}
	}

	check(t, d.Add(ctx, Name{"alice", "elsewhere"}, []byte("x"), Storage{}))
	if _, err := newDatabase(t).ImportDatabase(ctx, d.Path, "one", Storage{}, false); err == nil {
		t.Error("two users became one")
	}
}

// TestImportMany takes over a whole organization at once.
func TestImportMany(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	entries, err := ReadList(strings.NewReader(manyUsers(200)), "realm")
	check(t, err)
	check(t, d.Import(t.Context(), entries, Storage{Plaintext: true}, false))
	if n := len(list(t, d)); n != 200 {
		t.Errorf("%d users are there", n)
	}
}
