package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Set is a group of files of one folder that belong together, such as a key and
// its certificate: they are all written or, on any error, none.
//
// POSIX has no way to rename several files at once. What can fail (space, rights,
// names that are taken) is therefore done for all files before the first one
// gets its name, and an error after that undoes the earlier ones. Only a crash
// between two renames, which is microseconds, can leave some files new and some
// old; the replaced ones are kept then too.
type Set struct {
	dir   string
	files []*file
}

// Written is one file of a Set after Commit.
type Written struct {
	Path string
	Kept string // where the file that was replaced is now, "" if there was none
}

// file is one file on its way into the folder.
type file struct {
	name string // the name it is to have, without the folder
	data []byte
	opts Options

	temp      string // its temporary name, "" if there is none (any more)
	exists    bool   // another file has the name
	kept      string // the second name given to that file
	published bool   // it has its name
}

// NewSet begins a set of files in a folder, which must exist when Commit is called.
func NewSet(dir string) *Set { return &Set{dir: dir} }

// Add puts a file in the set. The name is that of a file, not a path; the files
// get their names in the order of their addition.
func (s *Set) Add(name string, data []byte, opts Options) {
	s.files = append(s.files, &file{name: name, data: data, opts: opts})
}

// Commit writes all files. On an error the folder is as it was before.
func (s *Set) Commit() ([]Written, error) {
	f, err := openFolder(s.dir)
	if err != nil {
		return nil, err
	}
	defer f.close()
	return s.commitTo(f)
}

// commitTo is Commit in an open folder.
func (s *Set) commitTo(f *folder) ([]Written, error) {
	if err := s.commit(f); err != nil {
		return nil, errors.Join(err, s.undo(f))
	}
	written := make([]Written, len(s.files))
	for i, file := range s.files {
		written[i] = Written{Path: f.path(file.name)}
		if file.kept != "" {
			written[i].Kept = f.path(file.kept)
		}
	}
	return written, nil
}

// commit runs each step for all files before the next step begins.
func (s *Set) commit(f *folder) error {
	for _, file := range s.files {
		f.sweep(file.name)
	}
	for _, step := range []func(*folder, *file) error{check, stage, keepOld, publish, narrowKept} {
		for _, file := range s.files {
			if err := step(f, file); err != nil {
				return err
			}
		}
	}
	return f.sync()
}

// undo takes back what commit did. What cannot be taken back is said.
func (s *Set) undo(f *folder) error {
	var failed error
	for _, file := range s.files {
		if err := undo(f, file); err != nil {
			failed = errors.Join(failed, fmt.Errorf("undoing it: %w", err))
		}
	}
	return failed
}

// check looks at what has the file's name now.
func check(f *folder, file *file) error {
	if file.name != filepath.Base(file.name) || file.name == "." || file.name == ".." || file.name == "/" {
		return fmt.Errorf("%q is not the name of a file", file.name)
	}
	info, err := f.root.Lstat(file.name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return f.cannot("look at", file.name, err)
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("%s is a symbolic link: remove it, or name the file that it points to", f.path(file.name))
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a regular file", f.path(file.name))
	case !file.opts.Force:
		return &ExistsError{Path: f.path(file.name)}
	}
	file.exists = true
	return nil
}

// stage writes the content under a temporary name.
func stage(f *folder, file *file) error {
	temp := f.tempName(file.name)
	w, err := f.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return f.cannot("write", file.name, err)
	}
	file.temp = temp
	if err := errors.Join(fill(w, file), w.Close()); err != nil {
		return f.cannot("write", file.name, err)
	}
	return nil
}

// fill sets owner and mode, in this order so that a mode for a group never
// serves the wrong one, and only then writes.
func fill(w *os.File, file *file) error {
	if file.opts.UID > 0 || file.opts.GID > 0 {
		if err := w.Chown(idOrKeep(file.opts.UID), idOrKeep(file.opts.GID)); err != nil {
			return err
		}
	}
	if err := w.Chmod(file.opts.Mode.Perm()); err != nil {
		return err
	}
	if _, err := w.Write(file.data); err != nil {
		return err
	}
	return w.Sync()
}

func idOrKeep(id int) int {
	if id > 0 {
		return id
	}
	return -1
}

// keepOld gives the file that will be replaced a second name. It keeps its first
// one until the new file takes that, so the name is never without a file.
func keepOld(f *folder, file *file) error {
	if !file.exists {
		return nil
	}
	for n := 0; ; n++ {
		kept := file.name + ".old"
		if n > 0 {
			kept = fmt.Sprintf("%s.old.%d", file.name, n)
		}
		err := f.root.Link(file.name, kept)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return f.cannot("keep the old", file.name, err)
		}
		file.kept = kept
		return nil
	}
}

// publish gives the file its name. link(2) fails if the name was taken since
// check looked; rename(2) replaces in one step.
func publish(f *folder, file *file) error {
	if file.exists {
		if err := f.root.Rename(file.temp, file.name); err != nil {
			return f.cannot("replace", file.name, err)
		}
		file.temp, file.published = "", true
		return nil
	}
	err := f.root.Link(file.temp, file.name)
	if errors.Is(err, fs.ErrExist) {
		return &ExistsError{Path: f.path(file.name)}
	}
	if err != nil {
		return f.cannot("create", file.name, err)
	}
	file.published = true
	if err := f.root.Remove(file.temp); err != nil {
		return f.cannot("remove the temporary name of", file.name, err)
	}
	file.temp = ""
	return nil
}

// narrowKept takes from a kept file the rights that the new one does not give:
// an old key is as secret as the new one.
func narrowKept(f *folder, file *file) error {
	if file.kept == "" {
		return nil
	}
	info, err := f.root.Lstat(file.kept)
	if err != nil {
		return f.cannot("look at", file.kept, err)
	}
	mode := info.Mode().Perm()
	if narrow := mode & file.opts.Mode.Perm(); narrow != mode {
		if err := f.root.Chmod(file.kept, narrow); err != nil {
			return f.cannot("set the mode of", file.kept, err)
		}
	}
	return nil
}

func undo(f *folder, file *file) error {
	var failed error
	if file.temp != "" {
		failed = f.root.Remove(file.temp)
	}
	switch {
	case file.published && file.exists:
		return errors.Join(failed, f.root.Rename(file.kept, file.name))
	case file.published:
		return errors.Join(failed, f.root.Remove(file.name))
	case file.kept != "":
		return errors.Join(failed, f.root.Remove(file.kept))
	}
	return failed
}
