package worker

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"vncsec/internal/peertest"
	"vncsec/saslconf"
	"vncsec/saslconf/cyrus"
	"vncsec/vncserve/reason"
	"vncsec/vncserve/security"
)

// TestMain makes the test binary a worker when an engine starts it as one.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == Command {
		if Main() != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// site is a folder with a service file and users.
type site struct {
	t   testing.TB
	dir string
}

// newSite writes a service file; %DIR% in it is the folder.
func newSite(t testing.TB, conf string) *site {
	t.Helper()
	peertest.Need(t, "libsasl2")
	s := &site{t: t, dir: t.TempDir()}
	s.write("qemu.conf", conf)
	return s
}

func (s *site) path(name string) string { return filepath.Join(s.dir, name) }

func (s *site) write(name, content string) {
	s.t.Helper()
	content = strings.ReplaceAll(content, "%DIR%", s.dir)
	if err := os.WriteFile(s.path(name), []byte(content), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// addUser makes a user with libsasl2's own program.
func (s *site) addUser(user, realm, password string) {
	s.t.Helper()
	peertest.Need(s.t, "saslpasswd2")
	cmd := exec.Command("/usr/sbin/saslpasswd2", "-c", "-p", "-f", s.path("sasldb"), "-u", realm, user)
	cmd.Stdin = strings.NewReader(password)
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("%s: %v\n%s", cmd, err, out)
	}
}

// setKeys leaves a user with nothing but the given SCRAM keys.
func (s *site) setKeys(user, realm, keys string) {
	s.t.Helper()
	s.database(func(d *cyrus.Database) error {
		return d.Store(user, realm, map[string][]byte{cyrus.SCRAMKeys: []byte(keys), cyrus.PlainPassword: nil})
	})
}

// removeUser takes a user out of the database.
func (s *site) removeUser(user, realm string) {
	s.t.Helper()
	s.database(func(d *cyrus.Database) error {
		return d.Store(user, realm, map[string][]byte{cyrus.SCRAMKeys: nil, cyrus.PlainPassword: nil})
	})
}

// libsasl2 has room for one server in a process.
var oneServer sync.Mutex

func (s *site) database(work func(*cyrus.Database) error) {
	s.t.Helper()
	oneServer.Lock()
	defer oneServer.Unlock()
	library, err := cyrus.Load()
	if err != nil {
		s.t.Fatal(err)
	}
	server, err := library.NewServer(cyrus.ServerOptions{App: "none", ConfDir: s.dir, Options: cyrus.OptionsOfDatabase(s.path("sasldb"))})
	if err != nil {
		s.t.Fatal(err)
	}
	defer server.Close()
	database, err := server.Database()
	if err != nil {
		s.t.Fatal(err)
	}
	defer database.Close()
	if err := work(database); err != nil {
		s.t.Fatal(err)
	}
}

// config reads the service file.
func (s *site) config() *saslconf.Config {
	s.t.Helper()
	config, err := saslconf.Load(s.path("qemu.conf"))
	if err != nil {
		s.t.Fatal(err)
	}
	return config
}

// engine starts an engine that ends with the test.
func (s *site) engine(change ...func(*Options)) *Engine {
	s.t.Helper()
	o := Options{Config: s.config()}
	for _, f := range change {
		f(&o)
	}
	e, err := New(s.t.Context(), o)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { e.Close() })
	return e
}

// withDatabase is a service file for users in the site's sasldb.
const withDatabase = "mech_list: scram-sha-256 scram-sha-1 digest-md5 plain\nsasldb_path: %DIR%/sasldb\npwcheck_method: auxprop\n"

var (
	// inTLS is a connection inside TLS, bare one without.
	inTLS = security.SASLParams{ExternalSSF: 256}
	bare  = security.SASLParams{MinSSF: security.MinLayerSSF, MaxSSF: 100000, MaxBuffer: security.MaxSASLBuffer, NoPlaintext: true}
)

