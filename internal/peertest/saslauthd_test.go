package peertest

import (
	"os/exec"
	"testing"
)

func TestSaslauthd(t *testing.T) {
	t.Parallel()
	daemon := StartSaslauthd(t, "vnc", map[string]string{"alice": "wonder land"})
	for password, want := range map[string]bool{"wonder land": true, "wonder": false} {
		cmd := exec.Command(programPath("testsaslauthd"), "-f", daemon.Socket, "-s", "vnc", "-u", "alice", "-p", password)
		if out, err := cmd.CombinedOutput(); (err == nil) != want {
			t.Errorf("password %q: %v\n%s", password, err, out)
		}
	}
}
