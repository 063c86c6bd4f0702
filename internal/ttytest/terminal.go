// Package ttytest puts programs on pseudo-terminals, with the test at the
// keyboard and in front of the screen.
package ttytest

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// patience is how long a test waits for a program before it calls that a failure.
const patience = 60 * time.Second

// cursorQuery is how programs ask where the cursor is. The terminal answers.
const cursorQuery = "\x1b[6n"

// Terminal is a pseudo-terminal. It is closed, and its program killed, when the
// test ends.
type Terminal struct {
	t        testing.TB
	keyboard *os.File
	tty      *os.File
	program  *exec.Cmd // nil if the test itself is the program

	mu     sync.Mutex
	shown  bytes.Buffer
	unread int // where in shown the next Expect begins
}

// Open makes a new terminal for the test itself; tty is what a program would have
// as its standard streams.
func Open(t testing.TB) (term *Terminal, tty *os.File) {
	t.Helper()
	keyboard, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(keyboard, &pty.Winsize{Rows: 24, Cols: 100}); err != nil {
		t.Fatal(err)
	}
	term = &Terminal{t: t, keyboard: keyboard, tty: tty}
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		term.watch()
	}()
	t.Cleanup(func() {
		if term.program != nil {
			_ = term.program.Process.Kill()
		}
		_ = tty.Close()
		_ = keyboard.Close()
		<-closed
	})
	return term, tty
}

// Start starts a program on a new terminal.
func Start(t testing.TB, program *exec.Cmd) *Terminal {
	t.Helper()
	term, tty := Open(t)
	program.Stdin, program.Stdout, program.Stderr = tty, tty, tty
	program.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true} // so that Ctrl-C is a signal
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	term.program = program
	return term
}

// watch collects what is shown and answers cursor queries.
func (term *Terminal) watch() {
	chunk := make([]byte, 4096)
	for {
		n, err := term.keyboard.Read(chunk)
		if err != nil {
			return // EIO: no program has the terminal open any more
		}
		for range bytes.Count(chunk[:n], []byte(cursorQuery)) {
			_, _ = term.keyboard.WriteString("\x1b[1;1R")
		}
		term.mu.Lock()
		term.shown.Write(chunk[:n])
		term.mu.Unlock()
	}
}

// Screen returns all that was shown so far, with its control sequences.
func (term *Terminal) Screen() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.shown.String()
}

// Expect waits until a text is shown after those that were expected before, and
// fails the test if it is not.
func (term *Terminal) Expect(text string) {
	term.t.Helper()
	if !term.await(patience, func(unread string) int {
		if at := strings.Index(unread, text); at >= 0 {
			return at + len(text)
		}
		return -1
	}) {
		term.t.Fatalf("the terminal never showed %q; it has shown %q", text, term.Screen())
	}
}

// await waits until found accepts what was shown and not yet read, by returning
// how much of it is read then, and tells whether that happened in time.
func (term *Terminal) await(limit time.Duration, found func(unread string) int) bool {
	for deadline := time.Now().Add(limit); ; time.Sleep(10 * time.Millisecond) {
		term.mu.Lock()
		read := found(term.shown.String()[term.unread:])
		term.unread += max(read, 0)
		term.mu.Unlock()
		if read >= 0 {
			return true
		}
		if time.Now().After(deadline) {
			return false
		}
	}
}

// Type presses keys; a line ends with the return key, \r.
func (term *Terminal) Type(keys string) {
	term.t.Helper()
	if _, err := term.keyboard.WriteString(keys); err != nil {
		term.t.Fatal(err)
	}
}

// Answer types keys in answer to a question of the survey library. That asks for
// the terminal's size and the cursor first, and may lose what arrives together
// with the reply: keys to which nothing happens are typed again.
func (term *Terminal) Answer(question, keys string) {
	term.t.Helper()
	term.Expect(question)
	term.Expect(cursorQuery)
	term.Expect(cursorQuery)
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		before := len(term.Screen())
		term.Type(keys)
		if term.await(2*time.Second, func(string) int {
			if term.shown.Len() > before {
				return 0
			}
			return -1
		}) {
			return
		}
	}
	term.t.Fatalf("nothing happened when %q was answered with %q", question, keys)
}

// Wait waits for the end of the program and returns its exit code.
func (term *Terminal) Wait() int {
	term.t.Helper()
	done := make(chan error, 1)
	go func() { done <- term.program.Wait() }()
	select {
	case <-done:
	case <-time.After(patience):
		term.t.Fatalf("the program does not end; it has shown %q", term.Screen())
	}
	// Behind all that the program has shown.
	const end = "[end of the program]"
	if _, err := term.tty.WriteString(end); err != nil {
		term.t.Fatal(err)
	}
	term.Expect(end)
	return term.program.ProcessState.ExitCode()
}

// Echoes tells whether the terminal shows what is typed.
func (term *Terminal) Echoes() bool {
	term.t.Helper()
	before := len(term.Screen())
	term.Type("?")
	return term.await(2*time.Second, func(string) int {
		if strings.Contains(term.shown.String()[before:], "?") {
			return 0
		}
		return -1
	})
}
