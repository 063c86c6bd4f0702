package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

func TestWriteSetsModeWhateverTheUmask(t *testing.T) {
	old := syscall.Umask(0o777)
	defer syscall.Umask(old)
	dir := t.TempDir()
	os.Chmod(dir, 0o700)
	for _, mode := range []fs.FileMode{0o600, 0o644, 0o640} {
		path := filepath.Join(dir, fmt.Sprintf("f-%o", mode))
		if _, err := Write(path, []byte("x"), Options{Mode: mode}); err != nil {
			t.Fatal(err)
		}
		wantFile(t, path, "x", mode)
	}
}

func TestWriteRefusesToReplace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	mustWrite(t, path, "first", Options{Mode: 0o600})

	_, err := Write(path, []byte("second"), Options{Mode: 0o600})
	var exists *ExistsError
	if !errors.As(err, &exists) || exists.Path != path || !errors.Is(err, fs.ErrExist) {
		t.Fatalf("got %v, want an ExistsError for %s", err, path)
	}
	wantFile(t, path, "first", 0o600)
	wantNames(t, filepath.Dir(path), "key")
}

func TestForceKeepsEveryOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "key")
	force := Options{Mode: 0o600, Force: true}
	for i, wantKept := range []string{"", "key.old", "key.old.1", "key.old.2"} {
		kept := mustWrite(t, path, fmt.Sprint(i), force)
		if kept != "" {
			kept = filepath.Base(kept)
		}
		if kept != wantKept {
			t.Fatalf("write %d kept %q, want %q", i, kept, wantKept)
		}
	}
	wantFile(t, path, "3", 0o600)
	wantFile(t, path+".old", "0", 0o600)
	wantFile(t, path+".old.1", "1", 0o600)
	wantFile(t, path+".old.2", "2", 0o600)
}

func TestForceNarrowsTheKeptFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, []byte("wide"), 0o644); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, path, "narrow", Options{Mode: 0o600, Force: true})
	wantFile(t, path, "narrow", 0o600)
	wantFile(t, path+".old", "wide", 0o600)
}

func TestWriteRefusesSymlinksAndFolders(t *testing.T) {
	dir := t.TempDir()
	victim := filepath.Join(dir, "victim")
	mustWrite(t, victim, "mine", Options{Mode: 0o600})
	for name, make := range map[string]func(path string) error{
		"symbolic link": func(path string) error { return os.Symlink(victim, path) },
		"not a regular": func(path string) error { return os.Mkdir(path, 0o700) },
	} {
		path := filepath.Join(dir, strings.Fields(name)[0])
		if err := make(path); err != nil {
			t.Fatal(err)
		}
		for _, force := range []bool{false, true} {
			_, err := Write(path, []byte("x"), Options{Mode: 0o644, Force: force})
			if err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("force %v: got %v, want %q", force, err, name)
			}
		}
	}
	// A link that leads nowhere must not be created through either.
	dangling := filepath.Join(dir, "dangling")
	if err := os.Symlink(filepath.Join(dir, "nowhere"), dangling); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(dangling, []byte("x"), Options{Mode: 0o600, Force: true}); err == nil {
		t.Error("wrote through a dangling symbolic link")
	}
	wantFile(t, victim, "mine", 0o600)
}

func TestWriteRefusesAFolderOpenToAll(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "key")
	os.Chmod(dir, 0o777)
	if _, err := Write(path, nil, Options{Mode: 0o600}); err == nil || !strings.Contains(err.Error(), "chmod o-w") {
		t.Errorf("got %v, want the folder refused", err)
	}
	os.Chmod(dir, 0o777|fs.ModeSticky)
	mustWrite(t, path, "x", Options{Mode: 0o600})
}

func TestWriteRefusesTheFolderOfSomebodyElse(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give folders away")
	}
	dir := t.TempDir()
	const nobody = 65534
	if err := os.Chown(dir, nobody, -1); err != nil {
		t.Fatal(err)
	}
	_, err := Write(filepath.Join(dir, "key"), nil, Options{Mode: 0o600})
	if err == nil || !strings.Contains(err.Error(), dir+" belongs to user 65534") {
		t.Errorf("got %v, want a refusal that names the owner", err)
	}
	wantNames(t, dir)
}

// TestWriteRemovesWhatAKilledWriterLeft leaves alone what is not such a file.
func TestWriteRemovesWhatAKilledWriterLeft(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{".key.tmp-ABCDEFGHIJ", ".key.tmp-mine", ".cert.tmp-ABCDEFGHIJ"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("half a ke"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	mustWrite(t, filepath.Join(dir, "key"), "whole", Options{Mode: 0o600})
	wantNames(t, dir, ".cert.tmp-ABCDEFGHIJ", ".key.tmp-mine", "key")
}

// TestMakeDirSetsModesWhateverTheUmask: a folder for all users is of no use below
// one that they cannot enter.
func TestMakeDirSetsModesWhateverTheUmask(t *testing.T) {
	top := t.TempDir()
	defer syscall.Umask(syscall.Umask(0o077))
	if err := MakeDir(filepath.Join(top, "pki", "qemu"), 0o755); err != nil {
		t.Fatal(err)
	}
	syscall.Umask(0)
	if err := MakeDir(filepath.Join(top, "private", "ca"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]fs.FileMode{"pki": 0o755, "pki/qemu": 0o755, "private": 0o700, "private/ca": 0o700} {
		if info, err := os.Stat(filepath.Join(top, name)); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v, want mode %v", name, info, err, mode)
		}
	}
}

func TestMakeDirRefusesALinkWithASlash(t *testing.T) {
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(t.TempDir(), link); err != nil {
		t.Fatal(err)
	}
	if err := MakeDir(link+"/", 0o700); err == nil || !strings.Contains(err.Error(), "symbolic link") {
		t.Errorf("got %v, want a refusal", err)
	}
}

func TestWriteNamesAMissingFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "missing")
	_, err := Write(filepath.Join(dir, "key"), nil, Options{Mode: 0o600})
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), dir) {
		t.Errorf("got %v, want a missing folder named", err)
	}
}

