package saslconf

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vncsec/vncserve/reason"
)

// host is the server's name in these tests, stranger a user that exists nowhere.
const (
	host     = "vnc.example.org"
	stranger = "54321"
)

// world is a good set-up with everything a service file can lead to.
type world struct {
	t                           *testing.T
	dir, conf                   string
	database, keytab, saslauthd string
	options                     Options
}

// newWorld makes a set-up for SCRAM-SHA-256, GSSAPI and PLAIN through saslauthd.
func newWorld(t *testing.T) *world {
	t.Helper()
	dir := t.TempDir()
	w := &world{t: t, dir: dir, conf: filepath.Join(dir, FileName),
		database: filepath.Join(dir, "passwd.db"), keytab: filepath.Join(dir, "krb5.tab"), saslauthd: filepath.Join(dir, "mux")}
	plugins := filepath.Join(dir, "plugins")
	must(t, os.Mkdir(plugins, 0o755))
	for plugin := range packages {
		w.write(filepath.Join(plugins, "lib"+plugin+".so"), "", 0o644)
	}
	w.write(w.database, hashDatabase, 0o600)
	w.write(w.keytab, keytabOf("vnc", host), 0o600)
	listener, err := net.Listen("unix", w.saslauthd)
	must(t, err)
	t.Cleanup(func() { listener.Close() })
	w.set("mech_list", "scram-sha-256 gssapi plain")
	w.set("pwcheck_method", "saslauthd")
	w.set("sasldb_path", w.database)
	w.set("keytab", w.keytab)
	w.set("saslauthd_path", w.saslauthd)
	w.options = Options{
		Hostname: host,
		Users: func(context.Context, string) ([]User, error) {
			return []User{{Name: "alice", Realm: host, Keys: []string{"SCRAM-SHA-256"}}}, nil
		},
		Getenv: environment{confPathEnv: dir, pluginPathEnv: plugins}.lookup,
	}
	return w
}

// hashDatabase begins as a Berkeley DB of the kind hash does.
var hashDatabase = string(binary.NativeEndian.AppendUint32(make([]byte, 12), 0x00061561)) + strings.Repeat("\x00", 496)

// keytabOf is a keytab with a key of one service.
func keytabOf(service, host string) string {
	text := func(b []byte, s string) []byte {
		return append(binary.BigEndian.AppendUint16(b, uint16(len(s))), s...)
	}
	b := binary.BigEndian.AppendUint16(nil, 2)
	for _, s := range []string{"EXAMPLE.ORG", service, host} {
		b = text(b, s)
	}
	b = append(b, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 18)
	b = text(b, "secret key bytes")
	return string(append(binary.BigEndian.AppendUint32([]byte{5, 2}, uint32(len(b))), b...))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) write(path, content string, mode os.FileMode) {
	w.t.Helper()
	must(w.t, os.WriteFile(path, []byte(content), mode))
	must(w.t, os.Chmod(path, mode))
}

// set changes a setting, or takes it out if the value is empty.
func (w *world) set(key, value string) {
	w.t.Helper()
	data, err := os.ReadFile(w.conf)
	if err != nil && !os.IsNotExist(err) {
		w.t.Fatal(err)
	}
	c, err := Parse(w.conf, data)
	must(w.t, err)
	if value == "" {
		must(w.t, c.Remove(key))
	} else {
		must(w.t, c.Set(key, value))
	}
	w.write(w.conf, string(c.Bytes()), 0o644)
}

// line adds a line to the service file as it is.
func (w *world) line(text string) {
	w.t.Helper()
	data, err := os.ReadFile(w.conf)
	must(w.t, err)
	w.write(w.conf, string(data)+text+"\n", 0o644)
}

// users replaces the list of users.
func (w *world) users(users ...User) {
	w.options.Users = func(context.Context, string) ([]User, error) { return users, nil }
}

