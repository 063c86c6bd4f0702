package peertest

import (
	"encoding/json"
	"image"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// QEMUOptions says how QEMU's VNC server is set up.
type QEMUOptions struct {
	// Socket is the path of the UNIX socket to listen on; without it, the
	// server takes a free TCP port of the loopback interface.
	Socket string
	// Credentials is a folder with the files of a tls-creds-x509 object; without
	// it, there is no TLS.
	Credentials string
	// VerifyPeer demands client certificates.
	VerifyPeer bool
	// Password, if any, is demanded by VNC authentication.
	Password string
	// SASL is a folder with a service file, qemu.conf, by which viewers log in.
	SASL string
}

// QEMU is a running guest (see GuestColumns) whose screen is served by VNC.
type QEMU struct {
	*Process
	// Address is HOST:PORT, or unix:PATH.
	Address string

	t   testing.TB
	dir string // for files that QEMU writes
	qmp *qmp
}

// StartQEMU starts a guest and waits until it has painted its picture.
func StartQEMU(t testing.TB, opts QEMUOptions) *QEMU {
	t.Helper()
	Need(t, "qemu-system-x86_64")

	dir := t.TempDir()
	disk := filepath.Join(dir, "disk.img")
	if err := os.WriteFile(disk, bootSector(), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{
		"-accel", "tcg", "-m", "8", "-nodefaults", "-vga", "std", "-display", "none", "-qmp", "stdio",
		"-drive", "if=ide,format=raw,file=" + disk,
		"-vnc", opts.vnc(),
	}
	if opts.Credentials != "" {
		args = append(args, "-object", credentials(opts.Credentials, "server", opts.VerifyPeer))
	}
	cmd := exec.Command("qemu-system-x86_64", args...)
	if opts.SASL != "" {
		cmd.Env = append(os.Environ(), "SASL_CONF_PATH="+opts.SASL)
	}
	p, stdin, stdout := startPiped(t, cmd)
	commands, err := openQMP(stdout, stdin)
	if err != nil {
		t.Fatalf("%v\n%s", err, p.Log())
	}
	q := &QEMU{Process: p, t: t, dir: dir, qmp: commands}
	if opts.Password != "" {
		q.Execute("set_password", map[string]any{"protocol": "vnc", "password": opts.Password})
	}
	q.Address = q.address()
	Eventually(t, "the guest paints its picture", func() bool {
		return q.cells(guestLastCell, 1)[0] == guestLastCell%256
	})
	return q
}

// vnc is the value of -vnc. QEMU itself takes the first display that is free, so
// that guests of parallel tests do not meet; they begin far from the displays that
// people use.
func (o QEMUOptions) vnc() string {
	value := "127.0.0.1:1000,to=9999"
	if o.Socket != "" {
		value = "unix:" + o.Socket
	}
	if o.Credentials != "" {
		value += ",tls-creds=tls0"
	}
	if o.Password != "" {
		value += ",password=on"
	}
	if o.SASL != "" {
		value += ",sasl=on"
	}
	return value
}

// credentials is the value of -object for a folder of certificates.
func credentials(dir, endpoint string, verify bool) string {
	value := "tls-creds-x509,id=tls0,dir=" + dir + ",endpoint=" + endpoint
	if verify {
		return value + ",verify-peer=on"
	}
	return value + ",verify-peer=off"
}

// Execute runs a QMP command and returns its result.
func (q *QEMU) Execute(command string, arguments map[string]any) json.RawMessage {
	q.t.Helper()
	result, err := q.qmp.execute(command, arguments)
	if err != nil {
		q.t.Fatalf("%v\n%s", err, q.Log())
	}
	return result
}

// Picture is what the guest's screen shows now.
func (q *QEMU) Picture() *image.RGBA {
	q.t.Helper()
	file := filepath.Join(q.dir, "screen.png")
	q.Execute("screendump", map[string]any{"filename": file, "format": "png"})
	data, err := os.ReadFile(file)
	if err != nil {
		q.t.Fatal(err)
	}
	img, err := decodePNG(data)
	if err != nil {
		q.t.Fatalf("QEMU's screendump: %v", err)
	}
	return img
}

// WaitTyped waits until the keys that the guest has read since it started give
// the text.
func (q *QEMU) WaitTyped(text string) {
	q.t.Helper()
	Eventually(q.t, "the guest reads "+text, func() bool { return q.cells(0, len(text)) == text })
}

// cells returns the characters in count cells of the guest's text memory.
func (q *QEMU) cells(from, count int) string {
	q.t.Helper()
	file := filepath.Join(q.dir, "cells")
	q.Execute("pmemsave", map[string]any{"val": textMemory + 2*from, "size": 2 * count, "filename": file})
	data, err := os.ReadFile(file)
	if err != nil {
		q.t.Fatal(err)
	}
	text := make([]byte, 0, count)
	for i := 0; i < len(data); i += 2 {
		text = append(text, data[i])
	}
	return string(text)
}

func (q *QEMU) address() string {
	q.t.Helper()
	var info struct{ Host, Service, Family string }
	if err := json.Unmarshal(q.Execute("query-vnc", nil), &info); err != nil {
		q.t.Fatalf("query-vnc: %v", err)
	}
	if info.Family == "unix" {
		return "unix:" + info.Service
	}
	return net.JoinHostPort(info.Host, info.Service)
}
