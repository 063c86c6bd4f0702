package authz

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"vncsec/vncserve/reason"
)

// File is a list in a file, which may change at any time: it is read for every decision,
// so that no change is missed. While the file cannot be read or understood, the list that
// was read last stays in force as a whole.
type File struct {
	path   string
	logger *slog.Logger
	settle func() // waits for who writes the file to finish

	mu      sync.Mutex
	content []byte
	list    *List
	fault   string // that was logged last

	former  []*List // those before, until the file has not changed for leniencyDelay
	changed time.Time
	now     func() time.Time
}

// leniencyDelay is how long those whom a change of the file lets go have to wait for it.
const leniencyDelay = 10 * time.Second

// maxFormer bounds the former lists that are kept.
const maxFormer = 16

// Open reads a list for the first time. The error is a *reason.Error.
func Open(path string, logger *slog.Logger) (*File, error) {
	f := &File{path: path, logger: logger, settle: func() { time.Sleep(settling) }, now: time.Now}
	if err := f.refresh(); err != nil {
		return nil, &reason.Error{Code: reason.AuthzListInvalid, Err: err}
	}
	return f, nil
}

// Allows decides on a name by what the file says now; see List.Allows.
func (f *File) Allows(name string, aliases ...string) bool {
	return f.current().Allows(name, aliases...)
}

// Restricts decides on a name by what the file says now, see List.Restricts. A new
// restriction counts at once, and the end of one only when the file has not changed for
// leniencyDelay: until then somebody may still be at work on it, and whom it will name in
// the end stands in none of its parts.
func (f *File) Restricts(name string, aliases ...string) bool {
	return slices.ContainsFunc(f.recent(), func(list *List) bool { return list.Restricts(name, aliases...) })
}

// current is the list in force.
func (f *File) current() *List {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.report(f.refresh())
	return f.list
}

// recent are the list in force and those that were until a moment ago.
func (f *File) recent() []*List {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.report(f.refresh())
	if f.now().Sub(f.changed) >= leniencyDelay {
		f.former = nil
	}
	return append([]*List{f.list}, f.former...)
}

// refresh takes what the file holds, if that has changed and is a list.
func (f *File) refresh() error {
	content, err := f.read()
	if err != nil {
		return fmt.Errorf("list of names: %w", err)
	}
	if f.list != nil && bytes.Equal(content, f.content) {
		return nil
	}
	list, err := Parse(content)
	if err != nil {
		return fmt.Errorf("list of names: %s: %w", f.path, err)
	}
	if f.list != nil {
		f.logger.Info("list of names reloaded", "file", f.path, "rules", len(list.Rules))
		f.retire()
	}
	f.content, f.list = content, list
	return nil
}

// retire keeps the list that another takes the place of. Of too many the oldest stay, which
// were there before the file began to change.
func (f *File) retire() {
	now := f.now()
	if now.Sub(f.changed) >= leniencyDelay {
		f.former = nil
	}
	if f.changed = now; len(f.former) < maxFormer {
		f.former = append(f.former, f.list)
	}
}

// Many editors write a file in place: for a moment it is empty or cut short, and a list
// of those who may only look would hold back nobody.
const (
	settling  = 100 * time.Millisecond
	mostReads = 10
)

// read reads the file. If it has changed since the last time, it must stay as it is for a
// moment.
func (f *File) read() ([]byte, error) {
	content, err := readBounded(f.path)
	if err != nil || f.list == nil || bytes.Equal(content, f.content) {
		return content, err
	}
	for range mostReads {
		f.settle()
		again, err := readBounded(f.path)
		if err != nil || bytes.Equal(again, content) {
			return again, err
		}
		content = again
	}
	return nil, fmt.Errorf("%s: %w", f.path, errChanging)
}

// report logs a fault once, until it is another.
func (f *File) report(err error) {
	fault := ""
	if err != nil {
		fault = err.Error()
	}
	if fault != f.fault && err != nil {
		f.logger.Error("list of names not reloaded, the old one stays in force", "reason", reason.AuthzListInvalid, "error", err)
	}
	f.fault = fault
}

// readBounded reads a list, and nothing that could block or that everybody can change.
func readBounded(path string) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: %w", path, errNotRegular)
	}
	if info.Mode().Perm()&everybodyWrites != 0 {
		return nil, fmt.Errorf("%s: every user can change it (mode %04o): chmod o-w it", path, info.Mode().Perm())
	}
	content, err := io.ReadAll(io.LimitReader(file, MaxSize+1))
	if err != nil {
		return nil, err
	}
	if len(content) > MaxSize {
		return nil, fmt.Errorf("%s: more than %d bytes", path, MaxSize)
	}
	return content, nil
}

const everybodyWrites = 0o002

var (
	errNotRegular = errors.New("not a regular file")
	errChanging   = errors.New("it does not stop changing")
)