// check returns the findings, without the one that SASL_CONF_PATH is set, which these
// tests do.
func (w *world) check() []Finding {
	w.t.Helper()
	report, err := Check(context.Background(), w.options)
	must(w.t, err)
	for _, f := range report.Findings {
		checkWording(w.t, f)
	}
	return slices.DeleteFunc(report.Findings, func(f Finding) bool {
		return f.Code == reason.SASLConfElsewhere && strings.Contains(f.Message, "decides where the file is")
	})
}

// checkWording holds a finding to having all that people need.
func checkWording(t *testing.T, f Finding) {
	t.Helper()
	if f.Severity == "" || f.File == "" || f.Message == "" || f.Cure == "" || strings.HasSuffix(f.Message, ".") {
		t.Errorf("the finding is not whole: %+v", f)
	}
	if _, ok := reason.Explain(f.Code); !ok {
		t.Errorf("%s is not explained", f.Code)
	}
	if out, err := exec.Command("sh", "-n", "-c", f.Cure).CombinedOutput(); err != nil {
		t.Errorf("the cure %q is no command: %v %s", f.Cure, err, out)
	}
}

// summary writes findings as SEVERITY CODE LINE.
func summary(findings []Finding) string {
	var list []string
	for _, f := range findings {
		list = append(list, fmt.Sprintf("%s %s %d", f.Severity, f.Code, f.Line))
	}
	return strings.Join(list, ", ")
}

