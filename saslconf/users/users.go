package users

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"vncsec/saslconf/cyrus"
	"vncsec/vncserve/reason"
)

// maxKeys bounds how many values a database may have: there are one to three for a user.
const maxKeys = 1 << 20

// Storage says how a password is stored.
type Storage struct {
	// Plaintext stores the password itself: all mechanisms can use it, and so can who
	// gets hold of the file.
	Plaintext bool
	// Mechanism is the one to store keys for; empty: DefaultMechanism.
	Mechanism string
}

// properties are what is stored for a password.
func (s Storage) properties(password []byte) (map[string][]byte, error) {
	if err := CheckPassword(password); err != nil {
		return nil, err
	}
	if s.Plaintext {
		return map[string][]byte{cyrus.PlainPassword: password}, nil
	}
	keys, err := newKeys(cmp.Or(s.Mechanism, DefaultMechanism), password)
	return map[string][]byte{cyrus.SCRAMKeys: keys}, err
}

// User is what a database has of somebody.
type User struct {
	Name
	// Plaintext tells that the password itself is stored.
	Plaintext bool `json:"plaintext"`
	// Keys are nil if no keys of a SCRAM mechanism are stored.
	Keys *Keys `json:"keys,omitempty"`
	// Other are properties that this package does not make.
	Other []string `json:"other,omitempty"`
}

// ErrExists and ErrUnknown are about users that should not be there, and that should.
var (
	ErrExists  = errors.New("is a user already")
	ErrUnknown = errors.New("is no user")
)

// NameError is a failure that concerns one user.
type NameError struct {
	Name Name
	// Others are realms in which there is a user of the same name.
	Others []string
	Err    error
}

// Error names the user, and the realms in which there is one.
func (e *NameError) Error() string {
	text := fmt.Sprintf("%q in realm %q %v", e.Name.User, e.Name.Realm, e.Err)
	if len(e.Others) > 0 {
		text += fmt.Sprintf("; there is one in realm %s", strings.Join(e.Others, ", "))
	}
	return text
}

// Unwrap gives what is wrong.
func (e *NameError) Unwrap() error { return e.Err }

// List gives all users, by name and realm.
func (d Database) List(ctx context.Context) ([]User, error) {
	var list []User
	err := d.read(ctx, func(db content) error {
		held, err := holdings(db)
		if err != nil {
			return err
		}
		for name, properties := range held {
			list = append(list, describe(name, properties))
			clearAll(properties)
		}
		return nil
	})
	slices.SortFunc(list, func(a, b User) int { return byName(a.Name, b.Name) })
	return list, err
}

// byName sorts by user, then by realm.
func byName(a, b Name) int { return cmp.Or(cmp.Compare(a.User, b.User), cmp.Compare(a.Realm, b.Realm)) }

// describe tells what is stored without telling it.
func describe(name Name, properties map[string][]byte) User {
	u := User{Name: name}
	for _, property := range slices.Sorted(maps.Keys(properties)) {
		keys, ok := ParseKeys(properties[property])
		switch {
		case property == cyrus.PlainPassword:
			u.Plaintext = true
		case property == cyrus.SCRAMKeys && ok:
			u.Keys = &keys
		default:
			u.Other = append(u.Other, property)
		}
	}
	return u
}

// holdings reads everything.
func holdings(db content) (map[Name]map[string][]byte, error) {
	keys, err := db.keys()
	if err != nil {
		return nil, err
	}
	held := map[Name]map[string][]byte{}
	for _, k := range keys {
		value, found, err := db.Value(k)
		if err != nil {
			return nil, invalid(err)
		}
		name := Name{User: k.User, Realm: k.Realm}
		if held[name] == nil {
			held[name] = map[string][]byte{}
		}
		if found {
			held[name][k.Property] = value
		}
	}
	return held, nil
}

// keys lists the keys.
func (db content) keys() ([]cyrus.Key, error) {
	if db.fresh {
		return nil, nil
	}
	keys, err := db.Keys(maxKeys)
	if err != nil {
		return nil, invalid(err)
	}
	return keys, nil
}

// invalid says that a file is no database, which is what it mostly is if libsasl2 cannot
// read a copy of it.
func invalid(err error) error {
	if errors.Is(err, cyrus.ErrNoListing) {
		return err
	}
	return &reason.Error{Code: reason.SASLDBInvalid, Err: err}
}

func clearAll(properties map[string][]byte) {
	for _, value := range properties {
		clear(value)
	}
}

// Add makes a user; the error wraps ErrExists if there is one of the name.
func (d Database) Add(ctx context.Context, name Name, password []byte, how Storage) error {
	return d.set(ctx, name, password, how, func(known bool) error {
		if known {
			return ErrExists
		}
		return nil
	})
}

// SetPassword gives a user another password; the error wraps ErrUnknown if there is no
// user of the name.
func (d Database) SetPassword(ctx context.Context, name Name, password []byte, how Storage) error {
	return d.set(ctx, name, password, how, func(known bool) error {
		if !known {
			return ErrUnknown
		}
		return nil
	})
}

func (d Database) set(ctx context.Context, name Name, password []byte, how Storage, allowed func(known bool) error) error {
	properties, err := how.properties(password)
	if err != nil {
		return err
	}
	return d.change(ctx, func(db content) error {
		known, err := db.index()
		if err != nil {
			return err
		}
		old := known[name]
		if err := allowed(old != nil); err != nil {
			return &NameError{Name: name, Others: known.otherRealms(name), Err: err}
		}
		return replace(db, name, old, properties)
	})
}

// Delete takes a user out; the error wraps ErrUnknown if there is none of the name.
func (d Database) Delete(ctx context.Context, name Name) error {
	if _, err := os.Stat(d.Path); errors.Is(err, fs.ErrNotExist) {
		return openFault(err)
	}
	return d.change(ctx, func(db content) error {
		known, err := db.index()
		if err != nil {
			return err
		}
		if known[name] == nil {
			return &NameError{Name: name, Others: known.otherRealms(name), Err: ErrUnknown}
		}
		return replace(db, name, known[name], nil)
	})
}

// index is which properties of whom are stored.
type index map[Name][]string

func (db content) index() (index, error) {
	keys, err := db.keys()
	known := index{}
	for _, k := range keys {
		name := Name{User: k.User, Realm: k.Realm}
		known[name] = append(known[name], k.Property)
	}
	return known, err
}

// otherRealms lists the other realms that have a user of the name.
func (known index) otherRealms(name Name) []string {
	var realms []string
	for other := range known {
		if other.User == name.User && other.Realm != name.Realm {
			realms = append(realms, other.Realm)
		}
	}
	slices.Sort(realms)
	return realms
}

// replace stores properties and removes the old ones: a password that was changed must not
// be found by another mechanism.
func replace(db content, name Name, old []string, properties map[string][]byte) error {
	all := map[string][]byte{}
	for _, property := range old {
		all[property] = nil
		*db.removed = true
	}
	maps.Copy(all, properties)
	return db.Store(name.User, name.Realm, all)
}
