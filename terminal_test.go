package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"vncsec/internal/ttytest"
)

// start starts vncsec on a terminal, with a CA folder of its own.
func start(t *testing.T, args ...string) (person *ttytest.Terminal, program *exec.Cmd, caDir string) {
	t.Helper()
	caDir = filepath.Join(t.TempDir(), "ca")
	program = exec.Command("vncsec", args...)
	program.Env = append(os.Environ(), "VNCSEC_CA_DIR="+caDir, "TERM=xterm", "NO_COLOR=1")
	return ttytest.Start(t, program), program, caDir
}

// ended fails the test unless the program ends with an exit code.
func ended(t *testing.T, person *ttytest.Terminal, want int) {
	t.Helper()
	if code := person.Wait(); code != want {
		t.Errorf("exit code %d, want %d; the terminal has shown %q", code, want, person.Screen())
	}
}

// TestQuestions creates a CA with a sealed key by answering questions, and issues
// a certificate from it.
func TestQuestions(t *testing.T) {
	person, _, caDir := start(t, "ca", "init")
	person.Answer("Name of your organization", "Example Org\r")
	person.Answer("Seal the CA key", "\r")
	person.Expect("New passphrase")
	person.Type("correct horse\r")
	person.Expect("again")
	person.Type("correct house\r")
	person.Expect("differ")
	for _, question := range []string{"New passphrase", "again"} {
		person.Expect(question)
		person.Type("correct horse\r")
	}
	person.Expect("next: vncsec issue server HOST")
	ended(t, person, 0)
	if screen := person.Screen(); strings.Contains(screen, "horse") || strings.Contains(screen, "\x1b[1;9") {
		t.Errorf("a passphrase or, with NO_COLOR, a colour was shown: %q", screen)
	}
	keyPEM, err := os.ReadFile(filepath.Join(caDir, "ca-key.pem"))
	if err != nil || !strings.Contains(string(keyPEM), "BEGIN ENCRYPTED PRIVATE KEY") {
		t.Errorf("the key is not sealed: %v", err)
	}

	for passphrase, code := range map[string]int{"correct horse\r": 0, "battery staple\r": 1} {
		program := exec.Command("vncsec", "issue", "client", "alice", "--ca-dir", caDir, "--out", filepath.Join(t.TempDir(), "alice"))
		person := ttytest.Start(t, program)
		person.Expect("Passphrase of the CA key: ")
		person.Type(passphrase)
		ended(t, person, code)
	}
}

// TestNoToTheSeal answers "no" where a sealed key is proposed.
func TestNoToTheSeal(t *testing.T) {
	person, _, caDir := start(t, "ca", "init", "--cn", "Example Org")
	person.Answer("Seal the CA key", "n\r")
	ended(t, person, 0)
	vncsec(t, "issue", "client", "alice", "--ca-dir", caDir, "--out", filepath.Join(t.TempDir(), "alice"))
}

// TestInterruptedQuestions interrupts vncsec while it asks, by the keyboard and
// by a signal from elsewhere. The terminal must show again what is typed.
func TestInterruptedQuestions(t *testing.T) {
	for name, interrupt := range map[string]func(*ttytest.Terminal, *exec.Cmd){
		"Ctrl-C":  func(person *ttytest.Terminal, _ *exec.Cmd) { person.Type("\x03") },
		"SIGTERM": func(_ *ttytest.Terminal, program *exec.Cmd) { _ = program.Process.Signal(syscall.SIGTERM) },
	} {
		t.Run("passphrase, "+name, func(t *testing.T) {
			person, program, caDir := start(t, "ca", "init", "--cn", "Example Org")
			person.Answer("Seal the CA key", "y\r")
			person.Expect("New passphrase")
			interrupt(person, program)
			person.Expect("vncsec: error: interrupted")
			ended(t, person, 130)
			if !person.Echoes() {
				t.Error("the terminal does not show any more what is typed")
			}
			if _, err := os.Lstat(caDir); !os.IsNotExist(err) {
				t.Errorf("there is a CA, or half of one: %v", err)
			}
		})
	}
	t.Run("name, Ctrl-C", func(t *testing.T) {
		person, _, _ := start(t, "ca", "init")
		person.Answer("Name of your organization", "\x03")
		ended(t, person, 130)
	})
	t.Run("name, SIGTERM", func(t *testing.T) {
		person, program, _ := start(t, "ca", "init")
		person.Expect("Name of your organization")
		_ = program.Process.Signal(syscall.SIGTERM)
		ended(t, person, 130)
		if !person.Echoes() {
			t.Error("the terminal does not show any more what is typed")
		}
	})
}

// TestNoPictureForTerminals keeps the bytes of a picture, which a server can choose, away from
// a terminal.
func TestNoPictureForTerminals(t *testing.T) {
	person, _, _ := start(t, "probe", "unix:/nowhere", "--screenshot", "-")
	person.Expect("standard output is a terminal")
	ended(t, person, 2)
}
