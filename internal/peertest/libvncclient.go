package peertest

import (
	"bufio"
	"fmt"
	"image"
	"io"
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
}

// LibVNCClient is a viewer made of libvncclient, the library of KRDC, Remmina
// and many others.
type LibVNCClient struct {
	*Process
	t        testing.TB
	to       io.Writer
	pictures *bufio.Reader
}

// StartLibVNCClient starts the viewer and returns while it connects.
func StartLibVNCClient(t testing.TB, opts LibVNCClientOptions) *LibVNCClient {
	t.Helper()
	Need(t, "libvncclient")
	host, port := opts.target(t)
	id := opts.Identity
	cmd := exec.Command(compile(t, "libvncclient.c", "-lvncclient"),
		host, port, opts.Encoding, id.CA, id.CRL, id.Certificate, id.Key, opts.Password, opts.Username)
	p, stdin, stdout := startPiped(t, cmd)
	return &LibVNCClient{Process: p, t: t, to: stdin, pictures: bufio.NewReader(stdout)}
}

// Picture is what the viewer holds of the server's screen; nil as long as the
// server has not sent all of it.
func (v *LibVNCClient) Picture() *image.RGBA {
	v.t.Helper()
	if _, err := io.WriteString(v.to, "\n"); err != nil {
		v.t.Fatalf("libvncclient is gone: %v\n%s", err, v.Log())
	}
	img, err := decodePPM(v.pictures)
	if err != nil {
		v.t.Fatalf("libvncclient: %v\n%s", err, v.Log())
	}
	if img.Rect.Empty() {
		return nil
	}
	return img
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

// decodePPM reads a binary PPM with 8 bits per colour and no comment, as the
// capture program writes it.
func decodePPM(r io.Reader) (*image.RGBA, error) {
	var width, height int
	if _, err := fmt.Fscanf(r, "P6\n%d %d\n255\n", &width, &height); err != nil {
		return nil, fmt.Errorf("ppm header: %w", err)
	}
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	pixels := make([]byte, 3*width*height)
	if _, err := io.ReadFull(r, pixels); err != nil {
		return nil, fmt.Errorf("ppm of %d by %d pixels: %w", width, height, err)
	}
	for i := range width * height {
		copy(img.Pix[4*i:], pixels[3*i:3*i+3])
		img.Pix[4*i+3] = 0xff
	}
	return img, nil
}
