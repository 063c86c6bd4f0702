package peertest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestKDC(t *testing.T) {
	t.Parallel()
	kdc := StartKDC(t)
	kdc.AddUser("alice", "wonderland")
	keytab := filepath.Join(t.TempDir(), "keytab")
	kdc.AddService(keytab, "vnc/localhost")
	cache := kdc.Login("alice", "wonderland")

	cmd := exec.Command("kvno", "vnc/localhost")
	cmd.Env = append(append(os.Environ(), kdc.Env...), cache)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "vnc/localhost@"+kdc.Realm) {
		t.Errorf("no ticket for the service: %v\n%s", err, out)
	}
	cmd = exec.Command("klist", "-k", keytab)
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "vnc/localhost@"+kdc.Realm) {
		t.Errorf("the service's key is not in the keytab: %v\n%s", err, out)
	}
}
