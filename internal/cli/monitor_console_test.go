package cli

import (
	"strings"
	"testing"

	"vncsec/internal/ttytest"
)

// promptWatcher notes whether the terminal shows what is typed when a prompt is written.
type promptWatcher struct {
	term   *ttytest.Terminal
	prompt string
	echoed bool
}

func (w *promptWatcher) Write(p []byte) (int, error) {
	if strings.Contains(string(p), w.prompt) {
		w.echoed = w.term.Echoes()
	}
	return len(p), nil
}

// TestPasswordPromptIsQuiet types as soon as the prompt is there, as somebody does who
// pastes: the terminal shows nothing of it.
func TestPasswordPromptIsQuiet(t *testing.T) {
	term, tty := ttytest.Open(t)
	watcher := &promptWatcher{term: term, prompt: "Password: ", echoed: true}
	console := newMonitorConsole(tty, watcher)
	term.Type("secret\r")
	password, err := console.ReadPassword("Password: ")
	if err != nil || string(password) != "secret" {
		t.Fatalf("password %q, %v", password, err)
	}
	if watcher.echoed {
		t.Error("the terminal shows what is typed when the prompt appears")
	}
	if !term.Echoes() {
		t.Error("the terminal is not as it was before")
	}
}
