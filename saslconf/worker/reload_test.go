package worker

import (
	"os"
	"slices"
	"strings"
	"testing"

	"vncsec/vncserve/reason"
)

// TestReload uses another service file when it is told to, and not before: new workers
// take what was checked, whatever the file says by then.
func TestReload(t *testing.T) {
	t.Parallel()
	s := withAlice(t)
	e := s.engine()
	offered := func() []string {
		t.Helper()
		killAll(e.idle) // so that the next one is new
		x, err := e.NewExchange(t.Context(), inTLS)
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		if err := x.CheckPassword(t.Context(), "alice", "secret"); err != nil {
			t.Error(err)
		}
		return x.Mechanisms()
	}
	before := offered()
	for _, content := range []string{"", "mech_list plain\n", "mech-list: plain\n", "mech_list: anonymous plain\n" + withDatabase} {
		s.write("qemu.conf", content)
		if got := offered(); !slices.Equal(got, before) {
			t.Errorf("with %q there are %q", content, got)
		}
	}
	if err := os.Remove(s.path("qemu.conf")); err != nil {
		t.Fatal(err)
	}
	if got := offered(); !slices.Equal(got, before) {
		t.Errorf("without a file there are %q", got)
	}
	s.write("qemu.conf", strings.Replace(withDatabase, "scram-sha-256 ", "", 1))
	if err := e.Reload(t.Context(), s.config()); err != nil {
		t.Fatal(err)
	}
	_, err := e.Try(t.Context(), right)
	wantCode(t, err, reason.SASLMechNotOffered)
}
