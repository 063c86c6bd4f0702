package e2e_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"vncsec/internal/peertest"
	"vncsec/vncserve/reason"
)

// TestChangedServiceFile spoils the service file of a running server in the ways that open
// QEMU to everybody. Workers that are started afterwards, and a reload, change nothing:
// the offer is the old one, who asks for more is refused, and users still log in.
func TestChangedServiceFile(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	for name, test := range map[string]struct {
		content string // empty: the file is removed
		code    reason.Code
	}{
		"removed":       {"", reason.SASLConfMissing},
		"emptied":       {"\n", reason.SASLMechListEmpty},
		"mistyped list": {"mech-list: plain\n", reason.SASLKeyUnknown},
		"no colon":      {"mech_list plain\n", reason.SASLConfInvalid},
		"ANONYMOUS":     {"mech_list: anonymous plain scram-sha-256\n", reason.SASLMechUnsafe},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := newSASL(t, "plain")
			console := serve(t, append(append(saslOptions(dir), "--listen", anyPort, "--x509", s.server), quietCommand...)...)
			path := filepath.Join(dir, "qemu.conf")
			spoil := func() error { return os.WriteFile(path, []byte(test.content), 0o600) }
			if test.content == "" {
				spoil = func() error { return os.Remove(path) }
			}
			if err := spoil(); err != nil {
				t.Fatal(err)
			}
			console.endWorkers()
			console.stillClosed("without a reload", 1)
			console.Signal(t, syscall.SIGHUP)
			console.waitLog(fmt.Sprintf("%q reason=%s", "SASL service file not reloaded, the old ones stay in use", test.code))
			console.endWorkers()
			console.stillClosed("after a reload", 2)
		})
	}
}

// stillClosed looks for an open door, for the nth time, of a server that offers PLAIN alone
// and has the user alice.
func (s *server) stillClosed(when string, nth int) {
	s.t.Helper()
	v, err := dialSASL(s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	defer v.Close()
	if !slices.Equal(v.Offered, []string{"PLAIN"}) {
		s.t.Errorf("%s offered are %q", when, v.Offered)
	}
	for _, mechanism := range []string{"ANONYMOUS", "SCRAM-SHA-256"} {
		v, err := dialSASL(s.address)
		if err != nil {
			s.t.Fatal(err)
		}
		defer v.Close()
		if err := v.start(mechanism, "n,,n=alice,r=abcdefgh"); !errors.Is(err, errRefused) {
			s.t.Errorf("%s %s: %v", when, mechanism, err)
		}
		peertest.Eventually(s.t, "the log says why", func() bool {
			return strings.Count(s.Log(), fmt.Sprintf(`the viewer chose \"%s\", offered was PLAIN`, mechanism)) == nth
		})
	}
	if err := logInPlain(s.t, s.address, "alice", "secret"); err != nil {
		s.t.Errorf("%s alice: %v", when, err)
	}
}

// endWorkers ends the server's SASL workers, so that others take their place.
func (s *server) endWorkers() {
	s.t.Helper()
	ended := s.workers()
	if len(ended) == 0 {
		s.t.Fatal("there was no worker to end")
	}
	s.signalWorkers(ended, syscall.SIGKILL)
	peertest.Eventually(s.t, "the workers are gone", func() bool {
		return !slices.ContainsFunc(s.children(), func(pid int) bool { return slices.Contains(ended, pid) })
	})
}
