package e2e_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"vncsec/internal/peertest"
	"vncsec/vncserve/reason"
)

// anonymously logs in as nobody, if the server takes that, and otherwise returns an error.
func anonymously(t *testing.T, address string) error {
	t.Helper()
	v, err := dialSASL(address)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	return v.start("ANONYMOUS", "trace")
}

// TestAnonymousHole has service files that are missing or mistyped. QEMU then lets in
// everybody who asks for ANONYMOUS; vncsec serve does not start, and says why.
func TestAnonymousHole(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	for name, test := range map[string]struct {
		file, content string
		code          reason.Code
	}{
		"no file":            {"", "", reason.SASLConfMissing},
		"under another name": {"vnc.conf", "mech_list: scram-sha-256\n", reason.SASLConfMissing},
		"mistyped list":      {"qemu.conf", "mech-list: scram-sha-256\n", reason.SASLKeyUnknown},
		"no list":            {"qemu.conf", "pwcheck_method: auxprop\n", reason.SASLMechListEmpty},
		"in the list":        {"qemu.conf", "mech_list: scram-sha-256 anonymous\n", reason.SASLMechUnsafe},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if test.file != "" {
				if err := os.WriteFile(filepath.Join(dir, test.file), []byte(test.content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			qemu := peertest.StartQEMU(t, peertest.QEMUOptions{Credentials: s.server, SASL: dir})
			if err := anonymously(t, qemu.Address); err != nil {
				t.Errorf("QEMU is safe here: %v", err)
			}
			cmd := command(t, "serve", "--listen", anyPort, "--x509", s.server, "--sasl", "--", "touch", filepath.Join(dir, "ran"))
			cmd.Env = append(cmd.Env, "SASL_CONF_PATH="+dir)
			refuseStart(t, cmd, test.code)
			if _, err := os.Stat(filepath.Join(dir, "ran")); err == nil {
				t.Error("the console's command ran")
			}
		})
	}
	t.Run("asked of a good server", func(t *testing.T) {
		t.Parallel()
		console := serve(t, append(append(saslOptions(newSASL(t, "scram-sha-256 plain")), "--listen", anyPort, "--x509", s.server), quietCommand...)...)
		v, err := dialSASL(console.address)
		if err != nil {
			t.Fatal(err)
		}
		defer v.Close()
		if !slices.Equal(v.Offered, []string{"SCRAM-SHA-256", "PLAIN"}) {
			t.Errorf("offered are %q", v.Offered)
		}
		if err := anonymously(t, console.address); !errors.Is(err, errRefused) {
			t.Errorf("error %v", err)
		}
		console.waitLog("reason=sasl-mech-not-offered")
	})
}

// refuseStart runs a server that must end at once with exit code 1 and tell a reason.
func refuseStart(t *testing.T, cmd *exec.Cmd, code reason.Code) {
	t.Helper()
	p := peertest.Start(t, cmd)
	err := p.Wait(t)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(p.Log(), "vncsec explain "+string(code)) {
		t.Errorf("%v, want exit code 1 and %s:\n%s", err, code, p.Log())
	}
}

// TestSASLFailsClosed has faults that QEMU finds out about when the first user is refused.
func TestSASLFailsClosed(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	database := func(t *testing.T, content string) string {
		path := filepath.Join(t.TempDir(), "sasldb2")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return "sasldb_path: " + path
	}
	for name, test := range map[string]struct {
		lines []string
		tls   bool
		code  reason.Code
	}{
		"no colon":                 {[]string{"mech_list scram-sha-256"}, true, reason.SASLConfInvalid},
		"unknown mechanism":        {[]string{"mech_list: scram-sha256"}, true, reason.SASLMechUnknown},
		"database missing":         {[]string{"mech_list: scram-sha-256", "sasldb_path: /nowhere/sasldb2"}, true, reason.SASLDBMissing},
		"no database":              {[]string{"mech_list: scram-sha-256", database(t, "these are no users")}, true, reason.SASLDBInvalid},
		"keytab missing":           {[]string{"mech_list: gssapi", "keytab: /nowhere/keytab"}, true, reason.SASLKeytabMissing},
		"needs TLS":                {[]string{"mech_list: scram-sha-256", "sasldb_path: " + filepath.Join(newSASL(t, "x"), "sasldb2")}, false, reason.SASLMechNeedsTLS},
		"needs TLS, and a keytab":  {[]string{"mech_list: plain gssapi", "keytab: /nowhere/keytab"}, false, reason.SASLKeytabMissing},
		"mechanism not installed":  {[]string{"mech_list: srp"}, true, reason.SASLMechUnavailable},
		"authorization list wrong": {nil, true, reason.AuthzListInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := []string{"serve", "--listen", anyPort, "--sasl", "--sasl-hostname", saslRealm}
			if test.lines != nil {
				dir := t.TempDir()
				writeServiceFile(t, dir, test.lines...)
				args = append(args, "--sasl-conf", dir)
			} else {
				args = append(args, "--sasl-conf", newSASL(t, "plain"), "--sasl-authz", filepath.Join(t.TempDir(), "none"))
			}
			if test.tls {
				args = append(args, "--x509", s.server)
			}
			refuseStart(t, command(t, append(args, quietCommand...)...), test.code)
		})
	}
}