// hostName is the default realm.
func hostName(t testing.TB) string {
	t.Helper()
	name, err := cyrus.HostName()
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// wantCode fails the test unless the error has the code.
func wantCode(t testing.TB, err error, want reason.Code) {
	t.Helper()
	if code, _ := reason.Of(err); code != want {
		t.Errorf("got %q (%v), want %q", code, err, want)
	}
}

func TestMechanisms(t *testing.T) {
	t.Parallel()
	s := newSite(t, withDatabase)
	e := s.engine()
	for name, test := range map[string]struct {
		params security.SASLParams
		want   []string
	}{
		"inside TLS":  {inTLS, []string{"SCRAM-SHA-256", "SCRAM-SHA-1", "DIGEST-MD5", "PLAIN"}},
		"without TLS": {bare, []string{"DIGEST-MD5"}},
		"some of them": {security.SASLParams{ExternalSSF: 256, Mechanisms: []string{"plain", "SCRAM-SHA-256", "GSSAPI"}},
			[]string{"SCRAM-SHA-256", "PLAIN"}},
	} {
		x, err := e.NewExchange(t.Context(), test.params)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := x.Mechanisms(); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
		x.Close()
	}
	none := bare
	none.Mechanisms = []string{"SCRAM-SHA-256"}
	_, err := e.NewExchange(t.Context(), none)
	wantCode(t, err, reason.SASLMechUnavailable)
}

func TestLogIn(t *testing.T) {
	t.Parallel()
	s := newSite(t, withDatabase)
	realm := hostName(t)
	s.addUser("alice", realm, "secret")
	s.addUser("bob", "elsewhere.example", "secret")
	e := s.engine()
	for _, mechanism := range []string{"SCRAM-SHA-256", "SCRAM-SHA-1", "DIGEST-MD5", "PLAIN"} {
		for name, test := range map[string]struct {
			user, password string
			want           reason.Code // empty: let in
		}{
			"right":          {"alice", "secret", ""},
			"wrong password": {"alice", "secret2", reason.SASLPasswordWrong},
			"no such user":   {"mallory", "secret", reason.SASLUserUnknown},
			"other realm":    {"bob", "secret", reason.SASLRealm},
			"no such realm":  {"alice@nowhere", "secret", reason.SASLRealm},
		} {
			t.Run(mechanism+" "+name, func(t *testing.T) {
				for _, params := range []security.SASLParams{inTLS, bare} {
					if params.NoPlaintext && mechanism != "DIGEST-MD5" {
						continue
					}
					o, err := e.Try(t.Context(), Trial{Params: params, Mechanism: mechanism, User: test.user, Password: []byte(test.password)})
					if test.want != "" {
						wantCode(t, err, test.want)
						continue
					}
					if err != nil || o.User != "alice" || (o.SSF > 0) != params.NoPlaintext {
						t.Errorf("got %+v, %v", o, err)
					}
				}
			})
		}
	}
}

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	realm := hostName(t)
	for name, list := range map[string]string{"plain": "plain", "keys": "scram-sha-256", "all": "scram-sha-256 digest-md5 plain"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, strings.Replace(withDatabase, "scram-sha-256 scram-sha-1 digest-md5 plain", list, 1))
			s.addUser("alice", realm, "secret")
			e := s.engine()
			for _, test := range []struct {
				user, password string
				want           reason.Code
			}{
				{"alice", "secret", ""},
				{"alice", "", reason.SASLPasswordWrong},
				{"alice", "wrong", reason.SASLPasswordWrong},
				{"mallory", "secret", reason.SASLUserUnknown},
				{"", "secret", reason.SASLUserUnknown},
				{"ali\x00ce", "secret", reason.SASLProtocol},
			} {
				x, err := e.NewExchange(t.Context(), inTLS)
				if err != nil {
					t.Fatal(err)
				}
				err = x.CheckPassword(t.Context(), test.user, test.password)
				switch {
				case test.want != "":
					wantCode(t, err, test.want)
				case err != nil || x.User() != test.user:
					t.Errorf("%q: %v", x.User(), err)
				}
				x.Close()
			}
		})
	}
}