// faults are single faults, each made on real files, with what is found. The lines are
// those of mech_list, pwcheck_method, sasldb_path, keytab and saslauthd_path.
var faults = []struct {
	name  string
	make  func(w *world)
	want  string
	words string // in the first message or cure
}{
	{"none", func(w *world) {}, "", ""},

	{"no file", func(w *world) { os.Remove(w.conf) }, "critical sasl-conf-missing 0", "ANONYMOUS"},
	{"a line without a colon", func(w *world) { w.line("log_level 3") }, "critical sasl-conf-invalid 6", "not followed by a colon"},
	{"no value", func(w *world) { w.line("log_level:") }, "critical sasl-conf-invalid 6", "has no value"},
	{"a folder as file", func(w *world) { os.Remove(w.conf); os.Mkdir(w.conf, 0o755) }, "critical sasl-conf-invalid 0", "not a regular file"},
	{"writable by others", func(w *world) { os.Chmod(w.conf, 0o666) }, "critical sasl-conf-writable 0", "chmod go-w"},
	{"in a folder writable by others", func(w *world) { os.Chmod(w.dir, 0o777) },
		"critical sasl-conf-writable 0, critical sasl-db-open 0, critical sasl-keytab-open 0", "write in the folder"},
	{"a readable password", func(w *world) { w.line("ldapdb_pw: geheim") }, "critical sasl-conf-secret 6", "expected 0600"},
	{"a file of SQL and LDAP for its owner", func(w *world) { w.line("sql_passwd: geheim"); os.Chmod(w.conf, 0o600) }, "", ""},

	{"an unknown key", func(w *world) { w.line("smtpd_banner: x") }, "warning sasl-key-unknown 6", "knows no key smtpd_banner"},
	{"a mistyped key", func(w *world) { w.line("sasldb_pth: /x") }, "critical sasl-key-unknown 6", "did you mean sasldb_path?"},
	{"a key twice", func(w *world) { w.line("keytab: /elsewhere") }, "warning sasl-key-duplicate 6", "line 4 already"},
	{"a wrong number", func(w *world) { w.line("reauth_timeout: soon") }, "warning sasl-value-invalid 6", "expected a number"},
	{"a wrong word", func(w *world) { w.set("pwcheck_method", "saslauthd,pwcheck") }, "critical sasl-value-invalid 2", "pwcheck_method=saslauthd pwcheck"},
	{"quotation marks", func(w *world) { w.line(`log_level: "1"`) }, "critical sasl-value-invalid 6", "expected a number"},
	{"passwords in the log", func(w *world) { w.line("log_level: 7") }, "critical sasl-value-invalid 6", "passwords into the system log"},
	{"a path from nowhere", func(w *world) { w.line("opiekeys: keys") }, "warning sasl-value-invalid 6", "from the root on"},

	{"no list", func(w *world) { w.set("mech_list", "") }, "critical sasl-mech-list-empty 0", "mech_list=scram-sha-256"},
	{"a mistyped list", func(w *world) { w.set("mech_list", ""); w.line("mech_lst: scram-sha-256") },
		"critical sasl-key-unknown 5, critical sasl-mech-list-empty 0", "did you mean mech_list?"},
	{"a mistyped mechanism", func(w *world) { w.set("mech_list", "scram-sha256 gssapi") }, "critical sasl-mech-unknown 1", "did you mean scram-sha-256?"},
	{"commas", func(w *world) { w.set("mech_list", "scram-sha-256, gssapi") }, "critical sasl-mech-unknown 1", "mech_list=scram-sha-256 gssapi'"},
	{"anonymous", func(w *world) { w.set("mech_list", "scram-sha-256 anonymous") }, "critical sasl-mech-unsafe 1", "lets everybody in"},
	{"only anonymous", func(w *world) { w.set("mech_list", "ANONYMOUS") }, "critical sasl-mech-unsafe 1", "mech_list=scram-sha-256"},
	{"only external", func(w *world) { w.set("mech_list", "EXTERNAL") }, "critical sasl-mech-unavailable 1, warning sasl-mech-weak 1", "none of the mechanisms"},
	{"a plugin missing", func(w *world) { os.Remove(filepath.Join(w.dir, "plugins/libgssapiv2.so")) }, "warning sasl-mech-unavailable 1", "libsasl2-modules-gssapi-mit"},
	{"all plugins missing", func(w *world) {
		w.set("mech_list", "scram-sha-256")
		os.Remove(filepath.Join(w.dir, "plugins/libscram.so"))
	},
		"critical sasl-mech-unavailable 1", "Fedora cyrus-sasl-scram"},
	{"weak", func(w *world) {
		w.set("mech_list", "digest-md5")
		w.users(User{Name: "alice", Realm: host, Plaintext: true})
	}, "warning sasl-mech-weak 1", "RFC 6331"},
	{"spnego", func(w *world) { w.set("mech_list", "GSS-SPNEGO gssapi") }, "warning sasl-mech-spnego 1", "mech_list=gssapi"},
	{"some without TLS", func(w *world) { w.options.Transport = TCP }, "warning sasl-mech-needs-tls 1, warning sasl-mech-needs-tls 1", "SCRAM-SHA-256 is not offered"},
	{"none without TLS", func(w *world) { w.options.Transport = TCP; w.set("mech_list", "scram-sha-256") }, "critical sasl-mech-needs-tls 1", "--x509"},
	{"without TLS on a UNIX socket", func(w *world) { w.options.Transport = UNIX }, "", ""},

	{"no database", func(w *world) { os.Remove(w.database) }, "critical sasl-db-missing 0", "vncsec sasl user add NAME"},
	{"a database open to others", func(w *world) { os.Chmod(w.database, 0o644) }, "critical sasl-db-open 0", "chmod 0600"},
	{"a database that others change", func(w *world) { os.Chmod(w.database, 0o662) }, "critical sasl-db-open 0", "chmod go-w"},
	{"a database that is text", func(w *world) { w.write(w.database, "alice:secret\n", 0o600) }, "critical sasl-db-invalid 0", "no database that libsasl2 reads"},
	{"a database that is nothing", func(w *world) { w.write(w.database, "", 0o600) }, "critical sasl-db-invalid 0", "is empty"},
	{"a database that is a folder", func(w *world) { os.Remove(w.database); os.Mkdir(w.database, 0o700) }, "critical sasl-db-invalid 0", "not a regular file"},
	{"no users", func(w *world) { w.users() }, "critical sasl-db-empty 0", "user add NAME"},
	{"another realm", func(w *world) { w.users(User{Name: "alice", Realm: "old.example.org", Plaintext: true}) }, "critical sasl-realm 0", "old.example.org"},
	{"another SCRAM", func(w *world) { w.users(User{Name: "alice", Realm: host, Keys: []string{"SCRAM-SHA-1"}}) }, "critical sasl-no-secret 0", "alice cannot log in with SCRAM-SHA-256"},
	{"some without a key", func(w *world) {
		w.users(User{Name: "alice", Realm: host, Keys: []string{"SCRAM-SHA-256"}}, User{Name: "bob", Realm: host})
	}, "warning sasl-no-secret 0", "bob cannot log in"},
	{"keys only, for DIGEST-MD5", func(w *world) { w.set("mech_list", "digest-md5") }, "critical sasl-no-secret 0, warning sasl-mech-weak 1", "--plaintext"},
	{"readable passwords", func(w *world) { w.users(User{Name: "alice", Realm: host, Plaintext: true}) }, "warning sasl-db-plaintext 0", "stored readable"},
	{"no plugin for the database", func(w *world) { os.Remove(filepath.Join(w.dir, "plugins/libsasldb.so")) }, "critical sasl-store-unavailable 0", "libsasl2-modules-db"},
	{"a mistyped store", func(w *world) { w.line("auxprop_plugin: sasldbb") }, "critical sasl-store-unavailable 6", "auxprop_plugin=sasldb"},
	{"LDAP", func(w *world) { w.line("auxprop_plugin: ldapdb"); os.Remove(w.database) }, "", ""},
	{"users where nobody looks", func(w *world) { w.set("mech_list", "plain") }, "warning sasl-password-check 2", "pwcheck_method=auxprop"},

	{"no keytab", func(w *world) { os.Remove(w.keytab) }, "critical sasl-keytab-missing 0", "addprinc -randkey vnc/" + host},
	{"a keytab that is text", func(w *world) { w.write(w.keytab, "keytab\n", 0o600) }, "critical sasl-keytab-invalid 0", "not a Kerberos keytab"},
	{"a keytab open to others", func(w *world) { os.Chmod(w.keytab, 0o604) }, "critical sasl-keytab-open 0", "chmod 0600"},
	{"the keytab of the QEMU manual", func(w *world) { w.write(w.keytab, keytabOf("qemu", host), 0o600) }, "critical sasl-keytab-principal 0", "it has qemu/" + host + "@EXAMPLE.ORG"},
	{"the keytab of another host", func(w *world) { w.write(w.keytab, keytabOf("vnc", "other.example.org"), 0o600) }, "critical sasl-keytab-principal 0", "vnc/other.example.org"},

	{"a keytab with its kind", func(w *world) { w.set("keytab", "FILE:"+w.keytab) }, "critical sasl-value-invalid 4", "set keytab=/"},

	{"no saslauthd", func(w *world) { os.Remove(w.saslauthd) }, "critical sasl-saslauthd-down 0", "there is no socket"},
	{"saslauthd's folder", func(w *world) { w.set("saslauthd_path", w.dir) }, "critical sasl-saslauthd-down 0", "/mux"},
	{"saslauthd gone", func(w *world) { abandon(w.t, w.saslauthd) }, "critical sasl-saslauthd-down 0", "nobody listens"},
}

