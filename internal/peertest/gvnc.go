package peertest

import (
	"bufio"
	"image"
	"io"
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
type GVNC struct {
	*Process
	t        testing.TB
	to       io.Writer
	pictures *bufio.Reader
}

// StartGVNC starts the viewer and returns while it connects.
func StartGVNC(t testing.TB, opts GVNCOptions) *GVNC {
	t.Helper()
	Need(t, "gtk-vnc")
	args := []string{program(t, "gvnc.py"), opts.Socket, opts.Format.String()}
	for _, e := range opts.Encodings {
		args = append(args, strconv.Itoa(int(e)))
	}
	p, stdin, stdout := startPiped(t, exec.Command(python, args...))
	return &GVNC{Process: p, t: t, to: stdin, pictures: bufio.NewReader(stdout)}
}

// Picture is what the viewer holds of the server's screen; nil as long as there has been
// no update.
func (v *GVNC) Picture() *image.RGBA {
	v.t.Helper()
	if _, err := io.WriteString(v.to, "\n"); err != nil {
		v.t.Fatalf("gvnc is gone: %v\n%s", err, v.Log())
	}
	img, err := decodePAM(v.pictures)
	if err != nil {
		v.t.Fatalf("gvnc: %v\n%s", err, v.Log())
	}
	if img.Rect.Empty() {
		return nil
	}
	return img
}
