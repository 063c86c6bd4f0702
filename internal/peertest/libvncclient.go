package peertest

import (
	"bufio"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"testing"
)

// LibVNCClientOptions says what libvncclient connects to, and how.
type LibVNCClientOptions struct {
	// Address is HOST:PORT, or unix:PATH.
	Address string
	// Encoding is the only one the server may use, besides raw: "raw", "zrle",
	// "copyrect", "hextile", "tight" ...
	Encoding string
	// Identity is what it has for TLS, which libvncclient speaks up to 1.2.
	Identity Identity
	// Password is the answer to VNC authentication and, with Username, to SASL.
	Password, Username string
	// Format is the pixel format to ask for; nil for the library's own.
	Format *PixelFormat
	// Compression is the level to ask for, which the library does only where Encoding
	// names "tight" or "zlib"; Quality is that of JPEG, without which it is not used.
	Compression, Quality *int
	// Program is what CompileLibVNCClient made, for tests with many viewers.
	Program string
}

// LibVNCClient is a viewer made of libvncclient, the library of KRDC, Remmina
// and many others.
type LibVNCClient struct{ pictureWriter }

// CompileLibVNCClient makes the program that the viewers of a test can share.
func CompileLibVNCClient(t testing.TB) string {
	t.Helper()
	Need(t, "libvncclient")
	return compile(t, "libvncclient.c", "-O1", "-lvncclient")
}

// StartLibVNCClient starts the viewer and returns while it connects.
func StartLibVNCClient(t testing.TB, opts LibVNCClientOptions) *LibVNCClient {
	t.Helper()
	if opts.Program == "" {
		opts.Program = CompileLibVNCClient(t)
	}
	host, port := opts.target(t)
	id := opts.Identity
	cmd := exec.Command(opts.Program,
		host, port, opts.Encoding, id.CA, id.CRL, id.Certificate, id.Key, opts.Password, opts.Username,
		optional(opts.Format), optional(opts.Compression), optional(opts.Quality))
	p, stdin, stdout := startPiped(t, cmd)
	return &LibVNCClient{pictureWriter{p, t, "libvncclient", stdin, bufio.NewReader(stdout)}}
}

// Refused waits until the viewer has given up, and returns what it said. When
// it is let in, the test fails.
func (v *LibVNCClient) Refused() string {
	v.t.Helper()
	Eventually(v.t, "libvncclient is refused", func() bool {
		if strings.Contains(v.Log(), "Connected to VNC server") {
			v.t.Fatal("libvncclient was let in")
		}
		return !v.Running()
	})
	return v.Log()
}

// target gives the address in libvncclient's words.
func (o LibVNCClientOptions) target(t testing.TB) (host, port string) {
	t.Helper()
	if path, ok := strings.CutPrefix(o.Address, "unix:"); ok {
		return path, "0"
	}
	host, port, err := net.SplitHostPort(o.Address)
	if err != nil {
		t.Fatal(err)
	}
	return host, port
}

// optional is an argument of a program, empty for what there is not.
func optional[T any](value *T) string {
	if value == nil {
		return ""
	}
	return fmt.Sprint(*value)
}
