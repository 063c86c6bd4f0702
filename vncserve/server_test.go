package vncserve

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"vncsec/vncserve/display"
	"vncsec/vncserve/listen"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// greeter is a display that answers ClientInit with a fixed text and then echoes.
type greeter struct{ refuse error }

const greeting = "here is the display"

func (g greeter) Open(context.Context, display.Viewer) (display.Session, error) {
	if g.refuse != nil {
		return nil, g.refuse
	}
	return echoSession{}, nil
}

type echoSession struct{}

func (echoSession) Serve(ctx context.Context, s rfb.Stream) error {
	defer context.AfterFunc(ctx, func() { _ = s.SetReadDeadline(time.Unix(1, 0)) })()
	if _, err := rfb.ReadUint8(s); err != nil {
		return err
	}
	if err := s.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	if _, err := io.WriteString(s, greeting); err != nil {
		return err
	}
	if err := s.Flush(); err != nil {
		return err
	}
	for {
		b, err := rfb.ReadUint8(s)
		if err != nil {
			return err
		}
		if _, err := s.Write([]byte{b}); err != nil {
			return err
		}
		if err := s.Flush(); err != nil {
			return err
		}
	}
}

func (echoSession) Close() error { return nil }

// testServer is a server on a loopback port, stopped at the end of the test, which
// then must have no goroutine left.
type testServer struct {
	*Server
	addr string
	log  *logBuffer
}

type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func startServer(t testing.TB, config Config) *testServer {
	t.Helper()
	return startServerOn(t, config, listen.Address{Host: "127.0.0.1"})
}

func startServerOn(t testing.TB, config Config, address listen.Address) *testServer {
	t.Helper()
	checkGoroutines(t)
	log := &logBuffer{}
	config.Logger = slog.New(slog.NewTextHandler(log, nil))
	if config.Display == nil {
		config.Display = greeter{}
	}
	s, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	l, err := listen.Listen(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_ = s.Shutdown(ctx)
		if err := <-served; !errors.Is(err, ErrServerClosed) {
			t.Errorf("Serve returned %v", err)
		}
		if t.Failed() {
			t.Logf("server's log:\n%s", log)
		}
	})
	return &testServer{Server: s, addr: l.Addr().String(), log: log}
}

// checkGoroutines fails the test if it leaves goroutines behind.
func checkGoroutines(t testing.TB) {
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		deadline := time.Now().Add(20 * time.Second)
		for runtime.NumGoroutine() > before {
			if time.Now().After(deadline) {
				var stacks [1 << 16]byte
				t.Errorf("%d goroutines before, %d after:\n%s", before, runtime.NumGoroutine(), stacks[:runtime.Stack(stacks[:], true)])
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	})
}

func (s *testServer) dial(t testing.TB) net.Conn {
	t.Helper()
	network := "tcp"
	if strings.HasPrefix(s.addr, "/") {
		network = "unix"
	}
	c, err := net.Dial(network, s.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c
}

func (s *testServer) awaitLog(t testing.TB, want string) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !strings.Contains(s.log.String(), want) {
		if time.Now().After(deadline) {
			t.Fatalf("the log has no %q:\n%s", want, s.log)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// testTLS makes a server's configuration and the viewer's that trusts it.
func testTLS(t testing.TB) (server, viewer *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	pair := tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: cert}
	server = &tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: roots, MinVersion: tls.VersionTLS12, SessionTicketsDisabled: true}
	viewer = &tls.Config{Certificates: []tls.Certificate{pair}, RootCAs: roots, ServerName: "localhost", MinVersion: tls.VersionTLS12}
	return server, viewer
}

func source(config *tls.Config) security.TLSSource {
	return func() *tls.Config { return config }
}

// finish sends ClientInit and expects the display.
func finish(t *testing.T, c *rfb.Conn) {
	t.Helper()
	if _, err := c.Write([]byte{1}); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(greeting))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != greeting {
		t.Fatalf("the display says %q, %v", got, err)
	}
}

