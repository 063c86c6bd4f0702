package atomicfile

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"vncsec/internal/flock"
)

// folder is an open, locked folder. All names are looked up in it and not in
// whatever its path leads to a moment later.
type folder struct {
	dir  string
	root *os.Root
	self *os.File

	locked bool // no other writer is at work
}

func openFolder(dir string) (*folder, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot open the folder %s: %w", dir, cause(err))
	}
	f := &folder{dir: dir, root: root}
	if f.self, err = root.Open("."); err != nil {
		f.close()
		return nil, fmt.Errorf("cannot read the folder %s: %w", dir, cause(err))
	}
	if err := f.refuseShared(); err != nil {
		f.close()
		return nil, err
	}
	f.lock()
	return f, nil
}

// refuseShared refuses a folder where another user than root may rename or remove
// our files: one that belongs to somebody else, or in which everybody may write.
func (f *folder) refuseShared() error {
	info, err := f.self.Stat()
	if err != nil {
		return fmt.Errorf("cannot look at the folder %s: %w", f.dir, cause(err))
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Uid != 0 && int(stat.Uid) != os.Geteuid() {
		return fmt.Errorf("the folder %s belongs to user %d, who can replace what is in it: name a folder of your own, or do it as that user", f.dir, stat.Uid)
	}
	const everybodyWrites = 0o002
	if info.Mode().Perm()&everybodyWrites != 0 && info.Mode()&fs.ModeSticky == 0 {
		return fmt.Errorf("every user may write in the folder %s (mode %04o): chmod o-w it first", f.dir, info.Mode().Perm())
	}
	return nil
}

// lock makes writers of the folder wait for each other, so that two forced ones
// do not both keep the same old file and lose the one in between. Files are whole
// without it, so where there are no locks, or somebody does not let go of one,
// writing goes on.
func (f *folder) lock() { f.locked = flock.File(context.Background(), f.self) == nil }

// sweep removes the temporary files that a writer of a name left behind when it
// was killed, which may hold a key. As writers wait for each other, nobody uses
// them; without the lock that is not certain, and they stay.
func (f *folder) sweep(name string) {
	if !f.locked {
		return
	}
	entries, err := fs.ReadDir(f.root.FS(), ".")
	if err != nil {
		return // writing will say what is wrong with the folder
	}
	for _, entry := range entries {
		random, ok := strings.CutPrefix(entry.Name(), tempPrefix(name))
		if ok && len(random) == tempRandom && entry.Type().IsRegular() {
			// What cannot be removed does no harm to what is written now.
			_ = f.root.Remove(entry.Name())
		}
	}
}

// close also ends the lock.
func (f *folder) close() {
	if f.self != nil {
		f.self.Close()
	}
	f.root.Close()
}

// sync makes the new names last over a power failure. Some file systems cannot
// sync a folder; there the names are as lasting as they can be.
func (f *folder) sync() error {
	err := f.self.Sync()
	if err == nil || errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return fmt.Errorf("cannot sync the folder %s: %w", f.dir, cause(err))
}

func (f *folder) path(name string) string { return filepath.Join(f.dir, name) }

// tempRandom is how many random characters end a temporary name.
const tempRandom = 10

func tempPrefix(name string) string { return "." + name + ".tmp-" }

func (f *folder) tempName(name string) string {
	return tempPrefix(name) + rand.Text()[:tempRandom]
}

// cannot words a failure for people: the file that was meant, not its temporary
// name, and what the folder allows if that is the reason.
func (f *folder) cannot(do, name string, err error) error {
	err = fmt.Errorf("cannot %s %s: %w", do, f.path(name), cause(err))
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	info, statErr := f.self.Stat()
	if statErr != nil {
		return err
	}
	return fmt.Errorf("%w (the folder has mode %04o%s)", err, info.Mode().Perm(), ownerOf(info))
}

func ownerOf(info fs.FileInfo) string {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return fmt.Sprintf(" and belongs to user %d, this is user %d", stat.Uid, os.Geteuid())
	}
	return ""
}

// cause takes the bare reason out of the errors of package os, which name the
// system call and the temporary file.
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return link.Err
	}
	return err
}

// MakeDir makes a folder, and those above it that are missing, with exactly the
// given mode, whatever the umask. An existing folder keeps its mode; a symbolic
// link or a file in its place is refused.
func MakeDir(dir string, mode fs.FileMode) error {
	dir = filepath.Clean(dir) // Lstat follows a link that ends with a slash
	info, err := os.Lstat(dir)
	switch {
	case err == nil && info.IsDir():
		return nil
	case err == nil && info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("%s is a symbolic link: name the folder that it points to", dir)
	case err == nil:
		return fmt.Errorf("%s is not a folder", dir)
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("cannot look at the folder %s: %w", dir, cause(err))
	}
	if _, err := os.Stat(filepath.Dir(dir)); errors.Is(err, fs.ErrNotExist) {
		if err := MakeDir(filepath.Dir(dir), mode); err != nil {
			return err
		}
	}
	err = os.Mkdir(dir, mode.Perm())
	if errors.Is(err, fs.ErrExist) {
		return MakeDir(dir, mode)
	}
	if err != nil {
		return fmt.Errorf("cannot make the folder %s: %w", dir, cause(err))
	}
	// The umask may have taken bits away.
	if err := os.Chmod(dir, mode.Perm()); err != nil {
		return fmt.Errorf("cannot set the mode of the folder %s: %w", dir, cause(err))
	}
	return nil
}
