package peertest

import (
	"bufio"
	"os/exec"
	"strconv"
	"testing"
)

// GVNCOptions says what gvnc connects to, without authentication, and what it asks for.
type GVNCOptions struct {
	// Socket is the path of a UNIX socket.
	Socket string
	// Format is that of the pixels.
	Format PixelFormat
	// Encodings are the numbers of those to offer, the best first.
	Encodings []int32
}

// GVNC is a viewer made of gvnc, the library below gtk-vnc's widget. It needs no screen.
type GVNC struct{ pictureWriter }

// StartGVNC starts the viewer and returns while it connects.
func StartGVNC(t testing.TB, opts GVNCOptions) *GVNC {
	t.Helper()
	Need(t, "gtk-vnc")
	args := []string{program(t, "gvnc.py"), opts.Socket, opts.Format.String()}
	for _, e := range opts.Encodings {
		args = append(args, strconv.Itoa(int(e)))
	}
	p, stdin, stdout := startPiped(t, exec.Command(python, args...))
	return &GVNC{pictureWriter{p, t, "gvnc", stdin, bufio.NewReader(stdout)}}
}
