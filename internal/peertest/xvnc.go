package peertest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// XvncOptions says how TigerVNC's server is set up.
type XvncOptions struct {
	// TCP lets it listen on a free port of the loopback interface, else it has a UNIX
	// socket.
	TCP bool
	// SecurityTypes is the list that it offers, in its own words; empty for None.
	SecurityTypes string
	// Password, if any, is VNC's.
	Password string
	// Credentials is a folder with a server's certificate, under QEMU's names.
	Credentials string
	// Geometry is WIDTHxHEIGHT; empty for 640x480.
	Geometry string
	// Depth of the screen in bits; empty for 24.
	Depth string
}

// Xvnc is TigerVNC's server: an X server whose screen viewers see.
type Xvnc struct {
	*Screen
	// Address is HOST:PORT, or unix:PATH.
	Address string
}

// StartXvnc starts the server and waits until programs can draw on it.
func StartXvnc(t testing.TB, opts XvncOptions) *Xvnc {
	t.Helper()
	Need(t, "Xtigervnc", "xdotool", "import")
	dir := t.TempDir()
	args := []string{
		"-displayfd", "3", "-noreset", "-nolisten", "tcp", "-AlwaysShared",
		"-geometry", orElse(opts.Geometry, "640x480"), "-depth", orElse(opts.Depth, "24"),
		"-SecurityTypes", orElse(opts.SecurityTypes, "None"),
	}
	x := &Xvnc{Address: "unix:" + filepath.Join(dir, "vnc")}
	if opts.TCP {
		port := freePort(t)
		x.Address = "127.0.0.1:" + port
		args = append(args, "-rfbport", port, "-localhost")
	} else {
		args = append(args, "-rfbunixpath", filepath.Join(dir, "vnc"), "-rfbport", "-1")
	}
	if opts.Password != "" {
		args = append(args, "-PasswordFile", vncPasswordFile(t, dir, opts.Password))
	}
	if opts.Credentials != "" {
		args = append(args, "-X509Cert", filepath.Join(opts.Credentials, "server-cert.pem"), "-X509Key", filepath.Join(opts.Credentials, "server-key.pem"))
	}
	x.Screen = startScreen(t, exec.Command("Xtigervnc", args...))
	return x
}

// freePort finds a TCP port that nothing listens on.
func freePort(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
}

func orElse(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

// vncPasswordFile writes a password as TigerVNC reads it.
func vncPasswordFile(t testing.TB, dir, password string) string {
	t.Helper()
	Need(t, "tigervncpasswd")
	cmd := exec.Command("tigervncpasswd", "-f")
	cmd.Stdin = strings.NewReader(password)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tigervncpasswd: %v", err)
	}
	path := filepath.Join(dir, "passwd")
	if err := os.WriteFile(path, out, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Run starts a program that draws on the screen.
func (x *Xvnc) Run(t testing.TB, name string, args ...string) *Process {
	t.Helper()
	Need(t, name)
	cmd := exec.Command(name, args...)
	cmd.Env = x.Env(t.TempDir())
	return Start(t, cmd)
}

// startScreen starts an X server, whose arguments have -displayfd 3, and waits for its
// display.
func startScreen(t testing.TB, cmd *exec.Cmd) *Screen {
	t.Helper()
	ready, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer ready.Close()
	cmd.ExtraFiles = []*os.File{write}
	p := Start(t, cmd)
	write.Close()

	var number int
	if _, err := fmt.Fscanln(ready, &number); err != nil {
		t.Fatalf("%s did not tell its display: %v\n%s", cmd.Path, err, p.Log())
	}
	return &Screen{Process: p, Display: ":" + strconv.Itoa(number)}
}
