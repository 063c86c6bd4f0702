package vncserve

import (
	"crypto/tls"
	"io"
	"net"
	"testing"
	"time"

	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// BenchmarkSetup measures full connection set-ups, X509None with ECDSA P-256 in TLS
// 1.3 up to the display's first bytes, viewer included. "bare" does the same steps of
// RFB, VeNCrypt and TLS in a loop that checks nothing; what the server adds is the
// difference. The load tool measures the server's part alone.
func BenchmarkSetup(b *testing.B) {
	serverTLS, viewerTLS := testTLS(b)
	viewerTLS.Certificates = nil
	b.Run("vncsec", func(b *testing.B) {
		s := startServer(b, Config{Security: security.X509None(source(serverTLS))})
		benchmarkSetup(b, s.addr, viewerTLS)
	})
	b.Run("bare", func(b *testing.B) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		go serveBare(l, serverTLS)
		benchmarkSetup(b, l.Addr().String(), viewerTLS)
	})
}

func benchmarkSetup(b *testing.B, addr string, config *tls.Config) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		if err := logInRepeatedly(addr, config, 1); err != nil {
			b.Fatal(err)
		}
	}
}

func serveBare(l net.Listener, config *tls.Config) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer func() { _ = c.Close() }()
			_ = bareSession(c, config)
		}()
	}
}

func bareSession(c net.Conn, config *tls.Config) error {
	var b [12]byte
	for _, step := range []struct {
		send string
		read int
	}{
		{"RFB 003.008\n", 12}, {"\x01\x13", 1}, {"\x00\x02", 2}, {"\x00\x01\x00\x00\x01\x04", 4}, {"\x01", 0},
	} {
		if _, err := io.WriteString(c, step.send); err != nil {
			return err
		}
		if _, err := io.ReadFull(c, b[:step.read]); err != nil {
			return err
		}
	}
	t := tls.Server(c, config)
	defer func() { _ = t.Close() }()
	if _, err := t.Write([]byte{0, 0, 0, rfb.ResultOK}); err != nil {
		return err
	}
	if _, err := io.ReadFull(t, b[:1]); err != nil {
		return err
	}
	if _, err := io.WriteString(t, greeting); err != nil {
		return err
	}
	_ = t.SetReadDeadline(time.Now().Add(time.Minute))
	_, err := t.Read(b[:1])
	return err
}
