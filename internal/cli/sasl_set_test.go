package cli

import (
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"vncsec/saslconf"
)

// TestSASLSetLosesNoChange changes several settings at the same time.
func TestSASLSetLosesNoChange(t *testing.T) {
	file := filepath.Join(t.TempDir(), "qemu.conf")
	if err := os.WriteFile(file, []byte("# by hand\nmech_list: gssapi\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	settings := map[string]string{
		"mech_list": "scram-sha-256", "log_level": "1", "keytab": "/k", "sasldb_path": "/db",
		"auxprop_plugin": "sasldb", "pwcheck_method": "auxprop", "auto_transition": "no", "ldapdb_uri": "ldap://ldap",
	}
	var setters sync.WaitGroup
	for key, value := range settings {
		setters.Go(func() {
			if err := (Env{Stdout: io.Discard}).saslSet(key+"="+value, file, false); err != nil {
				t.Error(err)
			}
		})
	}
	setters.Wait()
	config, err := saslconf.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	for key, value := range settings {
		if got := config.Get(key); got != value {
			t.Errorf("%s is %q, want %q", key, got, value)
		}
	}
}
