package e2e_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vncsec/internal/peertest"
	"vncsec/vncserve/reason"
)

// saslFaults are those that QEMU answers with one and the same disconnect.
var saslFaults = []struct {
	name  string
	lines []string // of the service file; nil: there is none
	noTLS bool
	code  reason.Code
}{
	{"no file", nil, false, reason.SASLConfMissing},
	{"no colon", []string{"mech_list scram-sha-256"}, false, reason.SASLConfInvalid},
	{"no list", []string{"pwcheck_method: auxprop"}, false, reason.SASLMechListEmpty},
	{"unknown mechanism", []string{"mech_list: scram-sha256"}, false, reason.SASLMechUnknown},
	{"mechanism not installed", []string{"mech_list: srp"}, false, reason.SASLMechUnavailable},
	{"database missing", []string{"mech_list: scram-sha-256", "sasldb_path: /nowhere/sasldb2"}, false, reason.SASLDBMissing},
	{"keytab missing", []string{"mech_list: gssapi", "keytab: /nowhere/keytab"}, false, reason.SASLKeytabMissing},
	{"needs TLS", []string{"mech_list: plain", "pwcheck_method: saslauthd"}, true, reason.SASLMechNeedsTLS},
}

// TestOneCodeEverywhere has one code for each fault, and the same one in vncsec sasl
// check, in vncsec sasl test and where vncsec serve ends.
func TestOneCodeEverywhere(t *testing.T) {
	t.Parallel()
	peertest.Need(t, "libsasl2")
	s := newSite(t, "ecdsa-p256")
	seen := map[reason.Code]string{}
	for _, fault := range saslFaults {
		if other, found := seen[fault.code]; found {
			t.Errorf("%s and %s have the same code %s", fault.name, other, fault.code)
		}
		seen[fault.code] = fault.name
		t.Run(fault.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if fault.lines != nil {
				writeServiceFile(t, dir, fault.lines...)
			}
			file, tls := filepath.Join(dir, "qemu.conf"), "--tls"
			console := []string{"serve", "--listen", anyPort, "--sasl", "--sasl-conf", dir}
			if fault.noTLS {
				tls = "--no-tls"
			} else {
				console = append(console, "--x509", s.server)
			}
			password := filepath.Join(dir, "password")
			if err := os.WriteFile(password, []byte("open sesame\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			tells(t, command(t, "sasl", "check", tls, "--file", file), 2, "["+string(fault.code)+"]")
			tells(t, command(t, "sasl", "test", "alice", tls, "--file", file, "--password-file", password), 1, string(fault.code))
			refuseStart(t, command(t, append(console, quietCommand...)...), fault.code)
		})
	}
}

// tells runs a command that must end with an exit code and tell something.
func tells(t *testing.T, cmd *exec.Cmd, code int, what string) {
	t.Helper()
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != code || !strings.Contains(string(out), what) {
		t.Errorf("%s: %v, want exit code %d and %s:\n%s", strings.Join(cmd.Args[1:3], " "), err, code, what, out)
	}
}
