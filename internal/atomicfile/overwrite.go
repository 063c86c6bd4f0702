package atomicfile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Overwriting says what a file is for that Overwrite writes.
type Overwriting struct {
	// Secret gives the file mode 0600 whatever was there before.
	Secret bool
	// Private gives a file that was not there mode 0600. Without it that is 0666 less
	// the umask.
	Private bool
}

// newMode is the mode of a file that was not there, before the umask takes its bits.
func (o Overwriting) newMode() fs.FileMode {
	if o.Secret || o.Private {
		return 0o600
	}
	return 0o666
}

// Overwrite writes a file the way the shell's > does, for programs that stand in for
// others: what was there is gone, a symbolic link leads to the file that it names, and
// devices and pipes are written to. Regular files are replaced in one step, so that
// nobody sees half of one, wherever the folder and the file system allow it; elsewhere
// (a folder without write permission, a file that is a mount point) the file itself is
// written.
//
// The owner of a file that was there stays, and its mode unless the data are secret. A
// link that another user has put there is refused unless the folder is his, too, because
// everybody may make links in /tmp.
func Overwrite(path string, data []byte, o Overwriting) error {
	target, err := follow(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return create(target, data, o)
	case err != nil:
		return fmt.Errorf("cannot look at %s: %w", path, cause(err))
	case info.IsDir():
		return fmt.Errorf("cannot write %s: it is a folder", path)
	case !info.Mode().IsRegular() || openAlready(target):
		return rewrite(target, data, o.Secret)
	}
	return replace(target, info, data, o.Secret)
}

// CanOverwrite tells whether Overwrite will find something to write to, before the work
// is done whose result that is.
func CanOverwrite(path string) error {
	target, err := follow(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = unix.Access(filepath.Dir(target), unix.W_OK|unix.X_OK)
	case err == nil && info.IsDir():
		err = syscall.EISDIR
	case err == nil:
		err = unix.Access(target, unix.W_OK)
	}
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, cause(err))
	}
	return nil
}

// maxLinks is how many symbolic links a path may lead through, as on Linux.
const maxLinks = 40

// follow finds what the last part of a path leads to, through symbolic links. Links to
// the open files of this process are not followed: what they name may have moved.
func follow(path string) (string, error) {
	for range maxLinks {
		info, err := os.Lstat(path)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 || openAlready(path) {
			return path, nil
		}
		if err := trusted(path, info); err != nil {
			return "", err
		}
		next, err := os.Readlink(path)
		if err != nil {
			return "", fmt.Errorf("cannot read the link %s: %w", path, cause(err))
		}
		if !filepath.IsAbs(next) {
			next = filepath.Join(filepath.Dir(path), next)
		}
		path = next
	}
	return "", fmt.Errorf("%s: too many symbolic links", path)
}

// openAlready tells whether a path is another name for an open file.
func openAlready(path string) bool {
	switch path = filepath.Clean(path); path {
	case "/dev/stdin", "/dev/stdout", "/dev/stderr":
		return true
	}
	dir := filepath.Dir(path)
	return dir == "/dev/fd" || strings.HasPrefix(dir, "/proc/") && filepath.Base(dir) == "fd"
}

// trusted refuses the symbolic links that the kernel refuses with
// fs.protected_symlinks, and those of other users in folders of ours.
func trusted(path string, link fs.FileInfo) error {
	dir, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("cannot look at the folder of %s: %w", path, cause(err))
	}
	owner := userOf(link)
	if owner == 0 || owner == os.Geteuid() || owner == userOf(dir) {
		return nil
	}
	return fmt.Errorf("%s is a symbolic link that belongs to user %d: remove it, or name the file that it points to", path, owner)
}

// create makes a file that is not there.
func create(path string, data []byte, o Overwriting) error {
	temp, err := stageBeside(path, data, o.newMode())
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, cause(err))
	}
	return putInPlace(temp, path)
}

// replace puts a file in the place of a regular one.
func replace(path string, old fs.FileInfo, data []byte, secret bool) error {
	if err := unix.Access(path, unix.W_OK); err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	temp, err := stageBeside(path, data, Overwriting{Secret: secret}.newMode())
	if err != nil { // the folder, not the file, forbids it
		return rewrite(path, data, secret)
	}
	if err := imitate(temp, old, secret); err != nil {
		os.Remove(temp)
		return rewrite(path, data, secret)
	}
	err = putInPlace(temp, path)
	if errors.Is(err, syscall.EBUSY) { // a mount point
		return rewrite(path, data, secret)
	}
	return err
}

// stageBeside writes a temporary file in the folder of another one.
func stageBeside(path string, data []byte, mode fs.FileMode) (temp string, err error) {
	temp = filepath.Join(filepath.Dir(path), tempPrefix(filepath.Base(path))+rand.Text()[:tempRandom])
	w, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return "", err
	}
	_, err = w.Write(data)
	if err == nil && mode&0o077 == 0 { // a key that a power failure must not take
		err = w.Sync()
	}
	if err = errors.Join(err, w.Close()); err != nil {
		os.Remove(temp)
	}
	return temp, err
}

// imitate gives a file the owner of another one, and its mode if it holds no secret.
func imitate(path string, old fs.FileInfo, secret bool) error {
	if !secret {
		if err := os.Chmod(path, old.Mode().Perm()); err != nil {
			return err
		}
	}
	stat, ok := old.Sys().(*syscall.Stat_t)
	if !ok || int(stat.Uid) == os.Geteuid() {
		return nil
	}
	if secret && everybodyMayWrite(filepath.Dir(path)) {
		return nil // somebody may have put the file there to be given the secret
	}
	return os.Chown(path, int(stat.Uid), int(stat.Gid))
}

func everybodyMayWrite(dir string) bool {
	info, err := os.Stat(dir)
	return err != nil || info.Mode().Perm()&0o002 != 0
}

func putInPlace(temp, path string) error {
	if err := os.Rename(temp, path); err != nil {
		os.Remove(temp)
		return fmt.Errorf("cannot write %s: %w", path, cause(err))
	}
	return nil
}

// rewrite writes into what has the name.
func rewrite(path string, data []byte, secret bool) error {
	w, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, cause(err))
	}
	if secret {
		_, err = Tighten(w)
	}
	if err == nil {
		err = truncate(w)
	}
	if err == nil {
		_, err = w.Write(data)
	}
	if err := errors.Join(err, w.Close()); err != nil {
		return fmt.Errorf("cannot write %s: %w", path, cause(err))
	}
	return nil
}

// truncate empties a regular file.
func truncate(f *os.File) error {
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return err
	}
	return f.Truncate(0)
}

// Tighten takes the rights of all but its owner from an open regular file that is about
// to hold a secret, and tells whether there were any. Other kinds of files are left
// alone.
func Tighten(f *os.File) (tightened bool, err error) {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Mode().Perm()&0o077 == 0 {
		return false, err
	}
	if err := f.Chmod(0o600); err != nil {
		return false, fmt.Errorf("%s is open to others (mode %04o), and cannot be closed to them: %w", f.Name(), info.Mode().Perm(), cause(err))
	}
	return true, nil
}

func userOf(info fs.FileInfo) int {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(stat.Uid)
	}
	return -1
}
