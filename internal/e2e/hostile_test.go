package e2e_test

import (
	"crypto/tls"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vncsec/internal/peertest"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// attack logs in with a TLS configuration that trusts any server.
func attack(t *testing.T, address string, config *tls.Config) (*rfb.Conn, error) {
	t.Helper()
	socket, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = socket.Close() })
	if err := socket.SetDeadline(time.Now().Add(peertest.Patience)); err != nil {
		t.Fatal(err)
	}
	config.InsecureSkipVerify = true
	conn := rfb.NewConn(socket)
	_, err = security.Login(conn, security.Credentials{TLS: config})
	return conn, err
}

// TestHostileTLS offers what the server must not take inside TLS, to one that demands
// certificates: every connection ends, and afterwards the server holds no more files
// than before and lets the admin in.
func TestHostileTLS(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	console := serve(t, append([]string{"--listen", anyPort, "--x509verify", s.server}, quietCommand...)...)
	admin, err := tls.LoadX509KeyPair(filepath.Join(s.client, "client-cert.pem"), filepath.Join(s.client, "client-key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	chain := func(certificates int) tls.Certificate {
		long := admin
		for range certificates {
			long.Certificate = append(long.Certificate[:len(long.Certificate):len(long.Certificate)], admin.Certificate[0])
		}
		return long
	}
	before := console.openFiles()
	for name, test := range map[string]struct {
		config *tls.Config
		good   bool
	}{
		"TLS 1.0":               {&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10, Certificates: []tls.Certificate{admin}}, false},
		"TLS 1.1":               {&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11, Certificates: []tls.Certificate{admin}}, false},
		"TLS 1.2":               {&tls.Config{MaxVersion: tls.VersionTLS12, Certificates: []tls.Certificate{admin}}, true},
		"TLS 1.3":               {&tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{admin}}, true},
		"no AEAD":               {&tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}, Certificates: []tls.Certificate{admin}}, false},
		"a chain of a thousand": {&tls.Config{Certificates: []tls.Certificate{chain(1000)}}, false},
		"a chain of a megabyte": {&tls.Config{MaxVersion: tls.VersionTLS12, Certificates: []tls.Certificate{chain(1<<20/len(admin.Certificate[0]) + 1)}}, false},
	} {
		conn, err := attack(t, console.address, test.config)
		if (err == nil) != test.good {
			t.Errorf("%s: %v", name, err)
		}
		_ = conn.Close()
	}
	if err := login(t, console.address, s.admin()); err != nil {
		t.Error(err)
	}
	peertest.Eventually(t, "the server closes all connections", func() bool { return console.openFiles() <= before })
}

// TestSilenceInEveryPhase stops talking at each point of a log-in: the server ends the
// connection by itself, and meanwhile lets others in.
func TestSilenceInEveryPhase(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	console := serve(t, append([]string{"--listen", anyPort, "--x509", s.server, "--handshake-timeout", "2s", "--login-timeout", "3s"}, quietCommand...)...)
	begun, err := attack(t, console.address, &tls.Config{})
	if err != nil {
		t.Fatal(err) // its ClientInit never comes
	}
	silent := []io.Reader{begun}
	whole := "RFB 003.008\n\x13\x00\x02\x00\x00\x01\x04\x16\x03\x01\x02\x00\x01"
	for n := range len(whole) + 1 {
		c, err := net.Dial("tcp", console.address)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		if err := c.SetDeadline(time.Now().Add(peertest.Patience)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, whole[:n]); err != nil {
			t.Fatal(err)
		}
		silent = append(silent, c)
	}
	if err := login(t, console.address, s.anonymous()); err != nil {
		t.Error(err)
	}
	for i, c := range silent {
		if _, err := io.Copy(io.Discard, c); err != nil && os.IsTimeout(err) {
			t.Errorf("silent viewer %d is still connected", i)
		}
	}
	if strings.Contains(console.Log(), "fault while") {
		t.Errorf("the server's log:\n%s", console.Log())
	}
}