// abandon makes a socket on which nobody listens any more.
func abandon(t *testing.T, path string) {
	t.Helper()
	must(t, os.Remove(path))
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
	must(t, err)
	listener.SetUnlinkOnClose(false)
	must(t, listener.Close())
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for _, fault := range faults {
		t.Run(fault.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			fault.make(w)
			findings := slices.DeleteFunc(w.check(), func(f Finding) bool { return f.Code == reason.SASLPAMService })
			if got := summary(findings); got != fault.want {
				t.Fatalf("got  %s\nwant %s\n%+v", got, fault.want, findings)
			}
			if len(findings) > 0 && !strings.Contains(findings[0].Message+"\n"+findings[0].Cure, fault.words) {
				t.Errorf("%q is neither in %q nor in %q", fault.words, findings[0].Message, findings[0].Cure)
			}
		})
	}
}

// TestRequire holds what keeps a server from starting against the same faults.
func TestRequire(t *testing.T) {
	t.Parallel()
	for _, fault := range faults {
		t.Run(fault.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			fault.make(w)
			c, err := Require(context.Background(), w.options)
			refuses := false
			for finding := range strings.SplitSeq(fault.want, ", ") {
				severity, rest, _ := strings.Cut(finding, " ")
				code, _, _ := strings.Cut(rest, " ")
				refuses = refuses || severity == "critical" && !slices.Contains(changing, reason.Code(code))
			}
			if (err != nil) != refuses || (c != nil) == refuses {
				t.Fatalf("got %v, %v for %s", c, err, fault.want)
			}
			if err == nil {
				return
			}
			code, ok := reason.Of(err)
			if !ok || !strings.Contains(fault.want, string(code)) || strings.HasSuffix(err.Error(), "\n") {
				t.Errorf("the code of %q is %q", err, code)
			}
		})
	}
}

