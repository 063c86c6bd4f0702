package atomicfile

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// holds fails unless a file has the content and mode.
func holds(t *testing.T, path, content string, mode fs.FileMode) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil || string(data) != content {
		t.Errorf("%s holds %q, want %q: %v", path, data, content, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
		t.Errorf("%s has mode %v, want %v: %v", path, info.Mode().Perm(), mode, err)
	}
}

func TestOverwrite(t *testing.T) {
	for _, test := range []struct {
		before, after fs.FileMode // before 0: there is no file
		kind          Overwriting
	}{
		{0, 0o600, Overwriting{Secret: true}},
		{0, 0o600, Overwriting{Private: true}},
		{0o644, 0o600, Overwriting{Secret: true}},
		{0o666, 0o600, Overwriting{Secret: true}},
		{0o400, 0o600, Overwriting{Secret: true}},
		{0o640, 0o640, Overwriting{}},
		{0o664, 0o664, Overwriting{Private: true}},
	} {
		name := fmt.Sprintf("%04o %+v", test.before, test.kind)
		if test.before == 0o400 && os.Geteuid() != 0 {
			continue // there the file forbids it
		}
		path := filepath.Join(t.TempDir(), "file")
		if test.before != 0 {
			if err := os.WriteFile(path, []byte("what was there before"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, test.before); err != nil {
				t.Fatal(err)
			}
		}
		if err := CanOverwrite(path); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := Overwrite(path, []byte("new"), test.kind); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		holds(t, path, "new", test.after)
		entries, err := os.ReadDir(filepath.Dir(path))
		if err != nil || len(entries) != 1 {
			t.Errorf("%s: left behind: %v, %v", name, entries, err)
		}
	}
}

// TestOverwriteKeepsReaders replaces a file, so that who reads the old one reads all of
// it.
func TestOverwriteKeepsReaders(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	reader, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := Overwrite(path, []byte("new"), Overwriting{}); err != nil {
		t.Fatal(err)
	}
	if data, err := io.ReadAll(reader); string(data) != "old" {
		t.Errorf("the reader found %q, %v", data, err)
	}
}

func TestOverwriteFollowsLinks(t *testing.T) {
	dir := t.TempDir()
	target, link, further := filepath.Join(dir, "target"), filepath.Join(dir, "link"), filepath.Join(dir, "further")
	for from, to := range map[string]string{link: "target", further: link} { // relative and absolute
		if err := os.Symlink(to, from); err != nil {
			t.Fatal(err)
		}
	}
	for _, content := range []string{"made", "replaced"} {
		if err := Overwrite(further, []byte(content), Overwriting{Secret: true}); err != nil {
			t.Fatal(err)
		}
		holds(t, target, content, 0o600)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is %v now, %v", info.Mode(), err)
	}

	loop := filepath.Join(dir, "loop")
	if err := os.Symlink("loop", loop); err != nil {
		t.Fatal(err)
	}
	if err := Overwrite(loop, nil, Overwriting{}); err == nil {
		t.Error("a link to itself was written")
	}
}

// TestOverwriteDistrustsLinks refuses a link that another user has put into a folder of
// ours.
func TestOverwriteDistrustsLinks(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can make links of others")
	}
	const nobody = 65534
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	if err := os.Symlink("target", link); err != nil {
		t.Fatal(err)
	}
	if err := os.Lchown(link, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	if err := Overwrite(link, []byte("secret"), Overwriting{Secret: true}); err == nil {
		t.Error("the link was followed")
	}
	if err := os.Chown(dir, nobody, nobody); err != nil { // now it is his folder
		t.Fatal(err)
	}
	if err := Overwrite(link, []byte("x"), Overwriting{}); err != nil {
		t.Error(err)
	}
}

// TestOverwriteKeepsOwner leaves a file with whom it belonged to.
func TestOverwriteKeepsOwner(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files to others")
	}
	const nobody = 65534
	for _, test := range []struct {
		folder fs.FileMode
		secret bool
		owner  int
	}{
		{0o755, true, nobody},
		{0o755, false, nobody},
		{0o1777, false, nobody},
		{0o1777, true, 0}, // anybody may have put it there
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "file")
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(path, nobody, nobody); err != nil {
			t.Fatal(err)
		}
		if err := unix.Chmod(dir, uint32(test.folder)); err != nil {
			t.Fatal(err)
		}
		if err := Overwrite(path, []byte("x"), Overwriting{Secret: test.secret}); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || userOf(info) != test.owner {
			t.Errorf("folder %o, secret %t: user %d, want %d: %v", test.folder, test.secret, userOf(info), test.owner, err)
		}
	}
}

// TestOverwriteSpecial writes to what is no regular file.
func TestOverwriteSpecial(t *testing.T) {
	if err := Overwrite(os.DevNull, []byte("x"), Overwriting{Secret: true}); err != nil {
		t.Error(err)
	}
	dir := t.TempDir()
	for name, path := range map[string]string{"folder": dir, "no folder": filepath.Join(dir, "absent", "file")} {
		if CanOverwrite(path) == nil {
			t.Errorf("%s can be written", name)
		}
		if Overwrite(path, nil, Overwriting{}) == nil {
			t.Errorf("%s was written", name)
		}
	}

	fifo := filepath.Join(dir, "fifo")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	got := make(chan string)
	go func() {
		data, err := os.ReadFile(fifo)
		got <- fmt.Sprint(string(data), err)
	}()
	if err := Overwrite(fifo, []byte("through the pipe"), Overwriting{Secret: true}); err != nil {
		t.Fatal(err)
	}
	if text := <-got; text != "through the pipe<nil>" {
		t.Errorf("the pipe gave %s", text)
	}
}

// TestOverwriteOpenFile writes to a file by the name that open files have.
func TestOverwriteOpenFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, form := range []string{"/dev/fd/%d", "/proc/self/fd/%d"} {
		if err := Overwrite(fmt.Sprintf(form, f.Fd()), []byte("secret"), Overwriting{Secret: true}); err != nil {
			t.Fatal(err)
		}
		data := make([]byte, 10)
		n, err := f.ReadAt(data, 0)
		if string(data[:n]) != "secret" {
			t.Errorf("%s: the open file holds %q, %v", form, data[:n], err)
		}
		holds(t, path, "secret", 0o600)
	}
}

func TestTighten(t *testing.T) {
	for mode, want := range map[fs.FileMode]bool{0o644: true, 0o660: true, 0o600: false, 0o400: false} {
		f, err := os.Create(filepath.Join(t.TempDir(), "file"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := f.Chmod(mode); err != nil {
			t.Fatal(err)
		}
		if tightened, err := Tighten(f); tightened != want || err != nil {
			t.Errorf("mode %v: %t, %v", mode, tightened, err)
		}
		if info, err := f.Stat(); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("mode %v is %v now, %v", mode, info.Mode(), err)
		}
	}
}
