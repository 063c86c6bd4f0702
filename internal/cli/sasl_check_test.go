package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vncsec/internal/peertest"
	"vncsec/saslconf"
	"vncsec/saslconf/users"
)

// TestSASLCheckUsers checks databases that libsasl2 itself has written, with everything
// else good.
func TestSASLCheckUsers(t *testing.T) {
	peertest.Need(t, "libsasl2")
	const host = "vnc.example.org"
	alice := users.Name{User: "alice", Realm: host}
	add := func(name users.Name, how users.Storage) func(users.Database) error {
		return func(d users.Database) error { return d.Add(t.Context(), name, []byte("geheim"), how) }
	}
	for _, test := range []struct {
		name, mechanisms string
		change           func(users.Database) error // after alice was added
		code             int
		want             string // codes of findings
	}{
		{"keys", "scram-sha-256", nil, ExitOK, ""},
		{"keys and passwords", "scram-sha-256", add(users.Name{User: "bob", Realm: host}, users.Storage{Plaintext: true}), exitWarnings, "sasl-db-plaintext"},
		{"keys of another hash", "scram-sha-512", nil, exitCritical, "sasl-no-secret"},
		{"keys where a password is needed", "digest-md5", nil, exitCritical, "sasl-no-secret sasl-mech-weak"},
		{"nobody left", "scram-sha-256", func(d users.Database) error { return d.Delete(t.Context(), alice) }, exitCritical, "sasl-db-empty"},
		{"another realm", "scram-sha-256", func(d users.Database) error {
			return errors.Join(d.Delete(t.Context(), alice), add(users.Name{User: "alice", Realm: "old.example.org"}, users.Storage{})(d))
		}, exitCritical, "sasl-realm"},
		{"cut off", "scram-sha-256", func(d users.Database) error { return os.Truncate(d.Path, 5000) }, exitCritical, "sasl-db-invalid"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			d := users.Database{Path: filepath.Join(dir, "passwd.db"), UID: -1, GID: -1}
			if err := add(alice, users.Storage{})(d); err != nil {
				t.Fatal(err)
			}
			if test.change != nil {
				if err := test.change(d); err != nil {
					t.Fatal(err)
				}
			}
			text := fmt.Sprintf("mech_list: %s\nsasldb_path: %s\n", test.mechanisms, d.Path)
			if err := os.WriteFile(filepath.Join(dir, saslconf.FileName), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			code, out := runSASLCheck(t.Context(), saslconf.Options{
				File: filepath.Join(dir, saslconf.FileName), Hostname: host, Users: saslUsers,
				Getenv: func(name string) (string, bool) {
					return map[string]string{"SASL_CONF_PATH": dir}[name], name == "SASL_CONF_PATH"
				},
			})
			var codes []string
			for line := range strings.Lines(out) {
				if _, rest, ok := strings.Cut(line, " ["); ok && !strings.HasPrefix(line, " ") {
					codes = append(codes, strings.TrimSuffix(strings.TrimSpace(rest), "]"))
				}
			}
			if got := strings.Join(slices.Compact(codes), " "); code != test.code || got != test.want {
				t.Errorf("exit code %d with %q, want %d with %q\n%s", code, got, test.code, test.want, out)
			}
		})
	}
}

// runSASLCheck is vncsec sasl check.
func runSASLCheck(ctx context.Context, o saslconf.Options) (code int, out string) {
	var b strings.Builder
	err := Env{Stdout: &b}.saslCheck(ctx, o, false)
	if exit := (*exitError)(nil); errors.As(err, &exit) {
		return exit.code, b.String()
	}
	return ExitOK, b.String()
}