// TestSevenFaultsSevenCodes: where QEMU only disconnects, every fault has a code of its
// own.
func TestSevenFaultsSevenCodes(t *testing.T) {
	t.Parallel()
	codes := map[reason.Code]string{}
	for _, name := range []string{
		"no file", "no list", "anonymous", "no database", "another realm",
		"keys only, for DIGEST-MD5", "the keytab of the QEMU manual", "no saslauthd", "none without TLS",
	} {
		w := newWorld(t)
		for _, fault := range faults {
			if fault.name == name {
				fault.make(w)
			}
		}
		findings := w.check()
		if len(findings) == 0 || findings[0].Severity != Critical {
			t.Fatalf("%s: %+v", name, findings)
		}
		if other, ok := codes[findings[0].Code]; ok {
			t.Errorf("%s and %s have the code %s", name, other, findings[0].Code)
		}
		codes[findings[0].Code] = name
	}
}

// TestAnotherAccount looks with the eyes of a user who has no rights here.
func TestAnotherAccount(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can look with another user's eyes")
	}
	const nobody = "nobody"
	for _, test := range []struct {
		name, want string
		make       func(w *world)
	}{
		{"modes", "critical sasl-db-unreadable 0, critical sasl-keytab-unreadable 0, critical sasl-saslauthd-denied 0", func(w *world) {}},
		{"the service file", "critical sasl-conf-unreadable 0", func(w *world) { os.Chmod(w.conf, 0o600) }},
		{"a folder", "critical sasl-conf-unreadable 0", func(w *world) { os.Chmod(w.dir, 0o700) }},
		{"of its group", "critical sasl-saslauthd-denied 0", func(w *world) {
			for _, path := range []string{w.database, w.keytab} {
				must(w.t, os.Chown(path, 0, nobodyAccount(w.t).Groups[0]))
				must(w.t, os.Chmod(path, 0o640))
			}
		}},
		{"its own", "", func(w *world) {
			for _, path := range []string{w.database, w.keytab, w.saslauthd} {
				must(w.t, os.Chown(path, nobodyAccount(w.t).UID, 0))
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			must(t, os.Chmod(filepath.Dir(w.dir), 0o755)) // of the test
			must(t, os.Chmod(w.dir, 0o755))
			must(t, os.Chmod(w.saslauthd, 0o700))
			w.options.Account = nobody
			test.make(w)
			findings := slices.DeleteFunc(w.check(), func(f Finding) bool { return f.Code == reason.SASLPAMService })
			if got := summary(findings); got != test.want {
				t.Errorf("got  %s\nwant %s\n%+v", got, test.want, findings)
			}
		})
	}
	if _, err := LookupAccount(stranger); err == nil {
		t.Error("a user who does not exist was found")
	}
}

func nobodyAccount(t *testing.T) *Account {
	t.Helper()
	a, err := LookupAccount("nobody")
	must(t, err)
	return a
}