func TestSetIsAllOrNothing(t *testing.T) {
	dir := t.TempDir()
	mustWrite(t, filepath.Join(dir, "a"), "old a", Options{Mode: 0o644})
	if err := os.Mkdir(filepath.Join(dir, "c"), 0o700); err != nil {
		t.Fatal(err)
	}

	set := NewSet(dir)
	set.Add("a", []byte("new a"), Options{Mode: 0o600, Force: true})
	set.Add("b", []byte("new b"), Options{Mode: 0o600})
	set.Add("c", []byte("new c"), Options{Mode: 0o600, Force: true})
	if _, err := set.Commit(); err == nil {
		t.Fatal("a set with a folder in the place of a file was written")
	}
	wantNames(t, dir, "a", "c")
	wantFile(t, filepath.Join(dir, "a"), "old a", 0o644)
}

// TestSetUndoesPublishedFiles makes the last file fail after the first ones have
// their names: the same new name twice passes every check before that.
func TestSetUndoesPublishedFiles(t *testing.T) {
	dir := t.TempDir()
	mustWrite(t, filepath.Join(dir, "a"), "old a", Options{Mode: 0o644})

	set := NewSet(dir)
	set.Add("a", []byte("new a"), Options{Mode: 0o600, Force: true})
	set.Add("b", []byte("new b"), Options{Mode: 0o600})
	set.Add("b", []byte("again"), Options{Mode: 0o600})
	var exists *ExistsError
	if _, err := set.Commit(); !errors.As(err, &exists) {
		t.Fatalf("got %v, want an ExistsError", err)
	}
	wantNames(t, dir, "a")
	wantFile(t, filepath.Join(dir, "a"), "old a", 0o644)
}

func TestSetRefusesPaths(t *testing.T) {
	for _, name := range []string{"", ".", "..", "a/b", "/", "../a"} {
		set := NewSet(t.TempDir())
		set.Add(name, nil, Options{Mode: 0o600, Force: true})
		if _, err := set.Commit(); err == nil {
			t.Errorf("name %q was accepted", name)
		}
	}
}

func TestConcurrentNewFileHasOneWinner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	won := make([]bool, 16)
	var writers sync.WaitGroup
	for i := range won {
		writers.Go(func() {
			_, err := Write(path, []byte(fmt.Sprint(i)), Options{Mode: 0o600})
			won[i] = err == nil
			var exists *ExistsError
			if err != nil && !errors.As(err, &exists) {
				t.Error(err)
			}
		})
	}
	writers.Wait()
	winners := 0
	for i := range won {
		if won[i] {
			winners++
			wantFile(t, path, fmt.Sprint(i), 0o600)
		}
	}
	if winners != 1 {
		t.Errorf("%d writers created the file", winners)
	}
	wantNames(t, filepath.Dir(path), "key")
}

func TestConcurrentForcedPairsStayPairsAndLoseNothing(t *testing.T) {
	dir := t.TempDir()
	const writers = 12
	var running sync.WaitGroup
	for i := range writers {
		running.Go(func() {
			set := NewSet(dir)
			set.Add("key", []byte(fmt.Sprint(i)), Options{Mode: 0o600, Force: true})
			set.Add("cert", []byte(fmt.Sprint(i)), Options{Mode: 0o644, Force: true})
			if _, err := set.Commit(); err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
	seen := map[string]bool{}
	for _, suffix := range append([]string{"", ".old"}, numbered(writers-2)...) {
		key, cert := read(t, filepath.Join(dir, "key"+suffix)), read(t, filepath.Join(dir, "cert"+suffix))
		if key != cert {
			t.Errorf("key%s is of %s, cert%s of %s", suffix, key, suffix, cert)
		}
		seen[key] = true
	}
	if len(seen) != writers {
		t.Errorf("%d of %d contents are still there", len(seen), writers)
	}
}

func TestMakeDir(t *testing.T) {
	old := syscall.Umask(0o077)
	defer syscall.Umask(old)
	dir := filepath.Join(t.TempDir(), "a", "b")
	if err := MakeDir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("mode %v, error %v", info.Mode(), err)
	}
	if err := MakeDir(dir, 0o700); err != nil {
		t.Errorf("existing folder: %v", err)
	}
	link := dir + "-link"
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	if err := MakeDir(link, 0o700); err == nil {
		t.Error("a symbolic link passed for a folder")
	}
}

func numbered(n int) []string {
	var suffixes []string
	for i := 1; i <= n; i++ {
		suffixes = append(suffixes, fmt.Sprintf(".old.%d", i))
	}
	return suffixes
}

func mustWrite(t *testing.T, path, content string, opts Options) (kept string) {
	t.Helper()
	kept, err := Write(path, []byte(content), opts)
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func wantFile(t *testing.T, path, content string, mode fs.FileMode) {
	t.Helper()
	if got := read(t, path); got != content {
		t.Errorf("%s holds %q, want %q", path, got, content)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != mode {
		t.Errorf("%s has mode %v, want %v", path, info.Mode().Perm(), mode)
	}
}

func wantNames(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("%s holds %q, want %q", dir, got, want)
	}
}
