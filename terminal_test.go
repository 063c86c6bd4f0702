package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
)

// patience is how long a test waits for a program before it calls that a failure.
const patience = 60 * time.Second

// terminal is a program on a pseudo-terminal, with the test at the keyboard.
type terminal struct {
	t       *testing.T
	program *exec.Cmd
	tty     *os.File

	mu     sync.Mutex
	output bytes.Buffer // all that was shown and not yet read by expect
	ended  chan struct{}
}

// onTerminal starts a program on a new pseudo-terminal.
func onTerminal(t *testing.T, program *exec.Cmd) *terminal {
	t.Helper()
	tty, err := pty.StartWithSize(program, &pty.Winsize{Rows: 24, Cols: 100})
	if err != nil {
		t.Fatal(err)
	}
	term := &terminal{t: t, program: program, tty: tty, ended: make(chan struct{})}
	go term.watch()
	t.Cleanup(func() {
		_ = program.Process.Kill()
		_ = tty.Close()
		<-term.ended
	})
	return term
}

// watch collects what the program shows, and answers when it asks where the
// cursor is, as terminals do.
func (term *terminal) watch() {
	defer close(term.ended)
	chunk := make([]byte, 4096)
	for {
		n, err := term.tty.Read(chunk)
		if err != nil {
			return // EIO: the program has closed its end
		}
		term.mu.Lock()
		term.output.Write(chunk[:n])
		term.mu.Unlock()
		for range bytes.Count(chunk[:n], []byte("\x1b[6n")) {
			_, _ = term.tty.WriteString("\x1b[1;1R")
		}
	}
}

// expect waits until the program has shown a text, and returns what it showed up
// to there since the last expect.
func (term *terminal) expect(text string) string {
	term.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		term.mu.Lock()
		shown := term.output.String()
		if before, _, found := strings.Cut(shown, text); found {
			term.output.Next(len(before) + len(text))
			term.mu.Unlock()
			return before + text
		}
		term.mu.Unlock()
		if time.Now().After(deadline) {
			term.t.Fatalf("the terminal never showed %q, but %q", text, shown)
		}
	}
}

// enter types keys, with a carriage return wherever a line ends.
func (term *terminal) enter(keys string) {
	term.t.Helper()
	if _, err := term.tty.WriteString(strings.ReplaceAll(keys, "\n", "\r")); err != nil {
		term.t.Fatal(err)
	}
}

// wait waits for the end of the program and returns its exit code and the rest
// of what it showed.
func (term *terminal) wait() (code int, shown string) {
	term.t.Helper()
	done := make(chan error, 1)
	go func() { done <- term.program.Wait() }()
	select {
	case <-done:
	case <-time.After(patience):
		term.t.Fatalf("the program does not end; it showed %q", term.output.String())
	}
	<-term.ended
	return term.program.ProcessState.ExitCode(), term.output.String()
}
