package probe_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"testing"

	"vncsec/ca"
	"vncsec/internal/peertest"
	"vncsec/vncserve"
	"vncsec/vncserve/display"
	"vncsec/vncserve/listen"
	"vncsec/vncserve/probe"
	"vncsec/vncserve/security"
)

// screen is a display without anything on it.
type screen struct{ *display.Framebuffer }

func (s screen) Open(_ context.Context, v display.Viewer) (display.Session, error) {
	return display.NewSession(s.Framebuffer, v, func(display.Peer) display.Input { return nil }), nil
}

// serveType serves a security type on a loopback address.
func serveType(t *testing.T, kind security.Type) listen.Address {
	t.Helper()
	server, err := vncserve.New(vncserve.Config{
		Security: kind, Display: screen{display.NewFramebuffer(40, 30, "screen", func(*display.Canvas) {})},
	})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), peertest.Patience)
		defer cancel()
		if err := server.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		<-ended
	})
	return listen.Address{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port}
}

// TestInspectTLS tells apart what servers want of their viewers' certificates, and the
// versions that they take: with TLS 1.2 a server says so in the handshake, with 1.3 after it.
func TestInspectTLS(t *testing.T) {
	authority := peertest.NewAuthority(t, "inspect test")
	dir := t.TempDir()
	authority.Issue(t, dir, "server", peertest.Server)
	authority.Issue(t, dir, "client", peertest.Client)
	identity := func(role string) tls.Certificate {
		pair, err := tls.LoadX509KeyPair(dir+"/"+role+"-cert.pem", dir+"/"+role+"-key.pem")
		if err != nil {
			t.Fatal(err)
		}
		return pair
	}
	server, client := identity("server"), identity("client")
	trust := probe.Trust{Source: "test"}
	trust.CA = ca.Trust{Roots: append(trust.CA.Roots, authority.Certificate)}
	password := &security.Password{}
	if _, err := password.Set([]byte("secret")); err != nil {
		t.Fatal(err)
	}
	wishes := map[tls.ClientAuthType]probe.Wish{
		tls.NoClientCert: probe.NotAsked, tls.RequestClientCert: probe.Asked, tls.RequireAnyClientCert: probe.Demanded,
	}
	for auth, wish := range wishes {
		for oldest, old := range map[uint16]string{tls.VersionTLS10: "TLS 1.1", tls.VersionTLS12: probe.OldRefused} {
			for _, newest := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
				for kind, typed := range map[string]func(security.TLSSource) security.Type{
					"x509-none": func(s security.TLSSource) security.Type { return security.X509None(s) },
					"x509-vnc": func(s security.TLSSource) security.Type {
						return security.X509VNC(s, security.VNCAuth{Password: password})
					},
				} {
					t.Run(fmt.Sprintf("%s, certificate %s, %s to %s", kind, wish, tls.VersionName(oldest), tls.VersionName(newest)), func(t *testing.T) {
						t.Parallel()
						config := &tls.Config{Certificates: []tls.Certificate{server}, ClientAuth: auth, MinVersion: oldest, MaxVersion: newest}
						target := probe.Target{Address: serveType(t, typed(func() *tls.Config { return config })), Name: "localhost", Trust: trust}
						checkInspected(t, probe.Inspect(t.Context(), target), newest, old, wish, false)
						target.Login = probe.Login{Password: []byte("secret"), Certificate: &client}
						checkInspected(t, probe.Inspect(t.Context(), target), newest, old, wish, true)
					})
				}
			}
		}
	}
}

// TestInspectOldSuite logs in to a server whose only cipher suite is one that
// crypto/tls does not offer by itself.
func TestInspectOldSuite(t *testing.T) {
	authority := peertest.NewAuthority(t, "suite test")
	dir := t.TempDir()
	authority.Issue(t, dir, "server", peertest.Server)
	pair, err := tls.LoadX509KeyPair(dir+"/server-cert.pem", dir+"/server-key.pem")
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{
		Certificates: []tls.Certificate{pair}, MaxVersion: tls.VersionTLS12,
		CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256},
	}
	trust := probe.Trust{Source: "test", CA: ca.Trust{Roots: []*x509.Certificate{authority.Certificate}}}
	address := serveType(t, security.X509None(func() *tls.Config { return config }))
	r := probe.Inspect(t.Context(), probe.Target{Address: address, Name: "localhost", Trust: trust})
	checkInspected(t, r, tls.VersionTLS12, probe.OldRefused, probe.NotAsked, true)
	if len(r.Findings) != 1 || r.Findings[0].Code != probe.TLSWeakCipher {
		t.Errorf("findings %+v", r.Findings)
	}
}

func checkInspected(t *testing.T, r *probe.Report, newest uint16, old string, wish probe.Wish, login bool) {
	t.Helper()
	f := r.TLS
	if f == nil || f.Version != tls.VersionName(newest) || f.Old != old || f.ClientCertificate != wish || !f.Trusted || !f.NameFits {
		t.Fatalf("TLS %+v, findings %+v", f, r.Findings)
	}
	if login && (!r.Login.OK || r.Desktop == nil || r.Desktop.Name != "screen" || r.Desktop.Width != 40) {
		t.Errorf("logged in: %+v, desktop %+v", r.Login, r.Desktop)
	}
}
