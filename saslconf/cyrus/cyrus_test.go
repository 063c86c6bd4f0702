package cyrus

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vncsec/internal/peertest"
)

// newServer has libsasl2 read a service file, with a database of its own. A process has
// room for one, so the tests of this package do not run in parallel.
func newServer(t *testing.T, conf string) *Server {
	t.Helper()
	peertest.Need(t, "libsasl2")
	library, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	conf = strings.ReplaceAll(conf, "%DIR%", dir)
	if err := os.WriteFile(filepath.Join(dir, "qemu.conf"), []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := library.NewServer(ServerOptions{App: "qemu", ConfDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

const conf = "mech_list: digest-md5 scram-sha-256 plain\nsasldb_path: %DIR%/sasldb\npwcheck_method: auxprop\n"

// inTLS is the connection of most tests.
var inTLS = ConnOptions{Service: "vnc", Security: Security{ExternalSSF: 256}}

func connect(t *testing.T, s *Server, o ConnOptions) *ServerConn {
	t.Helper()
	c, err := s.NewConn(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func openDatabase(t *testing.T, s *Server) *Database {
	t.Helper()
	d, err := s.Database()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

// wantError fails the test unless the error is libsasl2's, with the code and the text.
func wantError(t *testing.T, err error, code Code, text string) {
	t.Helper()
	var sasl *Error
	if !errors.As(err, &sasl) || sasl.Code != code || !sasl.Mentions(text) {
		t.Errorf("got %v, want the code %d and %q", err, code, text)
	}
}

func TestVersion(t *testing.T) {
	s := newServer(t, conf)
	if v := s.library.Version(); !strings.HasPrefix(v, "2.1.") && !strings.HasPrefix(v, "2.2.") {
		t.Errorf("the version is %q", v)
	}
	if installed := s.Installed(); !slices.Contains(installed, "SCRAM-SHA-256") || !slices.Contains(installed, "ANONYMOUS") {
		t.Errorf("installed are %v", installed)
	}
}

func TestMechanisms(t *testing.T) {
	s := newServer(t, conf)
	for name, test := range map[string]struct {
		security Security
		want     []string
	}{
		"inside TLS":        {Security{ExternalSSF: 256}, []string{"DIGEST-MD5", "SCRAM-SHA-256", "PLAIN"}},
		"no passwords":      {Security{NoPlaintext: true}, []string{"DIGEST-MD5", "SCRAM-SHA-256"}},
		"with a layer":      {Security{MinSSF: 56, MaxSSF: 256, MaxBuffer: 8192}, []string{"DIGEST-MD5"}},
		"too strong for it": {Security{MinSSF: 1000, MaxSSF: 1000, MaxBuffer: 8192}, nil},
	} {
		got, err := connect(t, s, ConnOptions{Service: "vnc", Security: test.security}).Mechanisms()
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
}

// TestAnonymous has a service file that offers it: it is refused all the same.
func TestAnonymous(t *testing.T) {
	s := newServer(t, "mech_list: anonymous plain\n")
	c := connect(t, s, ConnOptions{Service: "vnc"})
	if got, err := c.Mechanisms(); err != nil || !slices.Equal(got, []string{"PLAIN"}) {
		t.Errorf("got %v, %v", got, err)
	}
	_, err := c.Start("ANONYMOUS", []byte("x"))
	wantError(t, err, NoMechanism, "")
}

func TestDatabase(t *testing.T) {
	d := openDatabase(t, newServer(t, conf))
	if _, err := d.Keys(10); err == nil {
		t.Error("a database that does not exist was listed")
	}
	store := func(user, realm string, properties map[string][]byte) {
		t.Helper()
		if err := d.Store(user, realm, properties); err != nil {
			t.Fatal(err)
		}
	}
	keys := func(limit int) []Key {
		t.Helper()
		keys, err := d.Keys(limit)
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(keys, func(a, b Key) int {
			return strings.Compare(a.User+a.Realm+a.Property, b.User+b.Realm+b.Property)
		})
		return keys
	}
	long := bytes.Repeat([]byte("x"), maxValue)
	store("alice", d.Realm, map[string][]byte{PlainPassword: []byte("secret"), SCRAMKeys: []byte("keys")})
	store("bob", "elsewhere", map[string][]byte{PlainPassword: long})
	want := []Key{{"alice", d.Realm, SCRAMKeys}, {"alice", d.Realm, PlainPassword}, {"bob", "elsewhere", PlainPassword}}
	if diff := cmp.Diff(want, keys(10)); diff != "" {
		t.Error(diff)
	}
	if n := len(keys(2)); n != 2 {
		t.Errorf("%d keys, where two were asked for", n)
	}
	for key, want := range map[Key][]byte{{"alice", d.Realm, PlainPassword}: []byte("secret"), {"bob", "elsewhere", PlainPassword}: long, {"bob", d.Realm, PlainPassword}: nil} {
		got, found, err := d.Value(key)
		if err != nil || found != (want != nil) || !bytes.Equal(got, want) {
			t.Errorf("%v is %q, %v, %v", key, got, found, err)
		}
	}
	store("alice", d.Realm, map[string][]byte{PlainPassword: nil, "nothing": nil})
	store("bob", "elsewhere", map[string][]byte{PlainPassword: nil})
	if diff := cmp.Diff([]Key{{"alice", d.Realm, SCRAMKeys}}, keys(10)); diff != "" {
		t.Error(diff)
	}
	for _, name := range [][2]string{{"", "realm"}, {"user", ""}, {"us\x00er", "realm"}, {"user", "re@lm"}} {
		if err := d.Store(name[0], name[1], map[string][]byte{PlainPassword: []byte("x")}); err == nil {
			t.Errorf("%q was stored", name)
		}
	}
}

func FuzzParseKey(f *testing.F) {
	f.Add([]byte("alice\x00realm\x00userPassword"))
	f.Add([]byte("\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if k, ok := parseKey(b); ok && k.User+"\x00"+k.Realm+"\x00"+k.Property != string(b) {
			t.Errorf("%q became %+v", b, k)
		}
	})
}

// TestAbsentAndEmpty tells the two apart, as SASL does: a mechanism that gets no first
// message asks for it, one that gets an empty first message has it.
func TestAbsentAndEmpty(t *testing.T) {
	s := newServer(t, conf)
	step, err := connect(t, s, inTLS).Start("PLAIN", nil)
	if err != nil || step.Done || len(step.Data) != 0 {
		t.Errorf("absent: %+v, %v", step, err)
	}
	_, err = connect(t, s, inTLS).Start("PLAIN", []byte{})
	var sasl *Error
	if err != nil && !errors.As(err, &sasl) {
		t.Errorf("empty: %v", err)
	}
	step, err = connect(t, s, inTLS).Start("DIGEST-MD5", nil)
	if err != nil || step.Done || !bytes.Contains(step.Data, []byte("nonce=")) {
		t.Errorf("absent: %+v, %v", step, err)
	}
}

func TestNULs(t *testing.T) {
	s := newServer(t, conf)
	if _, err := s.NewConn(ConnOptions{Service: "vnc", Host: "a\x00b"}); err == nil {
		t.Error("a host with a NUL was taken")
	}
	c := connect(t, s, inTLS)
	_, err := c.Start("PLAIN\x00", nil)
	wantError(t, err, BadParameter, "NUL")
	wantError(t, c.CheckPassword("alice\x00", []byte("x")), BadParameter, "NUL")
	wantError(t, c.CheckPassword("alice", []byte("x\x00")), BadParameter, "NUL")
}

// TestPasswordIsWiped looks whether the copy of a password that libsasl2 is given, and the
// client's own, are zeros afterwards.
func TestPasswordIsWiped(t *testing.T) {
	s := newServer(t, conf)
	d := openDatabase(t, s)
	if err := d.Store("alice", d.Realm, map[string][]byte{PlainPassword: []byte("secret")}); err != nil {
		t.Fatal(err)
	}
	client, err := s.library.NewClient()
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	o := inTLS
	o.Host = s.Host
	viewer, err := client.NewConn(o, Login{User: "alice", Password: []byte("secret")})
	if err != nil {
		t.Fatal(err)
	}
	mechanism, step, err := viewer.Start("PLAIN")
	if err != nil {
		t.Fatal(err)
	}
	c := connect(t, s, inTLS)
	if step, err = c.Start(mechanism, step.Data); err != nil || !step.Done || c.User() != "alice" {
		t.Errorf("%+v, %v as %q", step, err, c.User())
	}
	viewer.Close()
	for _, answer := range append(viewer.answers, viewer.login.Password) {
		if len(bytes.Trim(answer, "\x00")) > 0 {
			t.Errorf("%q stays in memory", answer)
		}
	}
}

func TestHostName(t *testing.T) {
	name, err := HostName()
	if err != nil || name == "" || name != strings.ToLower(name) {
		t.Errorf("got %q, %v", name, err)
	}
	if _, err := resolve("no-such-host.invalid"); err == nil {
		t.Error("a name that cannot exist was resolved")
	}
	if full, err := resolve("localhost"); err != nil || full == "" {
		t.Errorf("localhost is %q, %v", full, err)
	}
}

func TestServiceFile(t *testing.T) {
	peertest.Need(t, "libsasl2")
	library, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "bad.conf"), []byte("mech_list plain\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]ServerOptions{
		"no colon":       {App: "bad", ConfDir: dir},
		"no name":        {App: "", ConfDir: dir},
		"NUL":            {App: "qemu\x00", ConfDir: dir},
		"colon in a dir": {App: "qemu", ConfDir: "/a:b"},
	} {
		if s, err := library.NewServer(o); err == nil {
			s.Close()
			t.Errorf("%s: there is a server", name)
		}
	}
}
