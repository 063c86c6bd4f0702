package layout

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vncsec/ca"
	"vncsec/internal/oddcert"
)

// handshake connects both over real sockets and returns both ends' opinions.
func handshake(t *testing.T, server, client *tls.Config) (state tls.ConnectionState, serverErr, clientErr error) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer listener.Close()
	done := make(chan error, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			done <- err
			return
		}
		defer conn.Close()
		secured := tls.Server(conn, server)
		conn.SetDeadline(time.Now().Add(30 * time.Second))
		err = secured.Handshake()
		if err == nil {
			_, err = secured.Write([]byte("x"))
		}
		state = secured.ConnectionState()
		done <- err
	}()
	conn, err := tls.Dial("tcp", listener.Addr().String(), client)
	if err == nil {
		_, err = conn.Read(make([]byte, 1)) // TLS 1.3 refuses only now
		conn.Close()
	}
	return state, <-done, err
}

// keyPair makes a client's certificate from a spec.
func keyPair(spec oddcert.Spec, key crypto.Signer) *tls.Certificate {
	return &tls.Certificate{Certificate: [][]byte{spec.DER()}, PrivateKey: key}
}

// anyServer trusts what it meets, so that only the server's side decides; the
// certificate is sent whatever authorities the server names.
func anyServer(cert *tls.Certificate) *tls.Config {
	return &tls.Config{InsecureSkipVerify: true, GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		if cert == nil {
			return &tls.Certificate{}, nil
		}
		return cert, nil
	}}
}

func TestLoadServerVerifiesViewers(t *testing.T) {
	revoked := leafSpec(Client)
	revoked.Serial = big.NewInt(4711)
	crl := makeCRL(t, caSpec(), caKey(), time.Now().Add(-time.Hour), time.Now().AddDate(0, 1, 0), revoked.Serial)
	foreign, expired := leafSpec(Client), leafSpec(Client)
	foreign.Signer, foreign.Issuer = otherCAKey(), "other"
	expired.NotBefore, expired.NotAfter = time.Now().AddDate(-1, 0, 0), time.Now().Add(-time.Hour)
	forged := leafSpec(Client)
	forged.Signer = otherCAKey()
	verified, err := LoadServer(goodSet(Server).with(CACRLFile, crl).write(t), LoadOptions{VerifyPeer: true})
	must(t, err)
	open, err := LoadServer(goodSet(Server).write(t), LoadOptions{})
	must(t, err)
	for _, tt := range []struct {
		name string
		cert *tls.Certificate
		want ca.Code
	}{
		{"good", keyPair(leafSpec(Client), leafKey()), ""},
		{"expired", keyPair(expired, leafKey()), ca.CodeExpired},
		{"revoked", keyPair(revoked, leafKey()), ca.CodeRevoked},
		{"another CA's", keyPair(foreign, leafKey()), ca.CodeUnknownIssuer},
		{"forged", keyPair(forged, leafKey()), ca.CodeBadSignature},
		{"a server's", keyPair(leafSpec(Server), leafKey()), ca.CodeWrongUsage},
		{"an authority's", keyPair(caSpec(), caKey()), ca.CodeWrongUsage},
	} {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			t.Run(tt.name+"/"+tls.VersionName(version), func(t *testing.T) {
				client := anyServer(tt.cert)
				client.MaxVersion = version
				_, serverErr, clientErr := handshake(t, verified, client)
				var refused *ca.VerifyError
				errors.As(serverErr, &refused)
				switch {
				case tt.want == "" && (serverErr != nil || clientErr != nil):
					t.Errorf("server %v, client %v", serverErr, clientErr)
				case tt.want != "" && (refused == nil || refused.Code != tt.want || clientErr == nil):
					t.Errorf("server %v, client %v, want %s", serverErr, clientErr, tt.want)
				}
				if state, serverErr, clientErr := handshake(t, open, client); serverErr != nil || clientErr != nil || len(state.PeerCertificates) > 0 {
					t.Errorf("without verification: server %v, client %v, %d certificates", serverErr, clientErr, len(state.PeerCertificates))
				}
			})
		}
	}
	if _, serverErr, clientErr := handshake(t, verified, anyServer(nil)); serverErr == nil || clientErr == nil {
		t.Errorf("without certificate: server %v, client %v", serverErr, clientErr)
	}
}

