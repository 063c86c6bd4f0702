package probe

import (
	"image/png"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"vncsec/vncserve/rfb/encoding"
)

// TestWritePNG keeps what is no regular file in its place: a screenshot to /dev/stdout made
// by root must not take the place of the device.
func TestWritePNG(t *testing.T) {
	dir := t.TempDir()
	pipe, file, link := filepath.Join(dir, "pipe"), filepath.Join(dir, "file"), filepath.Join(dir, "link")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(pipe, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, path := range []string{pipe, link} {
		before, err := os.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := WritePNG(path, encoding.NewPicture(3, 2)); err != nil {
			t.Fatal(err)
		}
		if after, err := os.Lstat(path); err != nil || after.Mode() != before.Mode() {
			t.Fatalf("%s was %v, and is %v: %v", path, before.Mode(), after.Mode(), err)
		}
	}
	if picture, err := png.Decode(f); err != nil || picture.Bounds().Dx() != 3 {
		t.Errorf("the pipe: %v", err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v: %v", info.Mode(), err)
	}
	if err := WritePNG(dir, encoding.NewPicture(3, 2)); err == nil {
		t.Error("a picture was written to a folder")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 3 {
		t.Errorf("left over: %v %v", left, err)
	}
}
