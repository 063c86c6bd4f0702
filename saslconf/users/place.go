package users

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"vncsec/internal/flock"
)

// place is where a database is. Its folder stays the same one, whatever its path leads to a
// moment later, and no link in it is followed: it may belong to the account that runs the
// server, to which root must not lose a file.
type place struct {
	path   string
	name   string // in the folder
	root   *os.Root
	self   *os.File
	before fs.FileInfo // of what is to be replaced; nil: there is nothing
}

// lockPatience is how long writers wait for each other. What they do takes milliseconds, but
// any user who can read the folder can hold its lock for ever: then the work is done without
// it, and what another writer does meanwhile is noticed.
const lockPatience = 2 * time.Second

// open opens the folder of the database and locks it.
func (d Database) open(ctx context.Context) (*place, error) {
	path, err := d.resolve()
	if err != nil {
		return nil, err
	}
	p := &place{path: path, name: filepath.Base(path)}
	if p.root, err = os.OpenRoot(filepath.Dir(path)); err != nil {
		return nil, err
	}
	if p.self, err = p.root.Open("."); err != nil {
		p.close()
		return nil, err
	}
	waiting, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	err = flock.File(waiting, p.self)
	switch {
	case ctx.Err() != nil:
		p.close()
		return nil, context.Cause(ctx)
	case err == nil:
		p.sweep()
	}
	return p, nil
}

// sweep removes what writers left behind that were killed, which may hold the keys of users
// who are to be gone. With the lock it is certain that none of them is still at work.
func (p *place) sweep() {
	entries, err := fs.ReadDir(p.root.FS(), ".")
	if err != nil {
		return // what is wrong with the folder shows when it is written to
	}
	for _, entry := range entries {
		random, ok := strings.CutPrefix(entry.Name(), p.temporary(""))
		if ok && len(random) == len(rand.Text()) && entry.Type().IsRegular() {
			_ = p.root.Remove(entry.Name()) // where it cannot be removed, it stays as private as it is
		}
	}
}

// temporary is a new version's name while it is written.
func (p *place) temporary(random string) string { return "." + p.name + ".tmp-" + random }

// close also ends the lock.
func (p *place) close() {
	if p.self != nil {
		p.self.Close()
	}
	p.root.Close()
}

// resolve follows the symbolic link that the database may be, so that the file changes and
// not the link. One of another user could lead anywhere.
func (d Database) resolve() (string, error) {
	path, err := filepath.Abs(d.Path)
	if err != nil {
		return "", err
	}
	info, err := os.Lstat(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if err != nil || info.Mode().Type() != fs.ModeSymlink {
		dir, err := filepath.EvalSymlinks(filepath.Dir(path))
		return filepath.Join(dir, filepath.Base(path)), err
	}
	if uid, _ := ownerOf(info); uid > 0 && uid != os.Geteuid() {
		return "", fmt.Errorf("%s is a symbolic link of user %d: name the file that is meant", path, uid)
	}
	target, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%s is a symbolic link that leads to no file: name the file that is meant", path)
	}
	return target, err
}

// copyTo copies the database; fresh tells that there is nothing in it, or no file.
func (p *place) copyTo(file string) (fresh bool, err error) {
	in, err := p.root.OpenFile(p.name, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	defer in.Close()
	if p.before, err = in.Stat(); err != nil {
		return false, err
	}
	return copyOpen(file, in)
}

// replace puts a new version in the database's place.
func (p *place) replace(file string, d Database) (err error) {
	in, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("libsasl2 made no file %s: its kind of database is kept in several files, which is not supported: %w", fileName, err)
	}
	if err != nil {
		return err
	}
	defer in.Close()
	temporary := p.temporary(rand.Text())
	out, err := p.root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, privateMode)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = p.root.Remove(temporary)
		}
	}()
	_, err = io.Copy(out, in)
	if err = errors.Join(err, p.dress(out, d), out.Sync(), out.Close()); err != nil {
		return err
	}
	if err = p.unchanged(); err != nil {
		return err
	}
	if err = p.root.Rename(temporary, p.name); err != nil {
		return err
	}
	return p.sync()
}

// unchanged refuses to undo what somebody else has done since the file was copied, who did
// not wait for the lock: libsasl2's own programs have none.
func (p *place) unchanged() error {
	now, err := p.root.Lstat(p.name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && p.before == nil:
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	case err != nil, p.before == nil, !os.SameFile(now, p.before), now.Size() != p.before.Size(), !now.ModTime().Equal(p.before.ModTime()):
		return fmt.Errorf("%s was changed by another program meanwhile, and is left as that made it: run the command again", p.path)
	}
	return nil
}

// privateMode is a new file's: passwords, or keys to guess them by, are nobody else's
// business.
const privateMode = 0o600

// dress gives a new version of the file its owner and mode: those that were asked for, or
// else the old version's.
func (p *place) dress(f *os.File, d Database) error {
	mode, uid, gid := fs.FileMode(privateMode), d.UID, d.GID
	if p.before != nil {
		mode = p.before.Mode().Perm()
		oldUID, oldGID := ownerOf(p.before)
		if uid < 0 {
			uid = oldUID
		}
		if gid < 0 {
			gid = oldGID
		}
	}
	if d.Mode != 0 {
		mode = d.Mode
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if nowUID, nowGID := ownerOf(info); (uid >= 0 && uid != nowUID) || (gid >= 0 && gid != nowGID) {
		if err := f.Chown(uid, gid); err != nil {
			return fmt.Errorf("giving the file to its owner: %w", err)
		}
	}
	return f.Chmod(mode)
}

// sync makes the new version last over a power failure, where the file system can.
func (p *place) sync() error {
	err := p.self.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}