// A resumed session would not be verified again, so there is none.
func TestLoadServerDoesNotResume(t *testing.T) {
	config, err := LoadServer(goodSet(Server).write(t), LoadOptions{VerifyPeer: true})
	must(t, err)
	client := anyServer(keyPair(leafSpec(Client), leafKey()))
	client.ServerName, client.ClientSessionCache = "leaf.example", tls.NewLRUClientSessionCache(1)
	for range 2 {
		state, serverErr, clientErr := handshake(t, config, client)
		must(t, errors.Join(serverErr, clientErr))
		if state.DidResume {
			t.Error("resumed")
		}
	}
}

// A GnuTLS viewer that is named an authority keeps its RSA certificate to itself.
func TestLoadServerNamesNoAuthority(t *testing.T) {
	config, err := LoadServer(goodSet(Server).write(t), LoadOptions{VerifyPeer: true})
	must(t, err)
	var named [][]byte
	client := &tls.Config{InsecureSkipVerify: true, GetClientCertificate: func(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		named = info.AcceptableCAs
		return keyPair(leafSpec(Client), leafKey()), nil
	}}
	_, serverErr, _ := handshake(t, config, client)
	must(t, serverErr)
	if len(named) != 0 {
		t.Errorf("named %q", named)
	}
}

func TestLoadServerPicksIdentities(t *testing.T) {
	identity := func(key crypto.Signer, names ...oddcert.GeneralName) (cert, private []byte) {
		spec := leafSpec(Server, oddcert.SubjectAltName(false, names...))
		spec.Key = key.Public()
		return spec.PEM(), oddcert.KeyPEM(key)
	}
	content := files{CACertFile: caSpec().PEM()}
	content[ServerCertFile], content[ServerKeyFile] = identity(leafKey(), oddcert.DNS("ecdsa.example"))
	content["server-cert-0.pem"], content["server-key-0.pem"] = identity(rsaKey(), oddcert.DNS("rsa.example"))
	content["server-cert-1.pem"], content["server-key-1.pem"] = identity(edKey(), oddcert.DNS("ed.example"), oddcert.IP("127.0.0.1"))
	content["server-cert-3.pem"], content["server-key-3.pem"] = identity(smallRSAKey(), oddcert.DNS("skipped.example"))
	config, err := LoadServer(content.write(t), LoadOptions{})
	must(t, err)
	rsaOnly12 := []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}
	for _, tt := range []struct {
		name   string
		client *tls.Config
		want   any
	}{
		{"by name", &tls.Config{ServerName: "rsa.example"}, &rsa.PublicKey{}},
		{"by address", &tls.Config{}, ed25519.PublicKey{}},
		{"unknown name", &tls.Config{ServerName: "nowhere.example"}, &ecdsa.PublicKey{}},
		{"RSA only, other name", &tls.Config{ServerName: "ecdsa.example", MaxVersion: tls.VersionTLS12, CipherSuites: rsaOnly12}, &rsa.PublicKey{}},
		{"RSA only, no name", &tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: rsaOnly12}, &rsa.PublicKey{}},
		{"behind the gap", &tls.Config{ServerName: "skipped.example"}, &ecdsa.PublicKey{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var shown any
			tt.client.InsecureSkipVerify = true
			tt.client.VerifyConnection = func(state tls.ConnectionState) error {
				shown = state.PeerCertificates[0].PublicKey
				return nil
			}
			_, serverErr, clientErr := handshake(t, config, tt.client)
			must(t, errors.Join(serverErr, clientErr))
			if got, want := kindOf(shown), kindOf(tt.want); got != want {
				t.Errorf("shown %s, want %s", got, want)
			}
		})
	}
}

func kindOf(key any) string {
	switch key.(type) {
	case *rsa.PublicKey:
		return "RSA"
	case *ecdsa.PublicKey:
		return "ECDSA"
	case ed25519.PublicKey:
		return "Ed25519"
	}
	return "none"
}

