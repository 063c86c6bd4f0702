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

// startCerttool starts vncsec certtool on a terminal, in a folder with a key.
func startCerttool(t *testing.T, args ...string) (person *ttytest.Terminal, program *exec.Cmd, dir string) {
	t.Helper()
	dir = t.TempDir()
	vncsec(t, "certtool", "--generate-privkey", "--key-type", "ecdsa", "--outfile", filepath.Join(dir, "key.pem"))
	program = exec.Command("vncsec", append([]string{"certtool"}, args...)...)
	program.Dir = dir
	program.Env = append(os.Environ(), "TERM=xterm", "NO_COLOR=1")
	return ttytest.Start(t, program), program, dir
}

// TestCerttoolQuestions makes a request by answering certtool's questions.
func TestCerttoolQuestions(t *testing.T) {
	person, _, dir := startCerttool(t, "--generate-request", "--load-privkey", "key.pem", "--outfile", "request.pem")
	for _, question := range []string{"Country name (2 chars)", "State or province", "Locality", "Organization name", "Organizational unit"} {
		person.Answer(question, "\r")
	}
	person.Answer("Common name", "a.example\r")
	for _, question := range []string{"UID", "domain component", "dnsName", "URI", "IP address", "e-mail"} {
		person.Answer(question, "\r")
	}
	person.Expect("challenge password")
	person.Type("secret\r")
	for _, question := range []string{"authority", "encryption", "sign code", "time stamping", "email protection", "IPsec", "OCSP", "web client", "web server"} {
		person.Answer(question, "\r")
	}
	ended(t, person, 0)
	if screen := person.Screen(); strings.Contains(screen, "secret") {
		t.Errorf("the challenge password was shown: %q", screen)
	}
	request, err := os.ReadFile(filepath.Join(dir, "request.pem"))
	if err != nil || !strings.Contains(string(request), "Subject: CN=a.example") || !strings.Contains(string(request), "Challenge password: secret") {
		t.Errorf("the request is not what was asked for: %v\n%s", err, request)
	}
}

// TestInterruptedCerttool interrupts certtool's questions. The terminal must show again
// what is typed, and nothing may be written.
func TestInterruptedCerttool(t *testing.T) {
	keyboard := func(person *ttytest.Terminal, _ *exec.Cmd) { person.Type("\x03") }
	signal := func(_ *ttytest.Terminal, program *exec.Cmd) { _ = program.Process.Signal(syscall.SIGTERM) }
	for name, test := range map[string]struct {
		option, question string
		interrupt        func(*ttytest.Terminal, *exec.Cmd)
	}{
		"line, Ctrl-C":      {"--load-privkey=key.pem", "Country name", keyboard},
		"line, SIGTERM":     {"--load-privkey=key.pem", "Country name", signal},
		"password, Ctrl-C":  {"--load-privkey=sealed.pem", "assword", keyboard},
		"password, SIGTERM": {"--load-privkey=sealed.pem", "assword", signal},
	} {
		t.Run(name, func(t *testing.T) {
			sealed := filepath.Join(t.TempDir(), "sealed.pem")
			vncsec(t, "certtool", "--generate-privkey", "--key-type", "ecdsa", "--password", "x", "--outfile", sealed)
			option := strings.Replace(test.option, "sealed.pem", sealed, 1)
			person, program, dir := startCerttool(t, "--generate-request", option, "--outfile", "request.pem")
			person.Expect(test.question)
			test.interrupt(person, program)
			ended(t, person, 130)
			if !person.Echoes() {
				t.Error("the terminal does not show any more what is typed")
			}
			if _, err := os.Lstat(filepath.Join(dir, "request.pem")); !os.IsNotExist(err) {
				t.Errorf("there is a request: %v", err)
			}
		})
	}
}
