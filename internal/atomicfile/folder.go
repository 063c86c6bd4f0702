package atomicfile

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"vncsec/internal/flock"
)

// folder is an open, locked folder. All names are looked up in it and not in
// whatever its path leads to a moment later.
type folder struct {
	dir  string
	root *os.Root
	self *os.File
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

// refuseShared refuses a folder where any user may rename or remove our files.
func (f *folder) refuseShared() error {
	info, err := f.self.Stat()
	if err != nil {
		return fmt.Errorf("cannot look at the folder %s: %w", f.dir, cause(err))
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
func (f *folder) lock() { _ = flock.File(context.Background(), f.self) }

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

func (f *folder) tempName(name string) string {
	return "." + name + ".tmp-" + rand.Text()[:10]
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

// MakeDir makes a folder with exactly the given mode, and the folders above it
// with 0755, unless it exists. An existing folder keeps its mode; a symbolic
// link or a file in its place is refused.
func MakeDir(dir string, mode fs.FileMode) error {
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
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return fmt.Errorf("cannot make the folder %s: %w", filepath.Dir(dir), cause(err))
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