func TestKeytabPath(t *testing.T) {
	t.Parallel()
	settings := filepath.Join(t.TempDir(), "krb5.conf")
	must(t, os.WriteFile(settings, []byte("[libdefaults]\n  default_keytab_name = FILE:/c\n"), 0o600))
	for _, test := range []struct {
		conf string
		env  environment
		want string
	}{
		{"keytab: /a", environment{keytabEnv: "FILE:/b", krb5ConfigEnv: settings}, "/a"},
		{"", environment{keytabEnv: "FILE:/b", krb5ConfigEnv: settings}, "/b"},
		{"", environment{krb5ConfigEnv: settings}, "/c"},
		{"", environment{krb5ConfigEnv: "/nowhere"}, defaultKeytab},
	} {
		c, err := Parse("", []byte(test.conf))
		must(t, err)
		if got := c.KeytabPath(test.env.lookup); got != test.want {
			t.Errorf("%q, %v: %s, want %s", test.conf, test.env, got, test.want)
		}
	}
}

func TestAsksPAM(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	debian := file("debian", "# MECHANISMS=ldap\nMECHANISMS=\"pam\"\nTHREADS=5\n")
	fedora := file("fedora", "SOCKETDIR=/run/saslauthd\nMECH=pam\n")
	ldap := file("ldap", "MECHANISMS=ldap\n")
	for _, test := range []struct {
		files []string
		want  bool
	}{
		{[]string{debian}, true}, {[]string{"/nowhere", fedora}, true}, {[]string{ldap, fedora}, false}, {nil, false},
	} {
		if got := asksPAM(test.files); got != test.want {
			t.Errorf("%q: %v", test.files, got)
		}
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a", "b", "c"} {
		must(t, os.Mkdir(filepath.Join(dir, name), 0o755))
	}
	must(t, os.WriteFile(filepath.Join(dir, "b", FileName), nil, 0o644))
	must(t, os.WriteFile(filepath.Join(dir, "c", FileName), nil, 0o644))
	account, err := LookupAccount("")
	must(t, err)
	list := strings.Join([]string{dir + "/a", dir + "/b/", "", dir + "/c"}, ":")
	found := Find(account, environment{confPathEnv: list}.lookup)
	var states []string
	for _, c := range found.Candidates {
		states = append(states, strings.TrimPrefix(c.Path, dir)+" "+c.State)
	}
	if got, want := strings.Join(states, ", "), "/a/qemu.conf missing, /b/qemu.conf used, /qemu.conf missing, /c/qemu.conf shadowed"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if found.Path != filepath.Join(dir, "b", FileName) || !strings.Contains(found.Why, confPathEnv) {
		t.Errorf("found %+v", found)
	}
	if got := SearchPath(environment{confPathEnv: ""}.lookup); !slices.Equal(got, []string{"/qemu.conf"}) {
		t.Errorf("an empty %s: %q", confPathEnv, got)
	}
	if got := SearchPath(environment{}.lookup); !slices.Contains(got, DefaultPath) || slices.Contains(got, qemuFile) {
		t.Errorf("without %s: %q", confPathEnv, got)
	}
}

// TestNamedFile is about a file that only the command line leads to.
func TestNamedFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.options.File = w.conf
	if got := summary(slices.DeleteFunc(w.check(), func(f Finding) bool { return f.Code == reason.SASLPAMService })); got != "" {
		t.Errorf("the file that is found anyhow: %s", got)
	}
	w.options.Getenv = environment{confPathEnv: "/nowhere", pluginPathEnv: filepath.Join(w.dir, "plugins")}.lookup
	findings := w.check()
	if len(findings) == 0 || findings[0].Code != reason.SASLConfElsewhere || findings[0].Severity != Warning {
		t.Errorf("a file that QEMU does not find: %s", summary(findings))
	}
	w.options.File = filepath.Join(w.dir, "missing.conf")
	if got := summary(w.check()); got != "critical sasl-conf-missing 0" {
		t.Errorf("a missing file: %s", got)
	}
}