func TestLogin(t *testing.T) {
	serverTLS, viewerTLS := testTLS(t)
	verifying := serverTLS.Clone()
	verifying.ClientAuth = tls.RequireAndVerifyClientCert
	anonymous := viewerTLS.Clone()
	anonymous.Certificates = nil
	var password security.Password
	if _, err := password.Set([]byte("secret")); err != nil {
		t.Fatal(err)
	}
	vnc := security.VNCAuth{Password: &password}

	for _, test := range []struct {
		name  string
		types security.Type
		with  security.Credentials
		fails string // a part of the viewer's error; empty for success
		logs  string
	}{
		{"none", security.None{}, security.Credentials{}, "", `identity=""`},
		{"password", vnc, security.Credentials{Password: []byte("secret")}, "", "viewer connected"},
		{"wrong password", vnc, security.Credentials{Password: []byte("secreT")}, "Authentication failed", "reason=password-wrong"},
		{"no password set", security.VNCAuth{Password: &security.Password{}}, security.Credentials{Password: []byte{}}, "Authentication failed", "reason=password-unset"},
		{"x509", security.X509None(source(serverTLS)), security.Credentials{TLS: anonymous}, "", "viewer connected"},
		{"x509 with a certificate", security.X509None(source(verifying)), security.Credentials{TLS: viewerTLS}, "", `identity="CN=localhost"`},
		{"x509 without a certificate", security.X509None(source(verifying)), security.Credentials{TLS: anonymous}, "certificate required", "reason=cert-missing"},
		{"x509 and password", security.X509VNC(source(serverTLS), vnc), security.Credentials{TLS: anonymous, Password: []byte("secret")}, "", "viewer connected"},
		{"x509 and wrong password", security.X509VNC(source(serverTLS), vnc), security.Credentials{TLS: anonymous, Password: []byte("guess")}, "Authentication failed", "reason=password-wrong"},
		{"no credentials left", security.X509None(source(nil)), security.Credentials{TLS: anonymous}, "TLS handshake: ", "reason=internal-failure"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := startServer(t, Config{Security: test.types})
			c := rfb.NewConn(s.dial(t))
			_, err := security.Login(c, test.with)
			switch {
			case test.fails == "" && err != nil:
				t.Fatal(err)
			case test.fails == "":
				finish(t, c)
			case err == nil || !strings.Contains(err.Error(), test.fails):
				t.Fatalf("error %v, want %q", err, test.fails)
			}
			s.awaitLog(t, test.logs)
		})
	}
}

