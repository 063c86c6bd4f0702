package layout

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// maxFileSize bounds what is read from one file, in bytes. A CA bundle of a whole
// operating system has 250 KB.
const maxFileSize = 4 << 20

var (
	errNotRegular = errors.New("not a regular file")
	errTooLarge   = fmt.Errorf("larger than %d bytes", maxFileSize)
)

// folder is the content of a folder at one moment, so that what was checked is
// what is installed or loaded.
type folder struct {
	dir   string
	files map[string]*file
}

// file is one file of a folder. Exactly one of data and err is set.
type file struct {
	path string
	data []byte
	err  error // why it cannot be read; fs.ErrNotExist if it is not there

	name   fs.FileInfo // of the name itself, which may be a symbolic link; nil if new
	target fs.FileInfo // of the file that was read; nil if new
}

func (f *file) present() bool { return f.err == nil }

// missing is what QEMU takes for a missing file: access(2) says ENOENT, so also a
// symbolic link that leads nowhere. Every other error is fatal to it.
func (f *file) missing() bool { return errors.Is(f.err, fs.ErrNotExist) }

// readFolder reads the named files. Files that cannot be read are part of the
// result; only a cancelled context is an error.
func readFolder(ctx context.Context, dir string, names []string) (*folder, error) {
	f := &folder{dir: dir, files: make(map[string]*file, len(names))}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		f.files[name] = readFile(filepath.Join(dir, name))
	}
	return f, nil
}

func readFile(path string) *file {
	f := &file{path: path}
	f.name, f.err = os.Lstat(path)
	if f.err != nil {
		f.err = bare(f.err)
		return f
	}
	// A FIFO must not make the open wait for its other end.
	opened, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		f.err = bare(err)
		return f
	}
	defer opened.Close()
	if f.target, f.err = opened.Stat(); f.err != nil {
		return f
	}
	if !f.target.Mode().IsRegular() {
		f.err = errNotRegular
		return f
	}
	f.data, f.err = io.ReadAll(io.LimitReader(opened, maxFileSize+1))
	switch {
	case f.err != nil:
		f.data, f.err = nil, bare(f.err)
	case len(f.data) > maxFileSize:
		f.data, f.err = nil, errTooLarge
	}
	return f
}

// get returns a file of the folder; one that was not asked for is missing.
func (f *folder) get(name string) *file {
	if file := f.files[name]; file != nil {
		return file
	}
	return &file{path: filepath.Join(f.dir, name), err: fs.ErrNotExist}
}

// overlay is the folder as it will be when files of another one were put in it.
func (f *folder) overlay(from *folder, names []string) *folder {
	result := &folder{dir: f.dir, files: make(map[string]*file, len(f.files))}
	for name, file := range f.files {
		result.files[name] = file
	}
	for _, name := range names {
		if source := from.get(name); source.present() {
			result.files[name] = &file{path: filepath.Join(f.dir, name), data: source.data}
		}
	}
	return result
}

// forgetKeys overwrites the private keys that were read, as far as Go allows.
func (f *folder) forgetKeys() {
	for _, role := range []Role{Server, Client} {
		for _, p := range role.pairs() {
			clear(f.get(p.key).data)
		}
	}
}

// bare takes the path and the system call off an error; the message has the path.
func bare(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}
