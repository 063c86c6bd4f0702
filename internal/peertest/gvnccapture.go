package peertest

import (
	"fmt"
	"image"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// firstPort is the TCP port of VNC display 0.
const firstPort = 5900

// GVNCCapture fetches one picture with gvnccapture, the smallest program on
// gtk-vnc's protocol library: it needs no screen and takes what the server
// sends first. The address is HOST:PORT with a port of 5900 or more. The error
// holds what the program said.
func GVNCCapture(t testing.TB, address string, identity Identity) (*image.RGBA, error) {
	t.Helper()
	Need(t, "gvnccapture")
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	identity.installGTKVNC(t, home, "gvnccapture")
	file := filepath.Join(home, "picture.png")

	cmd := exec.Command("gvnccapture", host+":"+strconv.Itoa(number-firstPort), file)
	cmd.Env = append(os.Environ(), account(t, home)...)
	p := Start(t, cmd)
	if err := p.Wait(t); err != nil {
		return nil, fmt.Errorf("gvnccapture: %w\n%s", err, p.Log())
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("gvnccapture: %w\n%s", err, p.Log())
	}
	return decodePNG(data)
}
