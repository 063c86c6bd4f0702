package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"vncsec/internal/peertest"
	"vncsec/internal/ttytest"
)

// TestSASLScripts runs what needs a real libsasl2, see testdata/sasl.
func TestSASLScripts(t *testing.T) {
	peertest.Need(t, "libsasl2", "saslpasswd2")
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/sasl",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits,
			"json":  isJSON,
			"modes": modes,
		},
		Setup: func(env *testscript.Env) error {
			env.Setenv("GORACE", raceOptions)
			env.Setenv("SASL_CONF_PATH", env.WorkDir)
			env.Setenv("PATH", env.Getenv("PATH")+":/usr/sbin")
			return nil
		},
	})
}

// TestNewPassword asks for a user's password twice, without an echo.
func TestNewPassword(t *testing.T) {
	peertest.Need(t, "libsasl2")
	database := filepath.Join(t.TempDir(), "passwd.db")
	person := ttytest.Start(t, exec.Command("vncsec", "sasl", "user", "add", "alice@vnc.example.org", "--sasldb", database))
	person.Expect("New password of alice in realm vnc.example.org: ")
	person.Type("\r")
	person.Expect("the password is empty")
	for _, second := range []struct{ keys, reaction string }{{"open sesam\r", "The two passwords differ."}, {"open sesame\r", "added alice"}} {
		person.Expect("New password of alice")
		person.Type("open sesame\r")
		person.Expect("again: ")
		person.Type(second.keys)
		person.Expect(second.reaction)
	}
	person.Expect("in realm vnc.example.org, with keys for SCRAM-SHA-256")
	ended(t, person, 0)
	if screen := person.Screen(); strings.Contains(screen, "sesam") {
		t.Errorf("the password was shown: %q", screen)
	}
}
