package proxy_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vncsec/vncserve"
	"vncsec/vncserve/display"
	"vncsec/vncserve/display/proxy"
	"vncsec/vncserve/listen"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// bulk is a display that sends a text for every byte it gets, and tells what
// ClientInit asked for first.
type bulk struct{ payload []byte }

func (b bulk) Open(context.Context, display.Viewer) (display.Session, error) { return b, nil }
func (b bulk) Close() error                                                  { return nil }

func (b bulk) Serve(ctx context.Context, s rfb.Stream) error {
	defer context.AfterFunc(ctx, func() { _ = s.Close() })()
	shared, err := rfb.ReadUint8(s)
	if err != nil {
		return err
	}
	_ = s.SetReadDeadline(time.Time{})
	_ = s.SetWriteDeadline(time.Time{})
	if _, err := s.Write([]byte{shared}); err != nil {
		return err
	}
	for {
		if err := s.Flush(); err != nil {
			return err
		}
		if _, err := rfb.ReadUint8(s); err != nil {
			return err
		}
		if _, err := s.Write(b.payload); err != nil {
			return err
		}
	}
}

// serve runs a server on an address until the end of the test.
func serve(t *testing.T, a listen.Address, types security.Type, source display.Source) (addr net.Addr, stop func()) {
	t.Helper()
	s, err := vncserve.New(vncserve.Config{Security: types, Display: source})
	if err != nil {
		t.Fatal(err)
	}
	l, err := listen.Listen(context.Background(), a)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	stop = func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_ = s.Shutdown(ctx)
	}
	t.Cleanup(func() {
		stop()
		if err := <-served; !errors.Is(err, vncserve.ErrServerClosed) {
			t.Error(err)
		}
	})
	return l.Addr(), stop
}

func socket(t *testing.T) listen.Address {
	return listen.Address{Path: filepath.Join(t.TempDir(), "s")}
}

func connect(t *testing.T, addr net.Addr) (*rfb.Conn, error) {
	t.Helper()
	c, err := net.Dial(addr.Network(), addr.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(60 * time.Second)); err != nil {
		t.Fatal(err)
	}
	conn := rfb.NewConn(c)
	_, err = security.Login(conn, security.Credentials{})
	return conn, err
}

// TestPassesBytesOn sends a payload that no buffer holds at once to several viewers,
// each of which takes it in its own time.
func TestPassesBytesOn(t *testing.T) {
	payload := make([]byte, 3<<20+17)
	_, _ = rand.Read(payload)
	password := &security.Password{}
	if _, err := password.Set([]byte("backend")); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		types    security.Type
		password []byte
	}{
		"backend without a password": {security.None{}, nil},
		"backend with a password":    {security.VNCAuth{Password: password}, []byte("backend")},
	} {
		t.Run(name, func(t *testing.T) {
			backend := socket(t)
			serve(t, backend, test.types, bulk{payload})
			front, _ := serve(t, socket(t), security.None{}, &proxy.Backend{Address: backend, Password: test.password})
			for range 3 {
				t.Run("viewer", func(t *testing.T) {
					t.Parallel()
					c, err := connect(t, front)
					if err != nil {
						t.Fatal(err)
					}
					exchange(t, c, payload)
				})
			}
		})
	}
}

func exchange(t *testing.T, c *rfb.Conn, payload []byte) {
	t.Helper()
	const exclusive = 0
	if _, err := c.Write([]byte{exclusive}); err != nil {
		t.Fatal(err)
	}
	if shared, err := rfb.ReadUint8(c); err != nil || shared != 1 {
		t.Fatalf("the backend was asked for shared=%d, %v", shared, err)
	}
	for range 2 {
		if _, err := c.Write([]byte{'x'}); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len(payload))
		if _, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, payload) {
			t.Fatalf("the payload did not arrive as sent: %v", err)
		}
	}
}

