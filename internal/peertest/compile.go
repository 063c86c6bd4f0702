package peertest

import (
	"embed"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// programs are the parts of this package that are not Go: what must run inside
// a peer's process, or against its library.
//
//go:embed programs
var programs embed.FS

// program writes one of the embedded files into a folder of the test's and
// returns its path.
func program(t testing.TB, name string) string {
	t.Helper()
	source, err := programs.ReadFile("programs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, source, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// compile turns one of the embedded C files into a program or, with the flags
// for it, a library, and returns its path. Flags that name libraries work, as
// they come after the source.
func compile(t testing.TB, name string, flags ...string) string {
	t.Helper()
	Need(t, "cc")
	source := program(t, name)
	result := source + ".out"
	args := append([]string{"-Wall", "-Werror", "-o", result, source}, flags...)
	if out, err := exec.Command("cc", args...).CombinedOutput(); err != nil {
		t.Fatalf("cc %s: %v\n%s", name, err, out)
	}
	return result
}
