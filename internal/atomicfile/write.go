package atomicfile

import (
	"fmt"
	"io/fs"
	"path/filepath"
)

// Options say how a file is written. The zero value of everything but Mode is
// the careful choice.
type Options struct {
	// Mode holds the permission bits that the file gets, whatever the umask.
	Mode fs.FileMode

	// Force allows to replace a file that exists. The old one is kept as
	// NAME.old, or NAME.old.1, NAME.old.2 and so on if that name is taken.
	Force bool

	// UID and GID give the file to another user or group if they are greater
	// than zero. Zero and -1 leave it to the user and group of the process,
	// which is root wherever root could be given a file.
	UID, GID int
}

// ExistsError says that a file is there already and Options.Force was not set.
type ExistsError struct {
	Path string
}

// Error names the file.
func (e *ExistsError) Error() string {
	return fmt.Sprintf("%s exists already", e.Path)
}

// Is makes errors.Is(err, fs.ErrExist) true.
func (e *ExistsError) Is(target error) bool { return target == fs.ErrExist }

// Write writes one file. If it replaced another one, kept is the path that the
// old file now has. Without opts.Force an existing file makes it return an
// *ExistsError, also when another process creates the file at the same time.
func Write(path string, data []byte, opts Options) (kept string, err error) {
	set := NewSet(filepath.Dir(path))
	set.Add(filepath.Base(path), data, opts)
	written, err := set.Commit()
	if err != nil {
		return "", err
	}
	return written[0].Kept, nil
}
