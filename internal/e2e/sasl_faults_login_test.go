package e2e_test

import (
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"vncsec/internal/peertest"
	"vncsec/vncserve/reason"
	"vncsec/vncserve/rfb"
)

// TestOneCodeAtLogIn has faults that show when somebody logs in: each has a code of its own,
// and the same one in the log of vncsec serve and in vncsec sasl test. The viewer is told
// the same of all that a user can do wrong.
func TestOneCodeAtLogIn(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	dir := newSASL(t, "plain scram-sha-256")
	database := filepath.Join(dir, "sasldb2")
	peertest.SetSASLPassword(t, database, "elsewhere.example", "bob", "secret")
	password := filepath.Join(dir, "password")
	write := func(path, content string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(password, "secret\n")
	conf := filepath.Join(dir, "qemu.conf")
	vncsec(t, "sasl", "user", "add", "carol", "--realm", saslRealm, "--file", conf, "--password-file", password, "--mech", "scram-sha-1", "--sasldb", database)
	console := serve(t, append(append(saslOptions(dir), "--listen", anyPort, "--x509", s.server), quietCommand...)...)
	tell := func(user, password, mechanism string) string {
		t.Helper()
		v, err := dialSASL(console.address)
		if err != nil {
			t.Fatal(err)
		}
		defer v.Close()
		if mechanism == "SCRAM-SHA-256" {
			return v.failSCRAM(user)
		}
		message := "\x00" + user + "\x00" + password
		if _, err := v.Write(choice(mechanism)); err != nil {
			t.Fatal(err)
		}
		if err := v.send([]byte(message)); err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(answer)
	}
	told := map[string]string{} // by mechanism
	for _, fault := range []struct {
		code                      reason.Code
		user, password, mechanism string
		prepare                   func()
		secret                    bool // what it is, is nobody's business
	}{
		{reason.SASLPasswordWrong, "alice", "wrong", "PLAIN", nil, true},
		{reason.SASLUserUnknown, "mallory", "secret", "PLAIN", nil, true},
		{reason.SASLRealm, "bob", "secret", "PLAIN", nil, true},
		{reason.SASLPasswordWrong, "alice", "wrong", "SCRAM-SHA-256", nil, true},
		{reason.SASLUserUnknown, "mallory", "secret", "SCRAM-SHA-256", nil, true},
		{reason.SASLNoSecret, "carol", "secret", "SCRAM-SHA-256", nil, true},
		{reason.SASLMechNotOffered, "alice", "secret", "DIGEST-MD5", nil, false},
		{reason.SASLDBInvalid, "alice", "secret", "PLAIN", func() { write(database, "these are no users") }, true},
		{reason.SASLDBMissing, "alice", "secret", "PLAIN", func() { _ = os.Remove(database) }, true},
	} {
		if fault.prepare != nil {
			fault.prepare()
		}
		before := strings.Count(console.Log(), "reason="+string(fault.code)+" ")
		answer := tell(fault.user, fault.password, fault.mechanism)
		peertest.Eventually(t, "the log has "+string(fault.code), func() bool {
			return strings.Count(console.Log(), "reason="+string(fault.code)+" ") > before
		})
		if before, ok := told[fault.mechanism]; ok && fault.secret && answer != before {
			t.Errorf("of %s the viewer is told %q, of others %q", fault.code, answer, before)
		}
		told[fault.mechanism] = answer
		write(password, fault.password+"\n")
		tells(t, command(t, "sasl", "test", fault.user, "--mech", fault.mechanism, "--hostname", saslRealm, "--file", conf, "--password-file", password),
			1, "["+string(fault.code)+"]")
	}
	line := regexp.MustCompile(`level=WARN msg="viewer refused" remote=127\.0\.0\.1:\d+ reason=[a-z-]+ error="[^\n]+" user=\w+\n`)
	if n := len(line.FindAllString(console.Log(), -1)); n != 8 { // who asks for another mechanism has no name yet
		t.Errorf("%d lines are as they should be:\n%s", n, console.Log())
	}
}

// failSCRAM logs in with a proof that is wrong, and returns what there is to see of it but
// for what differs each time or between users.
func (v *saslViewer) failSCRAM(user string) string {
	if _, err := v.Write(choice("SCRAM-SHA-256")); err != nil {
		return err.Error()
	}
	if err := v.send([]byte("n,,n=" + user + ",r=abcdefgh")); err != nil {
		return err.Error()
	}
	challenge, err := v.read()
	if err != nil {
		return err.Error()
	}
	more, err := rfb.ReadUint8(v)
	if err != nil {
		return err.Error()
	}
	nonce, _, _ := strings.Cut(string(challenge), ",")
	proof := base64.StdEncoding.EncodeToString(make([]byte, 32))
	if err := v.send([]byte("c=biws," + nonce + ",p=" + proof)); err != nil {
		return err.Error()
	}
	end, err := io.ReadAll(v)
	return fmt.Sprintf("%d bytes of nonce, go on: %d, the end: %q, %v", len(nonce), 1-more, end, err)
}
