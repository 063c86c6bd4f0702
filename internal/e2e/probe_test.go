package e2e_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"image"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"vncsec/internal/peertest"
	"vncsec/layout"
	"vncsec/vncserve/listen"
	"vncsec/vncserve/probe"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// probeReport runs vncsec probe and reads its report; the exit code must be the given one.
func probeReport(t *testing.T, exit int, args ...string) *probe.Report {
	t.Helper()
	return probeReportWith(t, nil, exit, args...)
}

// probeReportWith is probeReport with variables in the environment.
func probeReportWith(t *testing.T, env []string, exit int, args ...string) *probe.Report {
	t.Helper()
	cmd := command(t, append([]string{"probe", "--json"}, args...)...)
	cmd.Env = append(cmd.Env, env...)
	var out, told bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &told
	err := cmd.Run()
	code := 0
	if ended := (*exec.ExitError)(nil); errors.As(err, &ended) {
		code = ended.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	if code != exit {
		t.Fatalf("vncsec probe %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, exit, &out, &told)
	}
	report := &probe.Report{}
	if err := json.Unmarshal(out.Bytes(), report); err != nil {
		t.Fatalf("%v\n%s%s", err, &out, &told)
	}
	return report
}

// findings lists the findings of a report by severity and code.
func findings(r *probe.Report) []string {
	list := []string{}
	for _, f := range r.Findings {
		list = append(list, string(f.Severity)+" "+string(f.Code))
	}
	return list
}

func demandFindings(t *testing.T, r *probe.Report, want ...string) {
	t.Helper()
	if got := findings(r); !slices.Equal(got, want) {
		t.Errorf("findings %q, want %q\n%+v", got, want, r.Findings)
	}
}

// offered lists what a report names.
func offered(list []probe.Numbered) string {
	var names []string
	for _, n := range list {
		names = append(names, n.Name)
	}
	return strings.Join(names, ",")
}

// secretFile writes a password into a file of its own.
func secretFile(t *testing.T, secret string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestProbeDeployments looks at our own server in the seven deployments of the README: with
// nothing, where it must tell what is offered and demanded, and with all that the viewers
// have, where it must see the desktop.
func TestProbeDeployments(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	trust := []string{"--ca", s.caFile(), "--hostname", "localhost"}
	admin := []string{"--dir", s.client, "--hostname", "localhost"}
	password := []string{"--password-file", secretFile(t, "secret")}
	user := append([]string{"--user", "alice"}, password...)
	for _, tt := range []struct {
		name  string
		serve []string
		// look and logIn are the options of the two looks, exit the code of the first.
		look, logIn []string
		types, subs string
		wish        probe.Wish
		mechanisms  string
		method      string
		exit        int
		want        []string
	}{
		{name: "1", serve: []string{"--listen", "unix:"}, types: "none", method: "none"},
		{name: "2", serve: []string{"--listen", anyPort, "--password"}, logIn: password, types: "vnc", method: "vnc"},
		{name: "3", serve: []string{"--listen", anyPort, "--x509", s.server}, look: trust, types: "vencrypt", subs: "x509-none", wish: probe.NotAsked, method: "x509-none"},
		{name: "3 without its authority", serve: []string{"--listen", anyPort, "--x509", s.server}, types: "vencrypt", subs: "x509-none", wish: probe.NotAsked, method: "x509-none", exit: 1, want: []string{"warning cert-untrusted"}},
		{name: "4", serve: []string{"--listen", anyPort, "--x509verify", s.server}, look: trust, logIn: admin, types: "vencrypt", subs: "x509-none", wish: probe.Demanded, method: "x509-none"},
		{name: "5", serve: []string{"--listen", anyPort, "--x509verify", s.server, "--password"}, look: trust, logIn: append(password, admin...), types: "vencrypt", subs: "x509-vnc", wish: probe.Demanded, method: "x509-vnc"},
		{name: "6", serve: append(saslOptions(newSASL(t, "digest-md5")), "--listen", anyPort), logIn: user, types: "sasl", mechanisms: "DIGEST-MD5", method: "sasl"},
		{name: "7", serve: append(saslOptions(newSASL(t, "scram-sha-256")), "--listen", anyPort, "--x509", s.server, "--plain"), look: trust, logIn: append(user, trust...), types: "vencrypt", subs: "x509-sasl,x509-plain", wish: probe.NotAsked, mechanisms: "SCRAM-SHA-256", method: "x509-sasl"},
		{name: "7 and certificates", serve: append(saslOptions(newSASL(t, "scram-sha-256")), "--listen", anyPort, "--x509verify", s.server), look: trust, logIn: append(user, admin...), types: "vencrypt", subs: "x509-sasl", wish: probe.Demanded, method: "x509-sasl"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.serve[1] == "unix:" {
				tt.serve = []string{"--listen", "unix:" + socketPath(t)}
			}
			server := serve(t, append(tt.serve, "--", "sh", "-c", page)...)
			if slices.Contains(tt.serve, "--password") {
				server.setPassword("secret")
			}
			report := probeReport(t, tt.exit, append(tt.look, server.address)...)
			demandFindings(t, report, tt.want...)
			if offered(report.SecurityTypes) != tt.types || offered(report.SubTypes) != tt.subs || report.Protocol != "003.008" {
				t.Errorf("%s: types %v, sub-types %v", report.Protocol, report.SecurityTypes, report.SubTypes)
			}
			checkProbedTLS(t, report.TLS, tt.wish, tt.look != nil)
			mechanisms := ""
			for _, offer := range report.SASL {
				mechanisms += strings.Join(offer.Mechanisms, ",")
			}
			if mechanisms != tt.mechanisms {
				t.Errorf("SASL mechanisms %q, want %q", mechanisms, tt.mechanisms)
			}
			if report.Login.OK != (tt.logIn == nil) {
				t.Errorf("logged in without credentials: %+v", report.Login)
			}

			options := slices.Concat(tt.look, []string{"--login-required", server.address})
			if tt.logIn != nil {
				options = slices.Concat(tt.logIn, []string{"--login-required", server.address})
			}
			report = probeReport(t, tt.exit, options...)
			demandFindings(t, report, tt.want...)
			if report.Login.Method != tt.method || !report.Login.OK || report.Desktop == nil || report.Desktop.Width == 0 || report.Desktop.Bytes == 0 {
				t.Errorf("logged in: %+v, desktop %+v", report.Login, report.Desktop)
			}
		})
	}
}

// checkProbedTLS checks what the site's server shows inside TLS; it shows none if nothing is
// wished.
func checkProbedTLS(t *testing.T, f *probe.TLSFacts, wish probe.Wish, trusted bool) {
	t.Helper()
	if f == nil {
		if wish != "" {
			t.Error("there is no TLS")
		}
		return
	}
	if f.Version != "TLS 1.3" || f.KeyExchange != "X25519MLKEM768" || f.Old != probe.OldRefused || f.ClientCertificate != wish {
		t.Errorf("TLS %+v, want a client certificate %s", f, wish)
	}
	if !f.NameFits || f.Trusted != trusted || len(f.Chain) != 1 || f.Chain[0].Subject != "CN=localhost" || f.Chain[0].Key != "ECDSA P-256" {
		t.Errorf("chain %+v, name fits %v, trusted %v (%s)", f.Chain, f.NameFits, f.Trusted, f.Untrusted)
	}
}

// TestProbeRefused gives wrong secrets, and no secret where it would be shown: each has a
// finding, and the server has no log-in.
func TestProbeRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	other := newSite(t, "ecdsa-p256")
	wrong := secretFile(t, "wrong")
	withPassword := serve(t, "--listen", anyPort, "--x509verify", s.server, "--password")
	withPassword.setPassword("secret")
	users := serve(t, append(saslOptions(newSASL(t, "scram-sha-256")), "--listen", anyPort, "--x509", s.server, "--plain")...)
	for _, tt := range []struct {
		name    string
		options []string
		want    []string
	}{
		{"wrong password", []string{withPassword.address, "--dir", s.client, "--password-file", wrong}, []string{"critical login-failed"}},
		{"wrong password of a user", []string{users.address, "--dir", s.client, "--user", "alice", "--password-file", wrong}, []string{"critical login-failed"}},
		{"certificate of another authority", []string{withPassword.address, "--ca", s.caFile(), "--cert", other.client + "/client-cert.pem", "--key", other.client + "/client-key.pem", "--password-file", wrong}, []string{"critical login-failed"}},
		{"no certificate", []string{withPassword.address, "--ca", s.caFile(), "--password-file", wrong}, []string{"critical login-not-tried"}},
		{"another authority", []string{users.address, "--dir", other.client, "--user", "alice", "--password-file", wrong}, []string{"critical cert-untrusted", "critical login-not-tried"}},
		{"another name", []string{users.address, "--dir", s.client, "--hostname", "example.com", "--user", "alice", "--password-file", wrong}, []string{"critical cert-wrong-name", "critical login-not-tried"}},
		{"expectations", []string{users.address, "--dir", s.client, "--min-days", "400", "--refuse", "x509-plain", "--require", "x509-vnc", "--min-tls", "1.3"},
			[]string{"critical cert-expires-soon", "critical method-missing", "critical method-offered", "critical tls-below-minimum"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			report := probeReport(t, 2, tt.options...)
			demandFindings(t, report, tt.want...)
			if report.Desktop != nil {
				t.Errorf("there is a desktop: %+v", report.Login)
			}
		})
	}
	for _, server := range []*server{withPassword, users} {
		if strings.Contains(server.Log(), "viewer connected") {
			t.Errorf("somebody got in:\n%s", server.Log())
		}
	}
}

// TestProbePlain logs in as viewers without SASL do, with the right password and a wrong one.
func TestProbePlain(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	console := serve(t, append(saslOptions(newSASL(t, "scram-sha-256")), "--listen", anyPort, "--x509", s.server, "--plain")...)
	address, err := listen.Parse(console.address)
	if err != nil {
		t.Fatal(err)
	}
	config, err := layout.LoadClient(s.client, "localhost")
	if err != nil {
		t.Fatal(err)
	}
	with := security.Credentials{TLS: config, User: "alice", Password: []byte("secret")}
	c, err := probe.Connect(t.Context(), address, probe.Options{Credentials: with})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if c.Agreed.SubType != rfb.SubTypeX509Plain {
		t.Errorf("logged in by %s", c.Agreed.Method())
	}
	fullPicture(t, c)
	with.Password = []byte("wrong")
	var refused *security.ServerRefusedError
	if _, err := probe.Connect(t.Context(), address, probe.Options{Credentials: with}); !errors.As(err, &refused) {
		t.Errorf("a wrong password gave %v", err)
	}
}

// TestProbeKerberos logs in with a ticket, without TLS: what comes after is encrypted by
// SASL. Once the KDC hangs, libsasl2 waits for it, and the report does not.
func TestProbeKerberos(t *testing.T) {
	t.Parallel()
	kdc := peertest.StartKDC(t)
	kdc.AddUser("alice", "secret")
	keytab := filepath.Join(t.TempDir(), "keytab")
	kdc.AddService(keytab, "vnc/"+saslRealm)
	dir := t.TempDir()
	writeServiceFile(t, dir, "mech_list: gssapi", "keytab: "+keytab)
	console := serveWith(t, kdc.Env, append(saslOptions(dir), "--listen", anyPort)...)
	ticket := append([]string{kdc.Login("alice", "secret")}, kdc.Env...)
	report := probeReportWith(t, ticket, 0, console.address, "--hostname", saslRealm, "--kerberos", "--login-required")
	if report.Login.Mechanism != "GSSAPI" || report.Desktop == nil {
		t.Errorf("logged in: %+v", report.Login)
	}
	ticket = append([]string{kdc.Login("alice", "secret")}, kdc.Env...) // the first cache has the server's ticket by now
	kdc.Signal(t, syscall.SIGSTOP)
	report = probeReportWith(t, ticket, 2, console.address, "--hostname", saslRealm, "--kerberos", "--timeout", "2s")
	demandFindings(t, report, "critical login-failed")
	if !strings.Contains(report.Login.Why, "does the Kerberos server (KDC) answer?") {
		t.Errorf("the log-in ended with %q", report.Login.Why)
	}
}

// TestProbeScreenshot compares the picture in the file with the console's, and looks at the
// file's mode.
func TestProbeScreenshot(t *testing.T) {
	t.Parallel()
	want := drawn(t, "sh", "-c", page)
	console := serve(t, "--listen", "unix:"+socketPath(t), "--", "sh", "-c", page)
	peertest.WaitSame(t, "the console shows the page", want, peertest.StartLibVNCClient(t, peertest.LibVNCClientOptions{Address: console.address, Encoding: "raw"}).Picture)
	file := filepath.Join(t.TempDir(), "console.png")
	probeReport(t, 0, console.address, "--screenshot", file)
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info, err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	cmd := command(t, "probe", console.address, "--screenshot", "-", "--encodings", "raw")
	stdout, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for what, data := range map[string][]byte{"the file": data, "standard output": stdout} {
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if !peertest.Same(toRGBA(img), want) {
			t.Errorf("%s has another picture", what)
		}
	}
}

// setPassword sets the VNC password, and waits until that is done.
func (s *server) setPassword(password string) {
	s.t.Helper()
	s.tell("change vnc password " + password)
	s.tell("info vnc") // answered after the password is set
	peertest.Eventually(s.t, "the monitor answers", func() bool { return strings.Count(s.Log(), "Server: ") >= 2 })
}

func toRGBA(from image.Image) *image.RGBA {
	to := image.NewRGBA(from.Bounds())
	draw.Draw(to, to.Rect, from, from.Bounds().Min, draw.Src)
	return to
}
