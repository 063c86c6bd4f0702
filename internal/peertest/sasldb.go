package peertest

import (
	"os/exec"
	"strings"
	"testing"
)

// SetSASLPassword stores a user's password, readable, in a database of users, with Cyrus
// SASL's own tool.
func SetSASLPassword(t testing.TB, database, realm, user, password string) {
	t.Helper()
	Need(t, "saslpasswd2")
	cmd := exec.Command(programPath("saslpasswd2"), "-p", "-c", "-f", database, "-u", realm, user)
	cmd.Stdin = strings.NewReader(password)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("saslpasswd2: %v\n%s", err, out)
	}
}
