package e2e_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vncsec/internal/peertest"
	"vncsec/vncserve/probe"
)

// TestProbeQEMU looks at QEMU's own server, whose TLS asks for client certificates even
// where it needs none, and takes versions that vncsec serve does not.
func TestProbeQEMU(t *testing.T) {
	t.Parallel()
	s := newSite(t, "rsa-2048")
	admin := []string{"--dir", s.client, "--hostname", "localhost"}
	for _, tt := range []struct {
		name    string
		qemu    peertest.QEMUOptions
		options []string
		types   string
		subs    string
		wish    probe.Wish
		login   bool
		exit    int
		want    []string
	}{
		{name: "none", types: "none", login: true},
		{name: "password", qemu: peertest.QEMUOptions{Password: "secret"}, types: "vnc"},
		{name: "password given", qemu: peertest.QEMUOptions{Password: "secret"}, options: []string{"--password-file", secretFile(t, "secret")}, types: "vnc", login: true},
		{name: "certificate", qemu: peertest.QEMUOptions{Credentials: s.server}, options: admin, types: "vencrypt", subs: "x509-none", wish: probe.Asked, login: true, exit: 1, want: []string{"warning tls-old"}},
		{name: "certificates", qemu: peertest.QEMUOptions{Credentials: s.server, VerifyPeer: true}, options: admin, types: "vencrypt", subs: "x509-none", wish: probe.Demanded, login: true, exit: 1, want: []string{"warning tls-old"}},
		{name: "certificates and no certificate", qemu: peertest.QEMUOptions{Credentials: s.server, VerifyPeer: true}, options: []string{"--ca", s.caFile(), "--hostname", "localhost"}, types: "vencrypt", subs: "x509-none", wish: probe.Demanded, exit: 1, want: []string{"warning tls-old"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			guest := peertest.StartQEMU(t, tt.qemu)
			report := probeReport(t, tt.exit, append(tt.options, guest.Address)...)
			demandFindings(t, report, tt.want...)
			if offered(report.SecurityTypes) != tt.types || offered(report.SubTypes) != tt.subs || report.Login.OK != tt.login {
				t.Errorf("types %v, sub-types %v, logged in: %+v", report.SecurityTypes, report.SubTypes, report.Login)
			}
			if tt.login && (report.Desktop.Name != "QEMU" || report.Desktop.Width != 720 || report.Desktop.Encodings[0].Encoding != "Tight") {
				t.Errorf("desktop %+v", report.Desktop)
			}
			if tt.wish == "" {
				return
			}
			f := report.TLS
			if f.ClientCertificate != tt.wish || !slices.Equal(f.ClientCAs, []string{"CN=" + organization}) || f.Old != "TLS 1.1" || f.Chain[0].Key != "RSA 2048" {
				t.Errorf("TLS %+v", f)
			}
		})
	}
}

// newSASLHere is newSASL for a server that takes its realm from this host's name.
func newSASLHere(t *testing.T, mechanisms string) string {
	t.Helper()
	dir := newSASL(t, mechanisms)
	vncsec(t, "sasl", "user", "add", "alice", "--plaintext", "--file", filepath.Join(dir, "qemu.conf"), "--password-file", secretFile(t, "secret"))
	return dir
}

