package users

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"vncsec/saslconf/cyrus"
	"vncsec/vncserve/reason"
)

// Database is a sasldb.
type Database struct {
	// Path is its file.
	Path string
	// Mode is what the file gets when it is made, or when UID or GID are set; 0: 0600.
	Mode fs.FileMode
	// UID and GID give the file to an account, such as the one that runs QEMU; -1 leaves
	// them: to who they are, or to the user of this process in a new file.
	UID, GID int
}

// maxDatabase bounds the files that are read.
const maxDatabase = 64 << 20

// fileName is what the database is called while it is being changed.
const fileName = "sasldb"

// content is an open database.
type content struct {
	*cyrus.Database
	fresh   bool  // there is no file yet: libsasl2 makes it when something is stored
	removed *bool // set when something was taken out or replaced
}

// read opens a copy of the database.
func (d Database) read(ctx context.Context, work func(content) error) error {
	dir, err := os.MkdirTemp("", "vncsec-sasldb-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, fileName)
	empty, err := copyFile(file, d.Path)
	if err != nil {
		return openFault(err)
	}
	return withDatabase(ctx, file, func(db *cyrus.Database) error { return work(content{Database: db, fresh: empty}) })
}

// change works on a copy of the database, where nobody else can reach it, and then puts it
// in its place: neither a crash nor somebody who logs in meanwhile gets to see half a change,
// and the file has its final mode and owner before it has its name.
func (d Database) change(ctx context.Context, work func(content) error) error {
	target, err := d.open(ctx)
	if err != nil {
		return err
	}
	defer target.close()
	dir, err := os.MkdirTemp("", "vncsec-sasldb-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, fileName)
	fresh, err := target.copyTo(file)
	if err != nil {
		return openFault(err)
	}
	var removed bool
	err = withDatabase(ctx, file, func(db *cyrus.Database) error { return work(content{db, fresh, &removed}) })
	if err != nil {
		return err
	}
	if removed {
		if file, err = rewrite(ctx, file); err != nil {
			return err
		}
	}
	return target.replace(file, d)
}

// rewrite copies what a database has into a new one beside it: database libraries leave
// what was taken out where it was, to be overwritten one day.
func rewrite(ctx context.Context, old string) (file string, err error) {
	var held map[Name]map[string][]byte
	err = withDatabase(ctx, old, func(db *cyrus.Database) (err error) {
		held, err = holdings(content{Database: db})
		return err
	})
	if err != nil {
		return "", err
	}
	file = old + ".new"
	return file, withDatabase(ctx, file, func(db *cyrus.Database) error {
		if len(held) == 0 {
			return makeEmpty(db)
		}
		for name, properties := range held {
			err := db.Store(name.User, name.Realm, properties)
			clearAll(properties)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// makeEmpty makes a database without anybody in it, which takes somebody for a moment.
func makeEmpty(db *cyrus.Database) error {
	nobody := map[string][]byte{cyrus.SCRAMKeys: []byte("none")}
	if err := db.Store("nobody", "nowhere", nobody); err != nil {
		return err
	}
	nobody[cyrus.SCRAMKeys] = nil
	return db.Store("nobody", "nowhere", nobody)
}

// copyFile copies a regular file of bounded size into one that only its owner can read. An
// empty one is not copied: the database libraries do not take it for an empty database.
func copyFile(target, source string) (empty bool, err error) {
	in, err := os.OpenFile(source, os.O_RDONLY|syscall.O_NONBLOCK, 0) // it could be a pipe
	if err != nil {
		return false, err
	}
	defer in.Close()
	return copyOpen(target, in)
}

// copyOpen is copyFile for a file that is open.
func copyOpen(target string, in *os.File) (empty bool, err error) {
	info, err := in.Stat()
	switch {
	case err != nil:
		return false, err
	case !info.Mode().IsRegular() || info.Size() > maxDatabase:
		return false, fmt.Errorf("%s is not a regular file of at most %d MiB", in.Name(), maxDatabase>>20)
	case info.Size() == 0:
		return true, nil
	}
	out, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, privateMode)
	if err != nil {
		return false, err
	}
	_, err = io.Copy(out, io.LimitReader(in, maxDatabase))
	return false, errors.Join(err, out.Close())
}

// openFault gives the reasons that a database cannot be opened their codes.
func openFault(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &reason.Error{Code: reason.SASLDBMissing, Err: err}
	case errors.Is(err, fs.ErrPermission):
		return &reason.Error{Code: reason.SASLDBUnreadable, Err: err}
	}
	return err
}

// server is the place for one libsasl2 server in a process, see cyrus.Server.
var server = make(chan struct{}, 1)

// withDatabase has libsasl2 open a database, in a process in which it does nothing else.
func withDatabase(ctx context.Context, path string, work func(*cyrus.Database) error) error {
	select {
	case server <- struct{}{}:
		defer func() { <-server }()
	case <-ctx.Done():
	}
	if ctx.Err() != nil { // also where both cases were ready
		return context.Cause(ctx)
	}
	library, err := cyrus.Load()
	if err != nil {
		return &reason.Error{Code: reason.SASLLibraryMissing, Err: err}
	}
	// The folder has no service file, so none is read.
	s, err := library.NewServer(cyrus.ServerOptions{App: "vncsec", ConfDir: filepath.Dir(path), Options: cyrus.OptionsOfDatabase(path)})
	if err != nil {
		return err
	}
	defer s.Close()
	database, err := s.Database()
	if err != nil {
		return err
	}
	defer database.Close()
	return work(database)
}
