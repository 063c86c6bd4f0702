package peertest

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
)

// QEMULoads asks QEMU itself whether it can use a folder of certificates in a
// role, "server" or "client", with verification of the other side on. The error
// holds QEMU's own words.
func QEMULoads(t testing.TB, dir, role string) error {
	t.Helper()
	Need(t, "qemu-system-x86_64")
	cmd := exec.Command("qemu-system-x86_64",
		"-machine", "none", "-nodefaults", "-display", "none", "-qmp", "stdio",
		"-object", credentials(dir, role, true))
	cmd.Stdin = strings.NewReader(`{"execute":"qmp_capabilities"}{"execute":"quit"}`)
	p := Start(t, cmd)
	if err := p.Wait(t); err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(p.Log()))
	}
	return nil
}
