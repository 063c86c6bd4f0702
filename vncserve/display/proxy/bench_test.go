package proxy

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"path/filepath"
	"testing"
	"time"

	"vncsec/vncserve/rfb"
)

// BenchmarkRelay passes bytes from a backend's UNIX socket to a viewer's TLS over
// loopback: with relayPicture, and with an io.Copy as most proxies do it. Backend and
// viewer run in the same process; the load tool measures the server's part alone.
func BenchmarkRelay(b *testing.B) {
	b.Run("gathered", func(b *testing.B) {
		benchmarkRelay(b, func(c *rfb.Conn, backend net.Conn) {
			c.Gather()
			_ = relayPicture(c, backend)
		})
	})
	b.Run("naive", func(b *testing.B) {
		benchmarkRelay(b, func(c *rfb.Conn, backend net.Conn) { _, _ = io.Copy(c.Conn, backend) })
	})
}

func benchmarkRelay(b *testing.B, relay func(c *rfb.Conn, backend net.Conn)) {
	config := selfSigned(b)
	backend, poured := pair(b, "unix", filepath.Join(b.TempDir(), "s"))
	viewer, served := pair(b, "tcp", "127.0.0.1:0")
	go func() {
		defer func() { _ = served.Close() }()
		c := rfb.NewConn(served)
		if c.StartTLS(config) == nil {
			relay(c, backend)
		}
	}()
	go func() {
		payload := make([]byte, 1<<20)
		for {
			if _, err := poured.Write(payload); err != nil {
				return
			}
		}
	}()
	t := tls.Client(viewer, &tls.Config{InsecureSkipVerify: true})
	const chunk = 1 << 20
	buf := make([]byte, chunk)
	b.SetBytes(chunk)
	for b.Loop() {
		if _, err := io.ReadFull(t, buf); err != nil {
			b.Fatal(err)
		}
	}
}

// pair makes two ends of a connection, closed after the benchmark.
func pair(b *testing.B, network, address string) (dialled, accepted net.Conn) {
	b.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	if dialled, err = net.Dial(network, l.Addr().String()); err != nil {
		b.Fatal(err)
	}
	if accepted, err = l.Accept(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _, _ = dialled.Close(), accepted.Close() })
	return dialled, accepted
}

func selfSigned(b *testing.B) *tls.Config {
	b.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		b.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}
