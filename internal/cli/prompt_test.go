package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/term"

	"vncsec/internal/ttytest"
)

// at lets a person do something at a terminal while the test goes on; the test
// waits for its end.
func at(t *testing.T, do func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	t.Cleanup(func() { <-done })
}

func TestPromptInput(t *testing.T) {
	person, tty := ttytest.Open(t)
	at(t, func() {
		person.Answer("Name?", "x\r")
		person.Answer("too short", "Example Org\r")
	})
	got, err := newTerminal(tty, tty).Input(t.Context(), "Name?", func(name string) error {
		if len(name) < 2 {
			return errors.New("too short")
		}
		return nil
	})
	if err != nil || got != "Example Org" {
		t.Errorf("Input = %q, %v; the screen was %q", got, err, person.Screen())
	}
}

func TestPromptConfirm(t *testing.T) {
	for _, test := range []struct {
		keys         string
		preset, want bool
	}{{"\r", true, true}, {"\r", false, false}, {"y\r", false, true}, {"n\r", true, false}} {
		person, tty := ttytest.Open(t)
		at(t, func() { person.Answer("Sure?", test.keys) })
		got, err := newTerminal(tty, tty).Confirm(t.Context(), "Sure?", test.preset)
		if err != nil || got != test.want {
			t.Errorf("Confirm with %q and preset %v = %v, %v", test.keys, test.preset, got, err)
		}
	}
}

func TestPromptSecret(t *testing.T) {
	person, tty := ttytest.Open(t)
	at(t, func() {
		person.Expect("Passphrase: ")
		person.Type("geheim\r")
	})
	got, err := newTerminal(tty, tty).Secret(t.Context(), "Passphrase")
	if err != nil || string(got) != "geheim" {
		t.Errorf("Secret = %q, %v", got, err)
	}
	if strings.Contains(person.Screen(), "g") {
		t.Errorf("the secret was shown: %q", person.Screen())
	}
}

// TestPromptInterrupted presses Ctrl-C, which survey reads as a key. The terminal
// has to be left as it was found. Signals are a test of the whole program.
func TestPromptInterrupted(t *testing.T) {
	for name, ask := range map[string]func(Prompter) error{
		"input": func(p Prompter) error {
			_, err := p.Input(t.Context(), "Name?", func(string) error { return nil })
			return err
		},
		"confirm": func(p Prompter) error {
			_, err := p.Confirm(t.Context(), "Name?", true)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			person, tty := ttytest.Open(t)
			before, err := term.GetState(int(tty.Fd()))
			if err != nil {
				t.Fatal(err)
			}
			at(t, func() { person.Answer("Name?", "\x03") })
			if err := ask(newTerminal(tty, tty)); !errors.Is(err, context.Canceled) {
				t.Errorf("the error is %v", err)
			}
			after, err := term.GetState(int(tty.Fd()))
			if err != nil || !reflect.DeepEqual(before, after) {
				t.Errorf("the terminal was changed: %v", err)
			}
		})
	}
}

// TestNobodyToAsk takes files that are no terminals for nobody there.
func TestNobodyToAsk(t *testing.T) {
	_, tty := ttytest.Open(t)
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	for name, prompter := range map[string]Prompter{
		"no files":             newTerminal(strings.NewReader(""), &bytes.Buffer{}),
		"input from /dev/null": newTerminal(null, tty),
		"messages to a file":   newTerminal(tty, null),
	} {
		if prompter.Interactive() {
			t.Errorf("%s: there is somebody to ask", name)
		}
	}
	if !newTerminal(tty, tty).Interactive() {
		t.Error("a terminal: there is nobody to ask")
	}
}