func TestBackendAway(t *testing.T) {
	backend := socket(t)
	front, _ := serve(t, socket(t), security.None{}, &proxy.Backend{Address: backend})
	_, err := connect(t, front)
	var refused *security.ServerRefusedError
	if !errors.As(err, &refused) || !strings.Contains(refused.Text, "not running") || strings.Contains(refused.Text, backend.Path) {
		t.Fatalf("the viewer is told %v", err)
	}
	serve(t, backend, security.None{}, bulk{[]byte("back")})
	c, err := connect(t, front)
	if err != nil {
		t.Fatalf("after the backend came: %v", err)
	}
	exchange(t, c, []byte("back"))
}

func TestBackendRefuses(t *testing.T) {
	backend := socket(t)
	serve(t, backend, security.VNCAuth{Password: &security.Password{}}, bulk{})
	for _, password := range [][]byte{nil, []byte("wrong")} {
		front, _ := serve(t, socket(t), security.None{}, &proxy.Backend{Address: backend, Password: password})
		if _, err := connect(t, front); err == nil || !strings.Contains(err.Error(), "does not let us in") {
			t.Errorf("password %q: error %v", password, err)
		}
	}
}

// TestHostileBackend has backends that send what none should: the
// viewer is told within the bound of Open, and every connection ends.
func TestHostileBackend(t *testing.T) {
	const v38 = "RFB 003.008\n"
	for name, sends := range map[string]string{
		"silence":                 "",
		"another protocol":        "HTTP/1.1 400 Bad Request\r\n\r\n",
		"half a version":          "RFB 003",
		"no types and no reason":  v38 + "\x00",
		"a reason without an end": v38 + "\x00\xff\xff\xff\xff" + strings.Repeat("x", 1<<16),
		"a reason with escapes":   v38 + "\x00\x00\x00\x00\x08\x1b[2J\nx=y",
		"255 unknown types":       v38 + "\xff" + strings.Repeat("\x63", 255),
		"too few types":           v38 + "\xff\x01",
		"3.3 and type 4294967295": "RFB 003.003\n\xff\xff\xff\xff",
		"VeNCrypt only":           v38 + "\x01\x13",
		"a password":              v38 + "\x01\x02",
		"a bad result":            v38 + "\x01\x01\x00\x00\x00\x02",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			backend, closed := hostile(t, sends)
			front, _ := serve(t, socket(t), security.None{}, &proxy.Backend{Address: backend})
			_, err := connect(t, front)
			var refused *security.ServerRefusedError
			if !errors.As(err, &refused) || refused.Text != "the machine behind this console does not let us in" {
				t.Errorf("the viewer is told %v", err)
			}
			<-closed
		})
	}
}

// hostile is a backend that sends one text and no more; if there is none it is silent.
// closed ends when its peer has left.
func hostile(t *testing.T, sends string) (address listen.Address, closed <-chan struct{}) {
	t.Helper()
	address = socket(t)
	l, err := net.Listen("unix", address.Path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		c, err := l.Accept()
		if err != nil {
			return
		}
		if sends != "" {
			_, _ = io.WriteString(c, sends)
			_ = c.(*net.UnixConn).CloseWrite()
		}
		_, _ = io.Copy(io.Discard, c)
		_ = c.Close()
	}()
	return address, ended
}

// TestBackendLeaves ends the backend in mid-session: the viewer's connection ends.
func TestBackendLeaves(t *testing.T) {
	backend := socket(t)
	_, stop := serve(t, backend, security.None{}, bulk{[]byte("x")})
	front, _ := serve(t, socket(t), security.None{}, &proxy.Backend{Address: backend})
	c, err := connect(t, front)
	if err != nil {
		t.Fatal(err)
	}
	exchange(t, c, []byte("x"))
	stop()
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("error %v", err)
	}
}

// TestStalledViewer does not read. The others go on, and the server can stop.
func TestStalledViewer(t *testing.T) {
	backend := socket(t)
	payload := make([]byte, 8<<20)
	serve(t, backend, security.None{}, bulk{payload})
	front, _ := serve(t, socket(t), security.None{}, &proxy.Backend{Address: backend})
	stalled, err := connect(t, front)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stalled.Write([]byte{1, 'x', 'x'}); err != nil {
		t.Fatal(err)
	}
	c, err := connect(t, front)
	if err != nil {
		t.Fatal(err)
	}
	exchange(t, c, payload)
}
