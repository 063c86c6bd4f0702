package vncserve

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"vncsec/vncserve/listen"
	"vncsec/vncserve/monitor"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

var anyPort = listen.Address{Host: "127.0.0.1"}

func socketAddress(t *testing.T) listen.Address {
	return listen.Address{Path: filepath.Join(t.TempDir(), "s")}
}

// TestListenIsAllOrNothing has a bad address among good ones: none stays open.
func TestListenIsAllOrNothing(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	inUse := listen.Address{Host: "127.0.0.1", Port: taken.Addr().(*net.TCPAddr).Port}
	var unsafe *UnsafeError
	for _, test := range []struct {
		name      string
		addresses []listen.Address
		policy    Policy
		unsafe    bool
	}{
		{"no address", nil, Policy{}, false},
		{"a port in use", []listen.Address{inUse}, Policy{TLS: true}, false},
		{"a missing folder", []listen.Address{{Path: "/no/such/folder/s"}}, Policy{}, false},
		{"an unsafe address", []listen.Address{anyPort}, Policy{}, true},
		{"a password in FIPS mode", []listen.Address{anyPort}, Policy{Password: true, FIPS: true, Unsafe: true}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			good := socketAddress(t)
			addresses := test.addresses
			if addresses != nil {
				addresses = append([]listen.Address{good}, addresses...)
			}
			_, err := Listen(context.Background(), addresses, test.policy)
			if err == nil || errors.As(err, &unsafe) != test.unsafe {
				t.Fatalf("error %v, unsafe: want %v", err, test.unsafe)
			}
			if _, err := os.Lstat(good.Path); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the good address's socket is left: %v", err)
			}
		})
	}
}

// startRun runs a server on addresses and waits until it is ready. stop ends it and
// returns its error.
func startRun(t *testing.T, s *Server, addresses ...listen.Address) (addrs []net.Addr, stop func() error) {
	t.Helper()
	policy := Policy{Unsafe: true}
	listeners, err := Listen(context.Background(), addresses, policy)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan []net.Addr, 1), make(chan error, 1)
	go func() {
		ended <- s.Run(ctx, RunOptions{Listeners: listeners, Policy: policy, Ready: func(a []net.Addr) { ready <- a }})
	}()
	stop = func() error {
		cancel()
		return <-ended
	}
	t.Cleanup(cancel)
	return <-ready, stop
}

// TestRun serves on two addresses at once, and after its end on none.
func TestRun(t *testing.T) {
	checkGoroutines(t)
	s, err := New(Config{Security: security.None{}, Display: greeter{}})
	if err != nil {
		t.Fatal(err)
	}
	socket := socketAddress(t)
	addrs, stop := startRun(t, s, anyPort, socket)
	for _, addr := range addrs {
		c, err := net.Dial(addr.Network(), addr.String())
		if err != nil {
			t.Fatal(err)
		}
		conn := rfb.NewConn(c)
		defer func() { _ = conn.Close() }()
		if _, err := security.Login(conn, security.Credentials{}); err != nil {
			t.Fatal(err)
		}
		finish(t, conn)
	}
	if err := stop(); err != nil {
		t.Errorf("Run returned %v", err)
	}
	for _, addr := range addrs {
		if _, err := net.Dial(addr.Network(), addr.String()); err == nil {
			t.Errorf("%s still answers", addr)
		}
	}
	if _, err := os.Lstat(socket.Path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the socket is left: %v", err)
	}
}

// TestRunEndsWithItsListener closes one of two listeners under a running server.
func TestRunEndsWithItsListener(t *testing.T) {
	checkGoroutines(t)
	s, err := New(Config{Security: security.None{}, Display: greeter{}})
	if err != nil {
		t.Fatal(err)
	}
	listeners, err := Listen(context.Background(), []listen.Address{socketAddress(t), socketAddress(t)}, Policy{})
	if err != nil {
		t.Fatal(err)
	}
	ready := func([]net.Addr) { _ = listeners[0].Close() }
	if err := s.Run(context.Background(), RunOptions{Listeners: listeners, Ready: ready}); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Run returned %v", err)
	}
}

func TestMonitorTarget(t *testing.T) {
	password := &security.Password{}
	s, err := New(Config{Security: security.VNCAuth{Password: password}, Display: greeter{}})
	if err != nil {
		t.Fatal(err)
	}
	socket := socketAddress(t)
	addrs, stop := startRun(t, s, anyPort, socket)
	target := MonitorTarget{Server: s, Password: password}
	if note, err := target.SetPassword([]byte("secret")); note != "" || err != nil {
		t.Errorf("note %q, error %v", note, err)
	}
	if note, err := target.SetPassword([]byte("longsecret")); note == "" || err != nil {
		t.Errorf("a password that is cut: note %q, error %v", note, err)
	}
	if _, err := target.SetPassword(nil); !errors.Is(err, security.ErrEmptyPassword) {
		t.Errorf("an empty password: error %v", err)
	}
	if _, err := (MonitorTarget{Server: s}).SetPassword([]byte("x")); err == nil {
		t.Error("a password was taken that protects nothing")
	}

	c, err := net.Dial(addrs[0].Network(), addrs[0].String())
	if err != nil {
		t.Fatal(err)
	}
	conn := rfb.NewConn(c)
	if _, err := security.Login(conn, security.Credentials{Password: []byte("longsecret")}); err != nil {
		t.Fatal(err)
	}
	finish(t, conn)
	info := target.Info()
	if info.Auth != "vnc (Sub: none)" || len(info.Clients) != 1 || info.Clients[0].Family != "ipv4" {
		t.Errorf("info %+v", info)
	}
	var servers []string
	for _, e := range info.Servers {
		servers = append(servers, e.String())
	}
	port := strconv.Itoa(addrs[0].(*net.TCPAddr).Port)
	if want := []string{":" + socket.Path + " (unix)", "127.0.0.1:" + port + " (ipv4)"}; !slices.Equal(servers, want) {
		t.Errorf("servers %q, want %q", servers, want)
	}
	_ = conn.Close()
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// TestQuitDoesNotDrain ends a server at the monitor while a viewer is connected.
func TestQuitDoesNotDrain(t *testing.T) {
	s, err := New(Config{Security: security.None{}, Display: greeter{}})
	if err != nil {
		t.Fatal(err)
	}
	listeners, err := Listen(t.Context(), []listen.Address{socketAddress(t)}, Policy{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, quit := context.WithCancelCause(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, RunOptions{Listeners: listeners, Drain: time.Hour}) }()
	socket, err := net.Dial("unix", listeners[0].Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	conn := rfb.NewConn(socket)
	defer func() { _ = conn.Close() }()
	if _, err := security.Login(conn, security.Credentials{}); err != nil {
		t.Fatal(err)
	}
	finish(t, conn)
	quit(monitor.ErrQuit)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