// TestSASLReload changes the service file of a running server. Viewers get what it says
// after SIGHUP; a file with a fault changes nothing.
func TestSASLReload(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	dir := newSASL(t, "scram-sha-256")
	console := serve(t, append(append(saslOptions(dir), "--listen", anyPort, "--x509", s.server), quietCommand...)...)
	expect := func(mechanisms ...string) {
		t.Helper()
		v, err := dialSASL(console.address)
		if err != nil {
			t.Fatal(err)
		}
		defer v.Close()
		if !slices.Equal(v.Offered, mechanisms) {
			t.Errorf("offered are %q, want %q", v.Offered, mechanisms)
		}
	}
	expect("SCRAM-SHA-256")
	database := "sasldb_path: " + filepath.Join(dir, "sasldb2")
	writeServiceFile(t, dir, "mech_list: plain scram-sha-1", "pwcheck_method: auxprop", database)
	console.Signal(t, syscall.SIGHUP)
	console.waitLog("SASL service file reloaded")
	expect("PLAIN", "SCRAM-SHA-1")
	if err := logInPlain(t, console.address, "alice", "secret"); err != nil {
		t.Error(err)
	}
	writeServiceFile(t, dir, "mech-list: scram-sha-256", database)
	console.Signal(t, syscall.SIGHUP)
	console.waitLog(`"SASL service file not reloaded, the old ones stay in use" reason=sasl-key-unknown`)
	expect("PLAIN", "SCRAM-SHA-1")
}

// TestHostileSASL sends libsasl2 what it should not get. Each log-in ends by itself, with a
// code in the log, and afterwards a good one succeeds.
func TestHostileSASL(t *testing.T) {
	t.Parallel()
	dir := newSASL(t, "plain scram-sha-256 digest-md5")
	console := serve(t, append(append(saslOptions(dir), "--listen", "unix:"+socketPath(t), "--login-timeout", "3s"), quietCommand...)...)
	large := strings.Repeat("A", 1<<20-1)
	var crowd sync.WaitGroup
	for _, message := range []string{
		"", "\x00", "\x00\x00", "\x00alice\x00", "\x00alice\x00secret\x00", "admin\x00alice\x00secret", "\xff\xfe\x00\xff\x00\xff", large, "\x00" + large[:1<<19] + "\x00" + large[:1<<18],
		"n,,n=alice,r=" + large[:1<<19], "y,,n=alice,r=x", "p=tls-unique,,n=alice,r=x", "n,a=admin,n=alice,r=x", "n,,n==2C=3D,r=x", "n,,n=alice,r=x\x00y",
		`username="alice",response=` + large[:1<<16], `username="` + strings.Repeat(`\"`, 1<<15), strings.Repeat(",", 1<<16),
	} {
		for _, mechanism := range []string{"PLAIN", "SCRAM-SHA-256", "DIGEST-MD5"} {
			crowd.Go(func() {
				v, err := dialSASL(console.address)
				if err != nil {
					t.Error(err)
					return
				}
				defer v.Close()
				if err := v.start(mechanism, message); err == nil {
					t.Errorf("%s with %.40q lets in", mechanism, message)
				}
			})
		}
	}
	crowd.Wait()
	peertest.Eventually(t, "a good log-in after all that", func() bool {
		return logInPlain(t, console.address, "alice", "secret") == nil // once the penalties are over
	})
	for _, code := range []reason.Code{reason.InternalFailure, reason.SASLEngineCrash, reason.SASLTimeout} {
		if strings.Contains(console.Log(), "reason="+string(code)) {
			t.Errorf("%s:\n%s", code, console.Log())
		}
	}
}
