package e2e_test

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"vncsec/internal/peertest"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// TestVerifyPeer presents every kind of certificate to a server that demands one
// of its own authority: gtk-vnc does, and so does a client on crypto/tls, which
// surely sends what it is given.
func TestVerifyPeer(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	authority := peertest.LoadAuthority(t, s.authority)
	issued := func(issuer *peertest.Authority, changes ...func(*x509.Certificate)) peertest.Identity {
		dir := t.TempDir()
		issuer.Issue(t, dir, "client", changes...)
		copyFile(t, s.caFile(), filepath.Join(dir, "ca-cert.pem"))
		return peertest.ClientIdentity(dir)
	}
	revoked := t.TempDir()
	authority.Revoke(t, s.server, authority.Issue(t, revoked, "client", peertest.Client))

	guest := peertest.StartQEMU(t, peertest.QEMUOptions{Socket: socketPath(t)})
	console := serve(t, "--listen", anyPort, "--x509verify", s.server, "--backend", guest.Address)
	for _, c := range []struct {
		name    string
		id      peertest.Identity
		refusal string // the server's reason, empty for those who are let in
	}{
		{"installed by vncsec", s.admin(), ""},
		{"of the authority", issued(authority, peertest.Client), ""},
		{"none", s.anonymous(), "cert-missing"},
		{"revoked", peertest.ClientIdentity(revoked), "cert-revoked"},
		{"expired", issued(authority, peertest.Client, peertest.Expired), "cert-expired"},
		{"of a server", issued(authority, peertest.Server), "cert-wrong-usage"},
		{"foreign", issued(peertest.NewAuthority(t, "Another organization"), peertest.Client), "cert-unknown-issuer"},
		{"foreign under our name", issued(peertest.NewAuthority(t, organization), peertest.Client), "cert-bad-signature"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := login(t, console.address, c.id)
			viewer := peertest.StartGTKVNC(t, peertest.GTKVNCOptions{Address: console.address, Identity: c.id})
			if c.refusal == "" {
				if err != nil {
					t.Errorf("logging in: %v", err)
				}
				peertest.WaitSame(t, "gtk-vnc shows the screen", guest.Picture(), viewer.Picture)
				return
			}
			if err == nil {
				t.Error("logging in is not refused")
			}
			viewer.Refused()
			console.waitLog("reason=" + c.refusal)
		})
	}
}

// login authenticates as a viewer that sends its certificate whatever the server
// asks for.
func login(t *testing.T, address string, id peertest.Identity) error {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(peertest.Patience)); err != nil {
		t.Fatal(err)
	}
	ca, err := os.ReadFile(id.CA)
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{RootCAs: x509.NewCertPool(), ServerName: "localhost"}
	config.RootCAs.AppendCertsFromPEM(ca)
	if id.Certificate != "" {
		pair, err := tls.LoadX509KeyPair(id.Certificate, id.Key)
		if err != nil {
			t.Fatal(err)
		}
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return &pair, nil
		}
	}
	_, err = security.Login(rfb.NewConn(conn), security.Credentials{TLS: config})
	return err
}

func copyFile(t *testing.T, source, target string) {
	t.Helper()
	data, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(target, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
