package peertest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// KDC is a Kerberos key distribution centre (MIT's) with a database of its own.
type KDC struct {
	*Process
	// Realm is its realm, in capitals.
	Realm string
	// Env are the variables that make programs use this KDC, and no other.
	Env []string

	t       testing.TB
	dir     string
	caches  int
	address string
}

// krb5Conf is the client's and the servers' side of the set-up. Kerberos shall ask no DNS
// and go no other way than to the one address.
const krb5Conf = `[libdefaults]
	default_realm = %[1]s
	dns_lookup_kdc = false
	dns_lookup_realm = false
	dns_canonicalize_hostname = false
	rdns = false
	udp_preference_limit = 1
	default_ccache_name = FILE:%[3]s/none
[realms]
	%[1]s = {
		kdc = %[2]s
	}
[domain_realm]
	. = %[1]s
	localhost = %[1]s
`

// kdcConf is the KDC's side.
const kdcConf = `[realms]
	%[1]s = {
		database_name = %[3]s/principal
		key_stash_file = %[3]s/stash
		acl_file = %[3]s/acl
		kdc_listen = ""
		kdc_tcp_listen = %[2]s
		max_life = 1h
	}
`

// StartKDC starts a KDC for the time of the test.
func StartKDC(t testing.TB) *KDC {
	t.Helper()
	Need(t, "krb5kdc", "kdb5_util", "kadmin.local", "kinit")
	k := &KDC{Realm: "VNCSEC.TEST", t: t, dir: t.TempDir(), address: freeAddress(t)}
	k.write("krb5.conf", krb5Conf)
	k.write("kdc.conf", kdcConf)
	k.Env = []string{
		"KRB5_CONFIG=" + filepath.Join(k.dir, "krb5.conf"),
		"KRB5_KDC_PROFILE=" + filepath.Join(k.dir, "kdc.conf"),
	}
	k.run("", "kdb5_util", "create", "-s", "-W", "-P", "master")
	k.Process = Start(t, k.command("krb5kdc", "-n"))
	Eventually(t, "the KDC answers", func() bool {
		if !k.Running() {
			t.Fatalf("the KDC ended:\n%s", k.Log())
		}
		conn, err := net.Dial("tcp", k.address)
		if err != nil {
			return false
		}
		return conn.Close() == nil
	})
	return k
}

// freeAddress is one of this host's that nobody listens at.
func freeAddress(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// AddUser makes a principal with a password.
func (k *KDC) AddUser(name, password string) {
	k.t.Helper()
	k.kadmin("addprinc -pw %s %s", password, name)
}

// AddService makes principals with random keys, such as "vnc/host.example.org", and writes
// the keys into a keytab.
func (k *KDC) AddService(keytab string, principals ...string) {
	k.t.Helper()
	for _, name := range principals {
		k.kadmin("addprinc -randkey %s", name)
		k.kadmin("ktadd -k %s %s", keytab, name)
	}
}

// Renew gives a service a new key, without telling any keytab.
func (k *KDC) Renew(principal string) {
	k.t.Helper()
	k.kadmin("change_password -randkey %s", principal)
}

// Login gets a ticket and returns the variable that names its cache ("KRB5CCNAME=..."),
// for the environment of a client beside Env. Options are kinit's, such as "-l", "1s".
func (k *KDC) Login(name, password string, options ...string) string {
	k.t.Helper()
	k.caches++
	cache := fmt.Sprintf("FILE:%s/cache%d", k.dir, k.caches)
	k.run(password+"\n", "kinit", append(options, "-c", cache, name)...)
	return "KRB5CCNAME=" + cache
}

// Expired tells whether the ticket in a cache, as Login returns it, is valid no more.
func (k *KDC) Expired(cache string) bool {
	cmd := k.command("klist", "-s")
	cmd.Env = append(cmd.Env, cache)
	return cmd.Run() != nil
}

func (k *KDC) kadmin(format string, args ...any) {
	k.t.Helper()
	k.run("", "kadmin.local", "-r", k.Realm, "-q", fmt.Sprintf(format, args...))
}

func (k *KDC) write(name, format string) {
	k.t.Helper()
	content := fmt.Sprintf(format, k.Realm, k.address, k.dir)
	if err := os.WriteFile(filepath.Join(k.dir, name), []byte(content), 0o600); err != nil {
		k.t.Fatal(err)
	}
}

func (k *KDC) run(stdin, name string, args ...string) {
	k.t.Helper()
	cmd := k.command(name, args...)
	cmd.Stdin = strings.NewReader(stdin)
	if out, err := cmd.CombinedOutput(); err != nil {
		k.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

func (k *KDC) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(programPath(name), args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=" + os.Getenv("TZ")}, k.Env...)
	return cmd
}
