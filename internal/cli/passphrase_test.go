package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// scripted is a Prompter that answers from lists and remembers the questions.
type scripted struct {
	absent   bool // nobody is there
	inputs   []string
	confirms []bool
	secrets  []string
	asked    []string
}

func (s *scripted) Interactive() bool { return !s.absent }

func (s *scripted) Input(_ context.Context, question string, check func(string) error) (string, error) {
	answer, err := next(s, question, &s.inputs)
	if err == nil {
		err = check(answer)
	}
	return answer, err
}

func (s *scripted) Confirm(_ context.Context, question string, _ bool) (bool, error) {
	return next(s, question, &s.confirms)
}

func (s *scripted) Secret(_ context.Context, question string) ([]byte, error) {
	answer, err := next(s, question, &s.secrets)
	return []byte(answer), err
}

// next takes the next answer of a list; behind its end there is the end of input.
func next[T any](s *scripted, question string, answers *[]T) (answer T, err error) {
	s.asked = append(s.asked, question)
	if len(*answers) == 0 {
		return answer, io.EOF
	}
	answer, *answers = (*answers)[0], (*answers)[1:]
	return answer, nil
}

// private writes a file that only its owner can read.
func private(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "passphrase")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReadPassphrase(t *testing.T) {
	long := strings.Repeat("x", maxPassphrase)
	for _, test := range []struct{ content, want, err string }{
		{"secret\n", "secret", ""},
		{"secret", "secret", ""},
		{"secret\r\n", "secret", ""},
		{" two words \n", " two words ", ""},
		{long + "\n", long, ""},
		{long + "\r\n", long, ""},
		{long + "y", "", "more than 1024 bytes"},
		{long + "y\n", "", "more than 1024 bytes"},
		{long + long + long, "", "more than 1024 bytes"},
		{"", "", "is empty"},
		{"\n", "", "is empty"},
		{"one\ntwo\n", "", "more than one line"},
		{"one\n\n", "", "more than one line"},
		{"nul\x00\n", "", "more than one line"},
	} {
		for name, env := range map[string]Env{
			private(t, test.content): {},
			"-":                      {Stdin: strings.NewReader(test.content)},
		} {
			got, err := env.readSecret("passphrase file", name)
			if test.err == "" && (err != nil || string(got) != test.want) {
				t.Errorf("%q: read %q, %v; want %q", test.content, got, err, test.want)
			}
			if test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err) || got != nil) {
				t.Errorf("%q: read %q, %v; want an error with %q", test.content, got, err, test.err)
			}
		}
	}
}

func TestPassphraseFileMode(t *testing.T) {
	path := private(t, "secret\n")
	for mode, open := range map[os.FileMode]bool{0o600: false, 0o400: false, 0o640: true, 0o604: true, 0o620: true, 0o644: true, 0o666: true} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := Env{}.readSecret("passphrase file", path)
		if open != (err != nil) {
			t.Errorf("mode %04o: error %v", mode, err)
		}
		if open && !slices.Contains(hints(err), "chmod 600 "+path) {
			t.Errorf("mode %04o: the hints are %q", mode, hints(err))
		}
	}
	if os.Geteuid() != 0 {
		t.Skip("only root can give a file away")
	}
	if err := errors.Join(os.Chmod(path, 0o600), os.Chown(path, 65534, 65534)); err != nil {
		t.Fatal(err)
	}
	if _, err := (Env{}).readSecret("passphrase file", path); err == nil || !strings.Contains(err.Error(), "user 65534") {
		t.Errorf("a stranger's file: error %v", err)
	}
}

// TestPassphrasePipe reads from a named pipe, which stands for a shell's process
// substitution; its mode says nothing.
func TestPassphrasePipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o644); err != nil {
		t.Fatal(err)
	}
	go func() {
		if err := os.WriteFile(path, []byte("secret\n"), 0); err != nil {
			t.Error(err)
		}
	}()
	if got, err := (Env{}).readSecret("passphrase file", path); err != nil || string(got) != "secret" {
		t.Errorf("read %q, %v", got, err)
	}
}

func TestNewPassphrase(t *testing.T) {
	for _, test := range []struct {
		name     string
		file     string
		unsealed bool
		person   scripted
		want     string // "" is an unsealed key
		err      string
		asked    int
	}{
		{name: "from a file", file: private(t, "from file\n"), want: "from file"},
		{name: "unsealed", unsealed: true},
		{name: "both", file: "x", unsealed: true, err: "exclude each other"},
		{name: "nobody there", person: scripted{absent: true}, err: "no terminal"},
		{name: "no file", file: "/nonexistent", err: "no such file"},
		{name: "asked, no seal", person: scripted{confirms: []bool{false}}, asked: 1},
		{name: "asked", person: scripted{confirms: []bool{true}, secrets: []string{"typed", "typed"}}, want: "typed", asked: 3},
		{
			name:   "mistyped and empty at first",
			person: scripted{confirms: []bool{true}, secrets: []string{"typed", "tpyed", "", "", "typed", "typed"}},
			want:   "typed", asked: 7,
		},
		{name: "gives up", person: scripted{confirms: []bool{true}, secrets: []string{"typed"}}, err: "no passphrase was entered", asked: 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			var messages bytes.Buffer
			env := Env{Prompter: &test.person, Stderr: &messages}
			got, err := env.newPassphrase(t.Context(), test.file, test.unsealed)
			if (err != nil) != (test.err != "") || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("error %v, want %q", err, test.err)
			}
			if string(got) != test.want || (got == nil) != (test.want == "") {
				t.Errorf("passphrase %q, want %q", got, test.want)
			}
			if len(test.person.asked) != test.asked {
				t.Errorf("the person was asked %q", test.person.asked)
			}
			if strings.Contains(messages.String(), "typed") {
				t.Errorf("the passphrase is in the messages: %s", &messages)
			}
		})
	}
}

func TestKnownPassphrase(t *testing.T) {
	person := &scripted{secrets: []string{"typed"}}
	env := Env{Prompter: person}
	if got, err := env.knownPassphrase(t.Context(), private(t, "from file\n"))(); err != nil || string(got) != "from file" {
		t.Errorf("with a file: %q, %v", got, err)
	}
	ask := env.knownPassphrase(t.Context(), "")
	if len(person.asked) > 0 {
		t.Error("the person was asked before the key turned out to be sealed")
	}
	if got, err := ask(); err != nil || string(got) != "typed" {
		t.Errorf("on a terminal: %q, %v", got, err)
	}
	person.absent = true
	if _, err := ask(); err == nil || !strings.Contains(strings.Join(hints(err), ""), "--passphrase-file") {
		t.Errorf("without a terminal: %v, hints %q", err, hints(err))
	}
}
