package issue

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vncsec/ca"
	"vncsec/internal/atomicfile"
	"vncsec/internal/peertest"
	"vncsec/layout"
	"vncsec/templates"
)

func authority(t testing.TB, name string) *ca.Authority {
	t.Helper()
	template := must(templates.Default(templates.CA))
	template.Set("cn", name)
	return must(ca.Create(context.Background(), ca.CreateOptions{
		Dir:     filepath.Join(t.TempDir(), "ca"),
		Profile: must(template.Profile()),
	}))
}

func parse(t testing.TB, text string) *templates.Template {
	t.Helper()
	template, err := templates.Parse("test.info", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return template
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func TestServerNames(t *testing.T) {
	a := authority(t, "Test CA")
	for name, test := range map[string]struct {
		request Request
		cn      string
		dns     []string
		ips     []string
	}{
		"host name":      {Request{Name: "vnc1.example.org"}, "vnc1.example.org", []string{"vnc1.example.org"}, nil},
		"short name":     {Request{Name: "vnc1"}, "vnc1", []string{"vnc1"}, nil},
		"IPv4 address":   {Request{Name: "192.0.2.1"}, "192.0.2.1", nil, []string{"192.0.2.1"}},
		"IPv6 address":   {Request{Name: "2001:db8::1"}, "2001:db8::1", nil, []string{"2001:db8::1"}},
		"wildcard":       {Request{Name: "*.example.org"}, "*.example.org", []string{"*.example.org"}, nil},
		"more names":     {Request{Name: "a", DNS: []string{"b", "c"}, IPs: []net.IP{net.IPv4(192, 0, 2, 1), net.ParseIP("::1")}}, "a", []string{"a", "b", "c"}, []string{"192.0.2.1", "::1"}},
		"manual":         {Request{Template: parse(t, "organization = Name of your organization\ncn = server.foo.example.com\ntls_www_server\nencryption_key\nsigning_key\n")}, "server.foo.example.com", []string{"server.foo.example.com"}, nil},
		"name wins":      {Request{Name: "b.example", Template: parse(t, "cn = a.example\ntls_www_server")}, "b.example", []string{"b.example"}, nil},
		"template names": {Request{Template: parse(t, "cn = a.example\ndns_name = b.example\ntls_www_server")}, "a.example", []string{"b.example"}, nil},
		"named twice":    {Request{Name: "a", DNS: []string{"b", "A"}}, "a", []string{"b", "A"}, nil},
		"dn":             {Request{Name: "a", Template: parse(t, "dn = CN=a,O=b\ntls_www_server")}, "a", []string{"a"}, nil},
		"dn alone":       {Request{Template: parse(t, "dn = CN=a,O=b\ntls_www_server")}, "a", []string{"a"}, nil},
		"text and names": {Request{Template: parse(t, "cn = Meeting room\ndns_name = b.example\ntls_www_server")}, "Meeting room", []string{"b.example"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			test.request.Role = Server
			issued, err := Issue(context.Background(), a, test.request)
			if err != nil {
				t.Fatal(err)
			}
			cert := issued.Certificate
			var ips []string
			for _, ip := range cert.IPAddresses {
				ips = append(ips, ip.String())
			}
			if cert.Subject.CommonName != test.cn || !cmp.Equal(cert.DNSNames, test.dns) || !cmp.Equal(ips, test.ips) {
				t.Errorf("cn %q, names %q, addresses %q", cert.Subject.CommonName, cert.DNSNames, ips)
			}
		})
	}
}

// TestMappedAddress: GnuTLS and OpenSSL compare the octets of addresses.
func TestMappedAddress(t *testing.T) {
	issued := must(Issue(context.Background(), authority(t, "Test CA"), Request{Role: Server, Name: "::ffff:192.0.2.1"}))
	if ips := issued.Certificate.IPAddresses; len(ips) != 1 || len(ips[0]) != net.IPv4len {
		t.Errorf("addresses %v, want one of four octets", ips)
	}
}

func TestClientHasNoAlternativeNames(t *testing.T) {
	a := authority(t, "Test CA")
	issued, err := Issue(context.Background(), a, Request{Role: Client, Name: "Zoë O'Neil, night shift", Country: "GB", State: "London", Locality: "City", Organization: "Acme", Days: 7})
	if err != nil {
		t.Fatal(err)
	}
	cert := issued.Certificate
	if got, want := cert.Subject.String(), `CN=Zoë O'Neil\, night shift,O=Acme,L=City,ST=London,C=GB`; got != want {
		t.Errorf("subject %s, want %s", got, want)
	}
	if len(cert.DNSNames)+len(cert.IPAddresses)+len(cert.EmailAddresses) > 0 {
		t.Error("the client has alternative names")
	}
	if left := time.Until(cert.NotAfter); left > 7*24*time.Hour || left < 6*24*time.Hour {
		t.Errorf("valid for %s, want 7 days", left)
	}
	if err := ca.VerifyServer([]*x509.Certificate{cert}, "", a.Trust()); err == nil {
		t.Error("the client's certificate is good for a server")
	}
}

func TestIssueRefuses(t *testing.T) {
	a := authority(t, "Test CA")
	long := strings.Repeat("x", 65)
	for want, request := range map[string]Request{
		"unknown role":                {Role: "viewer", Name: "x"},
		"needs a name":                {Role: Client},
		"for no host":                 {Role: Server, Template: parse(t, "cn = Meeting room\ntls_www_server")},
		"cannot be part of one":       {Role: Server, Name: "Meeting room"},
		"xn-- form":                   {Role: Server, Name: "bücher.example"},
		"has the port 5900":           {Role: Server, Name: "host:5900"},
		"leave out the scheme":        {Role: Server, Name: "https://host"},
		`give only "::1"`:             {Role: Server, Name: "[::1]"},
		`give only "fe80::1"`:         {Role: Server, Name: "fe80::1%eth0"},
		`give only "host.example"`:    {Role: Server, Name: "host.example."},
		"too much":                    {Role: Server, Name: "*.org"},
		"neither an IP address":       {Role: Server, Name: "192.0.2.300"},
		"begins or ends with a blank": {Role: Client, Name: "jane "},
		"control character":           {Role: Client, Name: "jane\ndoe"},
		"templates: cn: the text has 65 characters, at most 64":           {Role: Client, Name: long},
		"templates: organization: the text has 65 characters, at most 64": {Role: Client, Name: "x", Organization: long},
		`templates: country: "Germany"`:                                   {Role: Client, Name: "x", Country: "Germany"},
		`templates: dns_name: "a b"`:                                      {Role: Client, Name: "x", DNS: []string{"a b"}},
		"templates: ip_address:":                                          {Role: Client, Name: "x", IPs: []net.IP{{1, 2, 3}}},
		"templates: expiration_days: -5 days":                             {Role: Client, Name: "x", Days: -5},
		"at most 3":                                                       {Role: Client, Name: "x", Days: 5000},
		"unknown key type":                                                {Role: Client, Name: "x", KeyType: "dsa"},
		"extKeyUsage lacks the server purpose":                            {Role: Server, Name: "x", Template: parse(t, "tls_www_client")},
		"extKeyUsage lacks the client purpose":                            {Role: Client, Name: "x", Template: parse(t, "tls_www_server")},
		"that of a certificate authority":                                 {Role: Client, Name: "x", Template: parse(t, "ca\ncert_signing_key")},
		"expired on 2021":                                                 {Role: Client, Name: "x", Template: parse(t, "activation_date = 2020-01-01\nexpiration_date = 2021-03-03")},
		`gives the name "a", not "b"`:                                     {Role: Client, Name: "b", Template: parse(t, "dn = CN=a,O=b")},
		"same name as the authority":                                      {Role: Client, Name: "Test CA"},
	} {
		if _, err := Issue(context.Background(), a, request); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Issue(cancelled, a, Request{Role: Client, Name: "x"}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestLogsHoldNoKeys(t *testing.T) {
	a := authority(t, "CA")
	issued := must(Issue(context.Background(), a, Request{Role: Client, Name: "x"}))
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	logger.Info("issued", "authority", a, "certificate", issued)
	if got := log.String(); strings.Contains(got, "PrivateKey") || !strings.Contains(got, `client certificate \"CN=x\"`) || !strings.Contains(got, `authority \"CA\"`) {
		t.Error(got)
	}
}

func TestTemplateIsNotChanged(t *testing.T) {
	template := parse(t, "cn = a\no = b\nexpiration_days = 9\ntls_www_client")
	before := template.Entries()
	if _, err := Issue(context.Background(), authority(t, "CA"), Request{Role: Client, Name: "c", Organization: "d", Days: 3, DNS: []string{"e"}, Template: template}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, template.Entries(), cmp.AllowUnexported(templates.Entry{})); diff != "" {
		t.Error(diff)
	}
}

func TestFutureCertificate(t *testing.T) {
	template := parse(t, fmt.Sprintf("activation_date = @%d\ntls_www_client", time.Now().Add(48*time.Hour).Unix()))
	if _, err := Issue(context.Background(), authority(t, "CA"), Request{Role: Client, Name: "x", Template: template}); err != nil {
		t.Error(err)
	}
}

// TestWrittenPairsTalk writes a server and a client into one folder, and has them
// shake hands with the files alone.
func TestWrittenPairsTalk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pki")
	a := authority(t, "CA")
	for _, request := range []Request{{Role: Server, Name: "localhost", KeyType: ca.Ed25519}, {Role: Client, Name: "jane", KeyType: ca.RSA2048}} {
		if _, err := must(Issue(context.Background(), a, request)).Write(dir, false); err != nil {
			t.Fatal(err)
		}
	}
	for name, mode := range map[string]fs.FileMode{
		".": 0o700 | fs.ModeDir, layout.CACertFile: 0o644, layout.ServerCertFile: 0o644, layout.ClientCertFile: 0o644,
		layout.ServerKeyFile: 0o600, layout.ClientKeyFile: 0o600,
	} {
		if info := must(os.Stat(filepath.Join(dir, name))); info.Mode() != mode {
			t.Errorf("%s has mode %v, want %v", name, info.Mode(), mode)
		}
	}
	file := func(name string) string { return filepath.Join(dir, name) }
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(must(os.ReadFile(file(layout.CACertFile))))
	server := &tls.Config{ClientCAs: roots, ClientAuth: tls.RequireAndVerifyClientCert,
		Certificates: []tls.Certificate{must(tls.LoadX509KeyPair(file(layout.ServerCertFile), file(layout.ServerKeyFile)))}}
	client := &tls.Config{RootCAs: roots, ServerName: "localhost",
		Certificates: []tls.Certificate{must(tls.LoadX509KeyPair(file(layout.ClientCertFile), file(layout.ClientKeyFile)))}}
	here, there := net.Pipe()
	defer here.Close()
	defer there.Close()
	done := make(chan error, 1)
	go func() { done <- tls.Server(there, server).Handshake() }()
	if err := tls.Client(here, client).Handshake(); err != nil {
		t.Error(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestQEMULoadsEveryKeyType has QEMU load what was written.
func TestQEMULoadsEveryKeyType(t *testing.T) {
	peertest.Need(t, "qemu-system-x86_64")
	a := authority(t, "CA")
	for _, keyType := range ca.KeyTypes() {
		dir := filepath.Join(t.TempDir(), "pki")
		for _, role := range []Role{Server, Client} {
			request := Request{Role: role, Name: "x", KeyType: keyType}
			must(must(Issue(context.Background(), a, request)).Write(dir, false))
			if err := peertest.QEMULoads(t, dir, string(role)); err != nil {
				t.Errorf("%s, %s: %v", keyType, role, err)
			}
		}
	}
}

func TestWriteKeepsWhatIsThere(t *testing.T) {
	dir := t.TempDir()
	a, b := authority(t, "A"), authority(t, "B")
	issue := func(a *ca.Authority, role Role) *Issued {
		return must(Issue(context.Background(), a, Request{Role: role, Name: "x"}))
	}
	first := issue(a, Server)
	if _, err := first.Write(dir, false); err != nil {
		t.Fatal(err)
	}
	before := must(os.ReadFile(filepath.Join(dir, layout.ServerKeyFile)))

	var exists *atomicfile.ExistsError
	if _, err := issue(a, Server).Write(dir, false); !errors.As(err, &exists) || filepath.Base(exists.Path) != layout.ServerKeyFile {
		t.Errorf("second server: %v", err)
	}
	if _, err := issue(b, Client).Write(dir, false); !errors.As(err, &exists) || filepath.Base(exists.Path) != layout.CACertFile || !strings.Contains(err.Error(), "another authority") {
		t.Errorf("client of another authority: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, layout.ClientKeyFile)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the refused client left a key: %v", err)
	}

	written, err := issue(b, Server).Write(dir, true)
	if err != nil {
		t.Fatal(err)
	}
	want := []Written{
		{filepath.Join(dir, layout.ServerKeyFile), filepath.Join(dir, layout.ServerKeyFile+".old")},
		{filepath.Join(dir, layout.ServerCertFile), filepath.Join(dir, layout.ServerCertFile+".old")},
		{filepath.Join(dir, layout.CACertFile), filepath.Join(dir, layout.CACertFile+".old")},
	}
	if diff := cmp.Diff(want, written); diff != "" {
		t.Error(diff)
	}
	if after := must(os.ReadFile(filepath.Join(dir, layout.ServerKeyFile+".old"))); !bytes.Equal(before, after) {
		t.Error("the old key was lost")
	}
}

// TestWriteDoesNotWaitForAPipe: whoever may write in the folder could stop it.
func TestWriteDoesNotWaitForAPipe(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, layout.CACertFile), 0o600); err != nil {
		t.Fatal(err)
	}
	issued := must(Issue(context.Background(), authority(t, "A"), Request{Role: Client, Name: "x"}))
	if _, err := issued.Write(dir, true); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("got %v, want a refusal", err)
	}
}

// TestPeersAcceptWhatWasWritten verifies the written files by name with certtool
// and OpenSSL.
func TestPeersAcceptWhatWasWritten(t *testing.T) {
	peertest.Need(t, "certtool", "openssl")
	dir := t.TempDir()
	a := authority(t, "CA")
	must(must(Issue(context.Background(), a, Request{Role: Server, Name: "vnc1.example.org", IPs: []net.IP{net.ParseIP("192.0.2.1")}})).Write(dir, false))
	roots, cert, key := filepath.Join(dir, layout.CACertFile), filepath.Join(dir, layout.ServerCertFile), filepath.Join(dir, layout.ServerKeyFile)
	for _, args := range [][]string{
		{"openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", "vnc1.example.org", "-CAfile", roots, cert},
		{"openssl", "verify", "-purpose", "sslserver", "-verify_ip", "192.0.2.1", "-CAfile", roots, cert},
		{"openssl", "pkey", "-noout", "-check", "-in", key},
		{"certtool", "--verify", "--verify-hostname", "vnc1.example.org", "--load-ca-certificate", roots, "--infile", cert},
		{"certtool", "--key-info", "--infile", key},
	} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
}
