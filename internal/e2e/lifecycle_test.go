package e2e_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"vncsec/internal/peertest"
)

// TestTermination ends the server while viewers look on: they leave, and neither
// the socket nor a process of it stays.
func TestTermination(t *testing.T) {
	t.Parallel()
	guest := peertest.StartQEMU(t, peertest.QEMUOptions{Socket: socketPath(t)})
	socket := socketPath(t)
	console := serve(t, "--listen", "unix:"+socket, "--backend", guest.Address, "--drain", "1s")
	viewer := peertest.StartGTKVNC(t, peertest.GTKVNCOptions{Address: console.address})
	peertest.WaitSame(t, "gtk-vnc shows QEMU's screen", guest.Picture(), viewer.Picture)

	console.Signal(t, syscall.SIGTERM)
	if err := console.Wait(t); err != nil {
		t.Errorf("vncsec serve ended with %v", err)
	}
	viewer.WaitDisconnected()
	if _, err := os.Lstat(socket); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the socket is still there (%v)", err)
	}
}

// TestTerminationEndsTheCommand leaves no process of a console behind, not even one
// that does not want to go.
func TestTerminationEndsTheCommand(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "pid")
	script := fmt.Sprintf(`trap "" HUP TERM INT; echo $$ > '%[1]s.new'; mv '%[1]s.new' '%[1]s'; while :; do sleep 0.1; done`, file)
	console := serve(t, "--listen", "unix:"+socketPath(t), "--", "sh", "-c", script)
	var pid int
	peertest.Eventually(t, "the command runs", func() bool {
		text, _ := os.ReadFile(file)
		n, _ := fmt.Sscan(string(text), &pid)
		return n == 1
	})

	console.Signal(t, syscall.SIGTERM)
	if err := console.Wait(t); err != nil {
		t.Errorf("vncsec serve ended with %v", err)
	}
	if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("the command is still there (%v)", err)
	}
}

// TestSocketOfAnotherServer replaces the socket that a dead server left behind,
// and leaves that of a living one alone.
func TestSocketOfAnotherServer(t *testing.T) {
	t.Parallel()
	guest := peertest.StartQEMU(t, peertest.QEMUOptions{Socket: socketPath(t)})
	socket := socketPath(t)
	dead := serve(t, "--listen", "unix:"+socket, "--backend", guest.Address)
	dead.Kill()
	info, err := os.Lstat(socket)
	if err != nil {
		t.Fatalf("a killed server left no socket to replace: %v", err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 {
		t.Errorf("the socket's mode is %v, want 0600", mode)
	}

	living := serve(t, "--listen", "unix:"+socket, "--backend", guest.Address)
	out, err := command(t, "serve", "--listen", "unix:"+socket, "--backend", guest.Address).CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(out), socket) {
		t.Errorf("a second server on the socket: %v, want exit code 1 and the path\n%s", err, out)
	}
	viewer := peertest.StartGTKVNC(t, peertest.GTKVNCOptions{Address: living.address})
	peertest.WaitSame(t, "gtk-vnc shows QEMU's screen", guest.Picture(), viewer.Picture)
}

// TestNothingStays has many viewers come and go, in good and in bad ways: the
// server then holds as many files as before.
func TestNothingStays(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	guest := peertest.StartQEMU(t, peertest.QEMUOptions{Socket: socketPath(t)})
	console := serve(t, "--listen", anyPort, "--x509verify", s.server, "--backend", guest.Address)
	if err := login(t, console.address, s.admin()); err != nil {
		t.Fatal(err)
	}
	before := console.openFiles()
	for range 30 {
		if err := login(t, console.address, s.admin()); err != nil {
			t.Error(err)
		}
		if err := login(t, console.address, s.anonymous()); err == nil {
			t.Error("a client without a certificate was let in")
		}
	}
	viewer := peertest.StartGTKVNC(t, peertest.GTKVNCOptions{Address: console.address, Identity: s.admin()})
	viewer.WaitInitialized()
	viewer.Kill()
	peertest.Eventually(t, "the server closes all connections", func() bool { return console.openFiles() <= before })
}

// openFiles counts the files and connections that the server has open.
func (s *server) openFiles() int {
	s.t.Helper()
	files, err := os.ReadDir(filepath.Join("/proc", strconv.Itoa(s.PID()), "fd"))
	if err != nil {
		s.t.Fatal(err)
	}
	return len(files)
}

// TestReload revokes a client while the server runs: once told to look, it does
// not let it in any more, and those who are in stay.
func TestReload(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	authority := peertest.LoadAuthority(t, s.authority)
	dismissed := t.TempDir()
	certificate := authority.Issue(t, dismissed, "client", peertest.Client)
	guest := peertest.StartQEMU(t, peertest.QEMUOptions{Socket: socketPath(t)})
	console := serve(t, "--listen", anyPort, "--x509verify", s.server, "--backend", guest.Address)
	viewer := peertest.StartGTKVNC(t, peertest.GTKVNCOptions{Address: console.address, Identity: s.admin()})
	viewer.WaitInitialized()
	if err := login(t, console.address, peertest.ClientIdentity(dismissed)); err != nil {
		t.Errorf("before the revocation: %v", err)
	}

	authority.Revoke(t, s.server, certificate)
	console.Signal(t, syscall.SIGHUP)
	console.waitLog("certificates reloaded")
	if err := login(t, console.address, peertest.ClientIdentity(dismissed)); err == nil {
		t.Error("a revoked client was let in")
	}
	console.waitLog("reason=cert-revoked")

	// What cannot be loaded changes nothing.
	if err := os.WriteFile(filepath.Join(s.server, "server-key.pem"), []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	console.Signal(t, syscall.SIGHUP)
	console.waitLog("certificates not reloaded")
	if err := login(t, console.address, s.admin()); err != nil {
		t.Errorf("after a reload that failed: %v", err)
	}
	viewer.Type("x")
	guest.WaitTyped("x")
}
