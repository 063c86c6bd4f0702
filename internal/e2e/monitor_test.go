package e2e_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"vncsec/internal/peertest"
	"vncsec/internal/ttytest"
	"vncsec/vncserve/listen"
	"vncsec/vncserve/probe"
	"vncsec/vncserve/security"
)

// quietCommand is a console's command that says nothing and does not end by itself.
var quietCommand = []string{"--", "sleep", "1000"}

// onTerminal starts a server that asks for a password, its monitor on a terminal.
func onTerminal(t *testing.T, socket string) (*exec.Cmd, *ttytest.Terminal) {
	t.Helper()
	cmd := command(t, append([]string{"serve", "--monitor", "stdio", "--password", "--drain", "20s", "--listen", "unix:" + socket}, quietCommand...)...)
	term := ttytest.Start(t, cmd)
	term.Expect("(vncsec) ")
	return cmd, term
}

// TestMonitorOnATerminal sets a password with slips of the fingers: the terminal
// shows stars and takes them back, and what counts is what is left.
func TestMonitorOnATerminal(t *testing.T) {
	t.Parallel()
	socket := socketPath(t)
	_, term := onTerminal(t, socket)
	term.Type("change vnc password\r")
	term.Expect("Password: ")
	term.Type("first\x03") // Ctrl-C gives up the password, not the server
	term.Expect("*****\r\n")
	term.Expect("the password is not changed")
	term.Expect("(vncsec) ")
	if !term.Echoes() {
		t.Error("after Ctrl-C the terminal does not show what is typed")
	}
	term.Type("\x15change vnc password\r")
	term.Expect("Password: ")
	term.Type("wrong\x15secrex\x7ft\r") // Ctrl-U, backspace
	term.Expect("*****\b \b")
	term.Expect("******\b \b*\r\n")
	term.Expect("(vncsec) ")
	for _, secret := range []string{"first", "wrong", "secre"} {
		if strings.Contains(term.Screen(), secret) {
			t.Errorf("the terminal shows %q:\n%s", secret, term.Screen())
		}
	}
	server := listen.Address{Path: socket}
	for password, good := range map[string]bool{"secret": true, "first": false, "wrongsecret": false} {
		client, err := probe.Connect(t.Context(), server, probe.Options{Credentials: security.Credentials{Password: []byte(password)}})
		if (err == nil) != good {
			t.Errorf("password %q: %v", password, err)
		}
		if err == nil {
			_ = client.Close()
		}
	}
	term.Type("quit\r")
	if code := term.Wait(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if _, err := os.Lstat(socket); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the socket is still there (%v)", err)
	}
}

// TestTerminationInMidPassword ends the server while a password is being typed and a
// viewer has time to leave: the terminal shows what is typed at once.
func TestTerminationInMidPassword(t *testing.T) {
	t.Parallel()
	socket := socketPath(t)
	cmd, term := onTerminal(t, socket)
	term.Type("change vnc password secret\r")
	term.Expect("(vncsec) ")
	server := listen.Address{Path: socket}
	viewer, err := probe.Connect(t.Context(), server, probe.Options{Credentials: security.Credentials{Password: []byte("secret")}})
	if err != nil {
		t.Fatal(err)
	}
	term.Type("change vnc password\r")
	term.Expect("Password: ")
	term.Type("hal")
	term.Expect("***")
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	term.Expect("stopping")
	peertest.Eventually(t, "the terminal shows what is typed", term.Echoes)
	_ = viewer.Close()
	if code := term.Wait(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestMonitorOnAPipe sends a line that is far too long, and one behind it.
func TestMonitorOnAPipe(t *testing.T) {
	t.Parallel()
	console := serve(t, append([]string{"--password", "--listen", "unix:" + socketPath(t)}, quietCommand...)...)
	console.tell("change vnc password")
	console.tell(strings.Repeat("secret ", 2000))
	console.waitLog("Error: the line is too long")
	console.tell("help")
	console.waitLog("change vnc password [PASSWORD] -- ")
	if strings.Contains(console.Log(), "secret") {
		t.Errorf("the password is shown:\n%s", console.Log())
	}
	console.tell("quit")
	if err := console.Wait(t); err != nil {
		t.Errorf("vncsec serve ended with %v", err)
	}
}

// TestHangup loses the terminal of servers that have nothing to load anew, or were
// started to try something out: they end in order.
func TestHangup(t *testing.T) {
	t.Parallel()
	t.Run("serve", func(t *testing.T) {
		t.Parallel()
		socket := socketPath(t)
		console := serve(t, append([]string{"--listen", "unix:" + socket}, quietCommand...)...)
		console.Signal(t, syscall.SIGHUP)
		if err := console.Wait(t); err != nil {
			t.Errorf("vncsec serve ended with %v", err)
		}
		if _, err := os.Lstat(socket); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the socket is still there (%v)", err)
		}
	})
	t.Run("quickstart", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(t.TempDir(), "q")
		cmd := command(t, append([]string{"quickstart", "--dir", dir, "--listen", anyPort}, quietCommand...)...)
		process := peertest.Start(t, cmd)
		peertest.Eventually(t, "quickstart serves", func() bool {
			if !process.Running() {
				t.Fatalf("quickstart ended:\n%s", process.Log())
			}
			return strings.Contains(process.Log(), "Serving until interrupted")
		})
		process.Signal(t, syscall.SIGHUP)
		if err := process.Wait(t); err != nil {
			t.Errorf("vncsec quickstart ended with %v\n%s", err, process.Log())
		}
	})
}

// TestQuickstartsAtOnce starts several in one folder at the same time: all serve. They
// keep away from the displays that the README's servers want.
func TestQuickstartsAtOnce(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "q")
	var processes []*peertest.Process
	for range 4 {
		cmd := command(t, append([]string{"quickstart", "--dir", dir, "--listen", anyPort}, quietCommand...)...)
		processes = append(processes, peertest.Start(t, cmd))
	}
	for i, process := range processes {
		peertest.Eventually(t, fmt.Sprintf("quickstart %d serves", i), func() bool {
			if !process.Running() {
				t.Fatalf("quickstart %d ended:\n%s", i, process.Log())
			}
			return strings.Contains(process.Log(), "Serving until interrupted")
		})
	}
}
