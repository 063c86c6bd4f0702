package users

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"

	"vncsec/saslconf/cyrus"
)

// Entry is somebody to take over from elsewhere.
type Entry struct {
	Name
	Password []byte
}

// Bounds of a list of users.
const (
	maxList    = 4 << 20
	maxEntries = 20000
)

// LineError is a fault in a list of users. It does not show passwords.
type LineError struct {
	Line int // from 1
	Err  error
}

// Error names the line.
func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap gives the fault.
func (e *LineError) Unwrap() error { return e.Err }

// ReadList reads lines USER:PASSWORD or USER@REALM:PASSWORD. Everything behind the first
// colon is the password. Empty lines, and those that begin with #, do not count. Realm is
// the one of names without. All faults are returned, each a *LineError.
func ReadList(r io.Reader, realm string) ([]Entry, error) {
	return readEntries(r, func(data []byte, add func(line int, fields []string, err error) bool) {
		number := 0
		for text := range bytes.Lines(data) {
			number++
			text = bytes.TrimRight(text, "\r\n")
			if len(bytes.TrimSpace(text)) == 0 || text[0] == '#' {
				continue
			}
			user, password, ok := strings.Cut(string(text), ":")
			var err error
			if !ok {
				err = errors.New("there is no colon: expected USER:PASSWORD")
			}
			if !add(number, []string{user, password}, err) {
				return
			}
		}
	}, realm)
}

// ReadCSV reads records USER,PASSWORD or USER,PASSWORD,REALM (RFC 4180). Otherwise it is as
// ReadList.
func ReadCSV(r io.Reader, realm string) ([]Entry, error) {
	return readEntries(r, func(data []byte, add func(line int, fields []string, err error) bool) {
		records := csv.NewReader(bytes.NewReader(data))
		records.Comment = '#'
		records.FieldsPerRecord = -1
		for {
			fields, err := records.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			if fault := (*csv.ParseError)(nil); errors.As(err, &fault) {
				add(fault.Line, nil, fault.Err)
				return
			}
			line, _ := records.FieldPos(0)
			if n := len(fields); n != 2 && n != 3 {
				err = fmt.Errorf("there are %d fields: expected USER,PASSWORD or USER,PASSWORD,REALM", n)
			}
			if !add(line, fields, err) {
				return
			}
		}
	}, realm)
}

// readEntries collects what split finds: user, password and perhaps realm. Split ends when
// add returns false.
func readEntries(r io.Reader, split func(data []byte, add func(line int, fields []string, err error) bool), realm string) ([]Entry, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxList+1))
	defer clear(data)
	if err != nil {
		return nil, err
	}
	if len(data) > maxList {
		return nil, fmt.Errorf("the list has more than %d MiB", maxList>>20)
	}
	var entries []Entry
	var faults []error
	seen := map[Name]int{}
	split(data, func(line int, fields []string, err error) bool {
		var entry Entry
		if err == nil {
			entry, err = newEntry(fields, realm)
		}
		if first := seen[entry.Name]; err == nil && first > 0 {
			err = fmt.Errorf("%q in realm %q is in line %d already", entry.User, entry.Realm, first)
		}
		if err != nil {
			faults = append(faults, &LineError{Line: line, Err: err})
			return len(faults) < maxFaults
		}
		seen[entry.Name] = line
		entries = append(entries, entry)
		return len(entries) <= maxEntries
	})
	switch {
	case len(faults) > 0:
		return nil, errors.Join(faults...)
	case len(entries) > maxEntries:
		return nil, fmt.Errorf("the list has more than %d users", maxEntries)
	case len(entries) == 0:
		return nil, errors.New("there is nobody in the list")
	}
	return entries, nil
}

// maxFaults is how many are told of one list.
const maxFaults = 20

func newEntry(fields []string, realm string) (Entry, error) {
	if len(fields) == 3 && fields[2] != "" {
		if strings.Contains(fields[0], "@") {
			return Entry{}, fmt.Errorf("%q has a realm, and there is one beside it", fields[0])
		}
		realm = fields[2]
	}
	name, err := ParseName(fields[0], realm)
	if err != nil {
		return Entry{}, err
	}
	password := []byte(fields[1])
	return Entry{Name: name, Password: password}, CheckPassword(password)
}

// Import adds many users: all, or none if the error is not nil. With force those that are
// users already get the new password, without it the error wraps ErrExists.
func (d Database) Import(ctx context.Context, entries []Entry, how Storage, force bool) error {
	stored, err := how.all(ctx, entries)
	if err != nil {
		return err
	}
	return d.change(ctx, func(db content) error { return merge(db, stored, force) })
}

// all computes what is stored for the users, on all processors: keys take their time.
func (s Storage) all(ctx context.Context, entries []Entry) (map[Name]map[string][]byte, error) {
	var (
		mu     sync.Mutex
		stored = map[Name]map[string][]byte{}
		faults []error
		wait   sync.WaitGroup
		work   = make(chan Entry)
	)
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for entry := range work {
				properties, err := s.properties(entry.Password)
				mu.Lock()
				stored[entry.Name] = properties
				if err != nil {
					faults = append(faults, &NameError{Name: entry.Name, Err: err})
				}
				mu.Unlock()
			}
		})
	}
	for _, entry := range entries {
		if ctx.Err() != nil {
			break
		}
		work <- entry
	}
	close(work)
	wait.Wait()
	return stored, errors.Join(append(faults, context.Cause(ctx))...)
}

// merge stores users beside those that a database has.
func merge(db content, stored map[Name]map[string][]byte, force bool) error {
	known, err := db.index()
	if err != nil {
		return err
	}
	for _, name := range slices.SortedFunc(maps.Keys(stored), byName) {
		if known[name] != nil && !force {
			return &NameError{Name: name, Err: ErrExists}
		}
		if err := replace(db, name, known[name], stored[name]); err != nil {
			return err
		}
	}
	return nil
}

// ImportDatabase adds the users of another sasldb, as Import does, and returns who they
// are. Keys of SCRAM mechanisms are taken over as they are; passwords are stored as how
// says. Realm, if it is not empty, replaces the users' own: neither depends on it.
func (d Database) ImportDatabase(ctx context.Context, source, realm string, how Storage, force bool) ([]Name, error) {
	held := map[Name]map[string][]byte{}
	err := Database{Path: source}.read(ctx, func(db content) (err error) {
		held, err = holdings(db)
		return err
	})
	if err != nil {
		return nil, err
	}
	var names []Name
	stored := map[Name]map[string][]byte{}
	for name, properties := range held {
		if realm != "" {
			name.Realm = realm
		}
		if stored[name] != nil {
			return nil, &NameError{Name: name, Err: errors.New("would come from several realms")}
		}
		if stored[name], err = takeOver(properties, how); err != nil {
			return nil, &NameError{Name: name, Err: err}
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return nil, errors.New("there is nobody in the database")
	}
	slices.SortFunc(names, byName)
	return names, d.change(ctx, func(db content) error { return merge(db, stored, force) })
}

// takeOver gives what shall be stored for what another database has.
func takeOver(properties map[string][]byte, how Storage) (map[string][]byte, error) {
	if password, ok := properties[cyrus.PlainPassword]; ok {
		return how.properties(password)
	}
	if keys, ok := properties[cyrus.SCRAMKeys]; ok {
		if _, ok := ParseKeys(keys); ok {
			return map[string][]byte{cyrus.SCRAMKeys: keys}, nil
		}
	}
	return nil, errors.New("has neither a password nor keys of a SCRAM mechanism")
}
