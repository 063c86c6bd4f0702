package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// binary is the path of the vncsec program that the tests run, built with the
// race detector.
var binary string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "vncsec-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "vncsec")
	if out, err := exec.Command("go", "build", "-race", "-o", binary, "vncsec").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build vncsec: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// command is a call of vncsec in an empty home folder.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(binary, args...)
	cmd.Env = []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8",
		"GORACE=atexit_sleep_ms=10"} // not the second that the race detector waits by default
	return cmd
}

// vncsec runs a command that must succeed.
func vncsec(t *testing.T, args ...string) {
	t.Helper()
	if out, err := command(t, args...).CombinedOutput(); err != nil {
		t.Fatalf("vncsec %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// socketPath is a path for a UNIX socket, short enough for one.
func socketPath(t *testing.T) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "vnc")
}