// TestProbeQEMUSASL reads the mechanisms that QEMU offers: inside TLS, without TLS where one
// encrypts, and where none does, for which it has an empty list.
func TestProbeQEMUSASL(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	for _, tt := range []struct {
		name       string
		mechanisms string
		tls        bool
		offered    string
		login      bool
		want       []string
	}{
		{"inside TLS", "plain scram-sha-256", true, "PLAIN,SCRAM-SHA-256", true, []string{"warning tls-old"}},
		{"without TLS", "plain digest-md5", false, "DIGEST-MD5", true, nil},
		{"without TLS and nothing that encrypts", "plain scram-sha-256", false, "", false, []string{"critical login-failed", "warning sasl-no-mechanism"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			qemu := peertest.QEMUOptions{SASL: newSASLHere(t, tt.mechanisms)}
			if tt.tls {
				qemu.Credentials = s.server
			}
			guest := peertest.StartQEMU(t, qemu)
			exit := 0
			for _, want := range tt.want {
				exit = max(exit, map[string]int{"warning": 1, "critical": 2}[strings.Fields(want)[0]])
			}
			report := probeReport(t, exit, guest.Address, "--dir", s.client, "--hostname", "localhost", "--user", "alice", "--password-file", secretFile(t, "secret"))
			demandFindings(t, report, tt.want...)
			if got := strings.Join(report.SASL[0].Mechanisms, ","); got != tt.offered || report.Login.OK != tt.login {
				t.Errorf("mechanisms %q, logged in: %+v", got, report.Login)
			}
		})
	}
	t.Run("without a service file", func(t *testing.T) {
		guest := peertest.StartQEMU(t, peertest.QEMUOptions{SASL: t.TempDir(), Credentials: s.server})
		report := probeReport(t, 2, guest.Address, "--dir", s.client, "--hostname", "localhost")
		demandFindings(t, report, "critical sasl-anonymous", "warning tls-old")
	})
}

// TestProbeXvnc looks at TigerVNC's server with all the types that it has, and with those
// that it has by default.
func TestProbeXvnc(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	password := secretFile(t, "secret")
	for _, tt := range []struct {
		name    string
		xvnc    peertest.XvncOptions
		options []string
		types   string
		subs    string
		method  string
		want    []string
	}{
		{
			"all", peertest.XvncOptions{SecurityTypes: "X509Vnc,X509None,X509Plain,TLSVnc,TLSNone,TLSPlain,VncAuth,None,Plain"},
			[]string{"--password-file", password},
			"vencrypt,vnc,none", "x509-vnc,x509-none,x509-plain,tls-vnc,tls-none,tls-plain,vnc,none,plain", "x509-vnc",
			[]string{"warning tls-anonymous", "warning tls-old"},
		},
		{
			"anonymous TLS", peertest.XvncOptions{SecurityTypes: "TLSVnc,VncAuth"},
			[]string{"--password-file", password, "--refuse", "TLSVnc"},
			"vencrypt,vnc", "tls-vnc,vnc", "vnc",
			[]string{"critical method-offered", "warning tls-anonymous"},
		},
		{
			"certificates", peertest.XvncOptions{SecurityTypes: "X509Vnc"},
			[]string{"--password-file", password, "--require", "x509vnc"},
			"vencrypt", "x509-vnc", "x509-vnc",
			[]string{"warning tls-old"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.xvnc.TCP, tt.xvnc.Password, tt.xvnc.Credentials = true, "secret", s.server
			xvnc := peertest.StartXvnc(t, tt.xvnc)
			exit := 1
			if strings.HasPrefix(tt.want[0], "critical") {
				exit = 2
			}
			// More than TigerVNC would bear without a log-in.
			for range 3 {
				report := probeReport(t, exit, append(tt.options, "--dir", s.client, xvnc.Address)...)
				demandFindings(t, report, tt.want...)
				if offered(report.SecurityTypes) != tt.types || offered(report.SubTypes) != tt.subs || report.Login.Method != tt.method || !report.Login.OK {
					t.Errorf("types %v, sub-types %v, logged in: %+v", report.SecurityTypes, report.SubTypes, report.Login)
				}
			}
		})
	}
	t.Run("another name, and another authority", func(t *testing.T) {
		xvnc := peertest.StartXvnc(t, peertest.XvncOptions{SecurityTypes: "X509None", Credentials: s.server})
		report := probeReport(t, 2, xvnc.Address, "--hostname", "example.com")
		demandFindings(t, report, "critical cert-wrong-name", "warning tls-old", "warning cert-untrusted")
	})
	t.Run("too often without a log-in", func(t *testing.T) {
		xvnc := peertest.StartXvnc(t, peertest.XvncOptions{TCP: true, SecurityTypes: "VncAuth", Password: "secret"})
		for range 5 {
			demandFindings(t, probeReport(t, 0, xvnc.Address))
		}
		demandFindings(t, probeReport(t, 3, xvnc.Address), "unknown server-refuses")
	})
}
