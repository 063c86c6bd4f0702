package probe_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"image"
	"path/filepath"
	"strings"
	"testing"

	"vncsec/internal/peertest"
	"vncsec/vncserve/listen"
	"vncsec/vncserve/probe"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// TestQEMU takes QEMU's picture in every encoding and compares it with QEMU's own.
func TestQEMU(t *testing.T) {
	peertest.Need(t, "qemu-system-x86_64")
	path := filepath.Join(t.TempDir(), "vnc")
	qemu := peertest.StartQEMU(t, peertest.QEMUOptions{Socket: path})
	for name, encodings := range map[string][]rfb.Encoding{
		"default": nil,
		"Raw":     {rfb.EncodingRaw},
		"ZRLE":    {rfb.EncodingZRLE, rfb.EncodingDesktopSize},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := probe.Connect(t.Context(), listen.Address{Path: path}, probe.Options{Encodings: encodings})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = c.Close() }()
			if c.Agreed.Type != rfb.SecurityNone || c.Name != "QEMU" || c.TLS() != "" {
				t.Errorf("agreed on %+v with %q, TLS %q", c.Agreed, c.Name, c.TLS())
			}
			peertest.WaitSame(t, "the probe's picture", qemu.Picture(), func() *image.RGBA {
				if err := c.Full(); err != nil {
					t.Fatal(err)
				}
				return rgba(c.Picture())
			})
		})
	}
}

func rgba(from image.Image) *image.RGBA {
	to := image.NewRGBA(from.Bounds())
	for y := range to.Rect.Dy() {
		for x := range to.Rect.Dx() {
			to.Set(x, y, from.At(x, y))
		}
	}
	return to
}

// TestXvnc logs in to TigerVNC's server, which offers many types at once.
func TestXvnc(t *testing.T) {
	dir := t.TempDir()
	authority := peertest.NewAuthority(t, "probe test")
	authority.Issue(t, dir, "server", peertest.Server)
	xvnc := peertest.StartXvnc(t, peertest.XvncOptions{
		SecurityTypes: "X509Vnc,X509None,VncAuth", Password: "secret", Credentials: dir, Geometry: "200x100",
	})
	address, err := listen.Parse(xvnc.Address)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(authority.Certificate)

	for _, test := range []struct {
		name  string
		with  security.Credentials
		fails string
	}{
		{"password", security.Credentials{Password: []byte("secret")}, ""},
		{"wrong password", security.Credentials{Password: []byte("secreT")}, "refused"},
		{"TLS", security.Credentials{TLS: &tls.Config{RootCAs: roots, ServerName: "localhost"}}, ""},
		{"TLS, another name", security.Credentials{TLS: &tls.Config{RootCAs: roots, ServerName: "example.com"}}, "example.com"},
		{"TLS, another CA", security.Credentials{TLS: &tls.Config{RootCAs: x509.NewCertPool(), ServerName: "localhost"}}, "unknown authority"},
		{"nothing that fits", security.Credentials{}, security.ErrPasswordRequired.Error()},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := probe.Connect(t.Context(), address, probe.Options{Credentials: test.with})
			if test.fails != "" {
				if err == nil || !strings.Contains(err.Error(), test.fails) {
					t.Fatalf("error %v, want %q", err, test.fails)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = c.Close() }()
			if err := errors.Join(c.Full(), c.Type("a\n")); err != nil {
				t.Fatal(err)
			}
			if c.Size() != image.Pt(200, 100) || (test.with.TLS != nil) != (c.TLS() != "") {
				t.Errorf("size %v, TLS %q", c.Size(), c.TLS())
			}
		})
	}
}