func TestLoadServerShowsItsChain(t *testing.T) {
	content := set(Server, underMiddle(Server))
	content[ServerCertFile] = concat(content[ServerCertFile], middleSpec().PEM())
	config, err := LoadServer(content.write(t), LoadOptions{})
	must(t, err)
	root, err := x509.ParseCertificate(first(t, content[CACertFile]))
	must(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(root)
	_, serverErr, clientErr := handshake(t, config, &tls.Config{RootCAs: pool, ServerName: "leaf.example"})
	must(t, errors.Join(serverErr, clientErr))
}

func first(t *testing.T, text []byte) []byte {
	t.Helper()
	block, _ := pem.Decode(text)
	return block.Bytes
}

func TestLoadServerRefuses(t *testing.T) {
	for name, change := range map[string]func(dir string) error{
		"wide key":     func(dir string) error { return os.Chmod(filepath.Join(dir, ServerKeyFile), 0o640) },
		"no key":       func(dir string) error { return os.Remove(filepath.Join(dir, ServerKeyFile)) },
		"garbage list": func(dir string) error { return os.WriteFile(filepath.Join(dir, CACRLFile), []byte("x"), 0o644) },
		"no folder":    os.RemoveAll,
	} {
		dir := goodSet(Server).write(t)
		must(t, change(dir))
		if _, err := LoadServer(dir, LoadOptions{VerifyPeer: true}); len(refusedFor(err)) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLoadServerLogsWarnings(t *testing.T) {
	var log bytes.Buffer
	dir := set(Server, leafSpec(Server, leafExtensions(Server)[:3]...)).write(t)
	_, err := LoadServer(dir, LoadOptions{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	must(t, err)
	if !strings.Contains(log.String(), string(SANMissing)) {
		t.Errorf("log: %s", &log)
	}
}

func TestReload(t *testing.T) {
	dir := goodSet(Server).write(t)
	credentials, err := OpenServer(dir, LoadOptions{VerifyPeer: true})
	must(t, err)
	config, client := credentials.Config(), anyServer(keyPair(leafSpec(Client), leafKey()))
	connects := func() bool {
		_, serverErr, clientErr := handshake(t, config, client)
		return serverErr == nil && clientErr == nil
	}
	if !connects() {
		t.Fatal("the first load does not serve")
	}
	must(t, os.WriteFile(filepath.Join(dir, CACRLFile), []byte("garbage"), 0o644))
	if err := credentials.Reload(); err == nil || !connects() {
		t.Errorf("a bad reload: %v", err)
	}
	cert, err := x509.ParseCertificate(client0(t, client))
	must(t, err)
	crl := makeCRL(t, caSpec(), caKey(), time.Now().Add(-time.Hour), time.Now().AddDate(0, 1, 0), cert.SerialNumber)
	must(t, os.WriteFile(filepath.Join(dir, CACRLFile), crl, 0o644))
	must(t, credentials.Reload())
	if connects() {
		t.Error("revoked, reloaded, and still let in")
	}
}

func client0(t *testing.T, config *tls.Config) []byte {
	t.Helper()
	cert, err := config.GetClientCertificate(nil)
	must(t, err)
	return cert.Certificate[0]
}

func TestLoadClient(t *testing.T) {
	server, err := LoadServer(goodSet(Server).write(t), LoadOptions{VerifyPeer: true})
	must(t, err)
	dir := goodSet(Client).write(t)
	for _, tt := range []struct {
		host string
		want ca.Code
	}{{"leaf.example", ""}, {"127.0.0.1", ""}, {"other.example", ca.CodeWrongName}} {
		client, err := LoadClient(dir, tt.host)
		must(t, err)
		_, _, clientErr := handshake(t, server, client)
		var refused *ca.VerifyError
		errors.As(clientErr, &refused)
		if (tt.want == "") != (clientErr == nil) || (tt.want != "" && (refused == nil || refused.Code != tt.want)) {
			t.Errorf("%s: %v, want %q", tt.host, clientErr, tt.want)
		}
	}
	if _, err := LoadClient(dir, ""); err == nil {
		t.Error("no error without a server name")
	}
	must(t, os.Chmod(filepath.Join(dir, ClientKeyFile), 0o644))
	if _, err := LoadClient(dir, "leaf.example"); !slices.Contains(refusedFor(err), KeyMode) {
		t.Errorf("wide key: %v", err)
	}
}

func TestLoadClientRefusesImpostors(t *testing.T) {
	for name, leaf := range map[string]oddcert.Spec{"client's certificate": leafSpec(Client), "expired": func() oddcert.Spec {
		s := leafSpec(Server)
		s.NotBefore, s.NotAfter = time.Now().AddDate(-1, 0, 0), time.Now().Add(-time.Hour)
		return s
	}()} {
		client, err := LoadClient(goodSet(Client).write(t), "leaf.example")
		must(t, err)
		server := &tls.Config{Certificates: []tls.Certificate{*keyPair(leaf, leafKey())}}
		_, _, clientErr := handshake(t, server, client)
		var refused *ca.VerifyError
		if !errors.As(clientErr, &refused) {
			t.Errorf("%s: %v", name, clientErr)
		}
	}
}
