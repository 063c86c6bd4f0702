package atomicfile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestUpdateLosesNoChange has writers who each add a line to what they have read.
func TestUpdateLosesNoChange(t *testing.T) {
	path := filepath.Join(t.TempDir(), "settings")
	mustWrite(t, path, "", Options{Mode: 0o600})
	lines := numbered(20)
	var writers sync.WaitGroup
	for _, line := range lines {
		writers.Go(func() {
			_, err := Update(path, func() ([]byte, Options, error) {
				old, err := os.ReadFile(path)
				return append(old, line+"\n"...), Options{Mode: 0o600, Force: true}, err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	writers.Wait()
	content := "\n" + read(t, path)
	for _, line := range lines {
		if !strings.Contains(content, "\n"+line+"\n") {
			t.Errorf("%q is lost: %q", line, content)
		}
	}
}

// TestUpdateWithoutData leaves the file as it was.
func TestUpdateWithoutData(t *testing.T) {
	path := filepath.Join(t.TempDir(), "settings")
	mustWrite(t, path, "old", Options{Mode: 0o600})
	failed := errors.New("no data")
	if _, err := Update(path, func() ([]byte, Options, error) { return []byte("new"), Options{Force: true}, failed }); err != failed {
		t.Errorf("the error is %v", err)
	}
	wantFile(t, path, "old", 0o600)
	wantNames(t, filepath.Dir(path), "settings")
}
