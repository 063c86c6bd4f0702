package peertest

import (
	"fmt"
	"runtime"
	"testing"
)

// recorder is a test that notes how it was ended.
type recorder struct {
	testing.TB
	skipped, failed string
}

func (r *recorder) Helper() {}

func (r *recorder) Skipf(format string, args ...any) {
	r.skipped = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.failed = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// need runs Need in a goroutine of its own, as its way out is Goexit.
func need(peers ...string) *recorder {
	r := &recorder{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		Need(r, peers...)
	}()
	<-done
	return r
}

func TestNeedMissingPeer(t *testing.T) {
	const want = "no-such-viewer is not installed (Debian package no-such-viewer)"

	t.Setenv(RequireEnv, "")
	if got := need("no-such-viewer"); got.skipped != want || got.failed != "" {
		t.Errorf("skipped %q, failed %q; want a skip with %q", got.skipped, got.failed, want)
	}
	t.Setenv(RequireEnv, "1")
	if got := need("no-such-viewer"); got.failed != want || got.skipped != "" {
		t.Errorf("skipped %q, failed %q; want a failure with %q", got.skipped, got.failed, want)
	}
}

func TestNeedInstalledPeer(t *testing.T) {
	t.Setenv(RequireEnv, "1")
	if got := need("go"); got.skipped != "" || got.failed != "" {
		t.Errorf("skipped %q, failed %q; want the test to go on", got.skipped, got.failed)
	}
}

func TestNeedNamesThePackage(t *testing.T) {
	for peer, want := range map[string]string{
		"certtool":     "gnutls-bin",
		"libvncclient": "libvncserver-dev",
		"openssl":      "openssl",
		"xdotool":      "xdotool",
	} {
		if got := packageOf(peer); got != want {
			t.Errorf("packageOf(%q) = %q, want %q", peer, got, want)
		}
	}
}
