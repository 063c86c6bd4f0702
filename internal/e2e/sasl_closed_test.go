package e2e_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
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
