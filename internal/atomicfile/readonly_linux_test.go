package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// asNobody runs a function with the rights that any user has to files, which root
// can give up for one thread on Linux.
func asNobody(t *testing.T, do func()) {
	t.Helper()
	if os.Geteuid() == 0 {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		const nobody = 65534
		if err := syscall.Setfsuid(nobody); err != nil {
			t.Fatal(err)
		}
		defer syscall.Setfsuid(0)
	}
	do()
}

func TestReadOnlyFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "read-only")
	if err := errors.Join(os.Mkdir(dir, 0o555), os.Chmod(filepath.Dir(filepath.Dir(dir)), 0o755)); err != nil {
		t.Fatal(err)
	}
	asNobody(t, func() {
		_, err := Write(filepath.Join(dir, "key"), nil, Options{Mode: 0o600})
		if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "key: permission denied (the folder has mode 0555 and belongs to user") {
			t.Errorf("got %v, want the folder's mode and owner", err)
		}
		if err := MakeDir(filepath.Join(dir, "sub"), 0o700); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("made a folder: %v", err)
		}
	})
	wantNames(t, dir)
}