// TestGuessing tries many wrong passwords at once without waiting for the answers, and
// the right one: it is taken when the guesser gives up, and not before the penalties
// of the few guesses that were heard are over.
func TestGuessing(t *testing.T) {
	var password security.Password
	if _, err := password.Set([]byte("secret")); err != nil {
		t.Fatal(err)
	}
	const guesses = 40
	s := startServer(t, Config{Security: security.VNCAuth{Password: &password, Penalty: 3 * time.Second}})
	for range guesses {
		c := s.dial(t)
		if _, err := io.WriteString(c, "RFB 003.008\n\x02"+strings.Repeat("?", 16)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(c, make([]byte, 12+2+16)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := security.Login(rfb.NewConn(s.dial(t)), security.Credentials{Password: []byte("secret")})
	if err == nil || !strings.Contains(err.Error(), "too many wrong passwords") {
		t.Errorf("during the penalties: error %v", err)
	}
	deadline := time.Now().Add(20 * time.Second)
	for ; err != nil && time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		_, err = security.Login(rfb.NewConn(s.dial(t)), security.Credentials{Password: []byte("secret")})
	}
	if err != nil {
		t.Errorf("after the penalties: %v", err)
	}
	heard := func() int { return strings.Count(s.log.String(), "reason=password-wrong") }
	for heard() < 4 && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	if n := heard(); n != 4 {
		t.Errorf("%d of %d guesses were heard", n, guesses)
	}
}

func TestDisplayRefuses(t *testing.T) {
	s := startServer(t, Config{Security: security.None{}, Display: greeter{refuse: errors.New("the machine is off")}})
	_, err := security.Login(rfb.NewConn(s.dial(t)), security.Credentials{})
	if err == nil || !strings.Contains(err.Error(), "the machine is off") {
		t.Fatalf("error %v", err)
	}
	s.awaitLog(t, "reason=display-unavailable")
	if n := len(s.Clients()); n != 0 {
		t.Errorf("%d clients are left", n)
	}
}

func TestTooManyViewers(t *testing.T) {
	s := startServer(t, Config{Security: security.None{}, MaxViewers: 1})
	first := rfb.NewConn(s.dial(t))
	if _, err := security.Login(first, security.Credentials{}); err != nil {
		t.Fatal(err)
	}
	_, err := security.Login(rfb.NewConn(s.dial(t)), security.Credentials{})
	if err == nil || !strings.Contains(err.Error(), "too many viewers") {
		t.Fatalf("error %v", err)
	}
	finish(t, first)
}

func TestOldestPendingIsDropped(t *testing.T) {
	s := startServer(t, Config{Security: security.None{}, MaxPending: 2})
	var silent []net.Conn
	for range 3 {
		c := s.dial(t)
		if _, err := io.ReadFull(c, make([]byte, 12)); err != nil {
			t.Fatal(err)
		}
		silent = append(silent, c)
	}
	if _, err := silent[0].Read(make([]byte, 1)); err == nil {
		t.Error("the oldest connection is still open")
	}
	s.awaitLog(t, "reason=too-many-pending")
	c := rfb.NewConn(s.dial(t))
	if _, err := security.Login(c, security.Credentials{}); err != nil {
		t.Fatal(err)
	}
	finish(t, c)
}

func TestShutdown(t *testing.T) {
	t.Run("waits for viewers that leave", func(t *testing.T) {
		s := startServer(t, Config{Security: security.None{}})
		c := rfb.NewConn(s.dial(t))
		if _, err := security.Login(c, security.Credentials{}); err != nil {
			t.Fatal(err)
		}
		finish(t, c)
		done := make(chan error, 1)
		go func() { done <- s.Shutdown(context.Background()) }()
		if _, err := c.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		if b, err := rfb.ReadUint8(c); err != nil || b != 'x' {
			t.Fatalf("the session did not go on: %v", err)
		}
		_ = c.Close()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	})
	t.Run("ends those that stay, and log-ins at once", func(t *testing.T) {
		s := startServer(t, Config{Security: security.None{}})
		staying, silent := rfb.NewConn(s.dial(t)), s.dial(t)
		if _, err := security.Login(staying, security.Credentials{}); err != nil {
			t.Fatal(err)
		}
		finish(t, staying)
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
		defer cancel()
		if err := s.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("error %v", err)
		}
		for _, c := range []io.Reader{staying, silent} {
			if _, err := io.Copy(io.Discard, c); errors.Is(err, context.DeadlineExceeded) {
				t.Error("a connection is still open")
			}
		}
		if _, err := net.Dial("tcp", s.addr); err == nil {
			t.Error("the port is still open")
		}
	})
}

func TestPolicy(t *testing.T) {
	loopback := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 5901}
	everywhere := &net.TCPAddr{IP: net.IPv6zero, Port: 5901}
	unix := &net.UnixAddr{Name: filepath.Join(t.TempDir(), "s"), Net: "unix"}
	for _, test := range []struct {
		name    string
		policy  Policy
		addr    net.Addr
		refused string
		warned  string
	}{
		{"1: none on a UNIX socket", Policy{}, unix, "", ""},
		{"none on loopback", Policy{}, loopback, "no authentication", "UNSAFE"},
		{"none everywhere", Policy{}, everywhere, "no authentication", "UNSAFE"},
		{"none on loopback, overridden", Policy{Unsafe: true}, loopback, "", "UNSAFE"},
		{"2: password on loopback", Policy{Password: true}, loopback, "", ""},
		{"2: password on a UNIX socket", Policy{Password: true}, unix, "", ""},
		{"password everywhere", Policy{Password: true}, everywhere, "without TLS", "UNSAFE"},
		{"password everywhere, overridden", Policy{Password: true, Unsafe: true}, everywhere, "", "UNSAFE"},
		{"password in FIPS mode", Policy{Password: true, FIPS: true}, unix, "FIPS", ""},
		{"password in FIPS mode, with TLS and an override", Policy{Password: true, FIPS: true, TLS: true, Unsafe: true}, unix, "FIPS", ""},
		{"3: x509", Policy{TLS: true}, everywhere, "", "without client authentication"},
		{"3: x509 on a UNIX socket", Policy{TLS: true}, unix, "", ""},
		{"4: x509verify", Policy{TLS: true, VerifyPeer: true}, everywhere, "", ""},
		{"6: SASL that encrypts", Policy{SASL: true, Layers: []string{"GSSAPI"}}, everywhere, "", ""},
		{"6: SASL that encrypts badly", Policy{SASL: true, Layers: []string{"GSSAPI", "DIGEST-MD5"}}, everywhere, "", "RFC 6331"},
		{"6: SASL that does not encrypt", Policy{SASL: true}, loopback, "no SASL mechanism that encrypts", "UNSAFE"},
		{"6: SASL that does not encrypt, with an override", Policy{SASL: true, Unsafe: true}, loopback, "no SASL mechanism that encrypts", "UNSAFE"},
		{"6: SASL on a UNIX socket", Policy{SASL: true}, unix, "", ""},
		{"7: x509 and SASL", Policy{TLS: true, SASL: true}, everywhere, "", ""},
		{"5: x509verify and password", Policy{TLS: true, VerifyPeer: true, Password: true}, everywhere, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := test.policy.Check(test.addr)
			if test.refused == "" && err != nil || test.refused != "" && (err == nil || !strings.Contains(err.Error(), test.refused)) {
				t.Errorf("error %v, want %q", err, test.refused)
			}
			var unsafe *UnsafeError
			if errors.As(err, &unsafe) && (unsafe.Hint == "" || unsafe.Overridable == (test.policy.FIPS || test.policy.SASL)) {
				t.Errorf("hint %q, overridable %v", unsafe.Hint, unsafe.Overridable)
			}
			if got := test.policy.Warning(test.addr); !test.policy.FIPS && (test.warned == "") != (got == "") || !strings.Contains(got, test.warned) {
				t.Errorf("warning %q, want %q", got, test.warned)
			}
		})
	}
}
