package saslconf

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// Account is who runs, or will run, the server.
type Account struct {
	Name   string
	UID    int
	Groups []int // all of them, the primary one first
}

// LookupAccount finds a user by name or number. An empty name is the user of this
// process.
func LookupAccount(name string) (*Account, error) {
	if name == "" {
		return currentAccount()
	}
	found, err := user.Lookup(name)
	if err != nil {
		if byID, idErr := user.LookupId(name); idErr == nil {
			found, err = byID, nil
		}
	}
	if err != nil {
		return nil, fmt.Errorf("there is no user %s: %w", name, err)
	}
	a := &Account{Name: found.Username}
	if a.UID, err = strconv.Atoi(found.Uid); err != nil {
		return nil, fmt.Errorf("the user %s has no number: %w", name, err)
	}
	groups, err := found.GroupIds()
	if err != nil {
		return nil, fmt.Errorf("cannot find the groups of %s: %w", name, err)
	}
	for _, group := range append([]string{found.Gid}, groups...) {
		if gid, err := strconv.Atoi(group); err == nil && !slices.Contains(a.Groups, gid) {
			a.Groups = append(a.Groups, gid)
		}
	}
	return a, nil
}

func currentAccount() (*Account, error) {
	groups, err := os.Getgroups()
	if err != nil {
		return nil, fmt.Errorf("cannot find the groups of this process: %w", err)
	}
	a := &Account{Name: strconv.Itoa(os.Geteuid()), UID: os.Geteuid(), Groups: append([]int{os.Getegid()}, groups...)}
	if found, err := user.LookupId(a.Name); err == nil {
		a.Name = found.Username
	}
	return a, nil
}

// Permission bits, as for others.
const (
	readBit   fs.FileMode = 4
	writeBit  fs.FileMode = 2
	searchBit fs.FileMode = 1
)

// accessError says which permission keeps an account from a file.
type accessError struct {
	path string
	info fs.FileInfo
	want string
}

func (e *accessError) Error() string {
	uid, gid := ownersOf(e.info)
	return fmt.Sprintf("%s has mode %04o, user %s and group %s, which does not let it %s", e.path, e.info.Mode().Perm(), userName(uid), groupName(gid), e.want)
}

// mayRead tells whether the account can read a file, by the modes of the file and of
// all folders above it; access lists are not looked at. The error is an
// *accessError where a mode is in the way.
func (a *Account) mayRead(path string) error { return a.may(path, readBit, "read it") }

// mayConnect tells whether the account can connect to a UNIX socket, which needs the
// right to write.
func (a *Account) mayConnect(path string) error { return a.may(path, writeBit, "connect to it") }

func (a *Account) may(path string, want fs.FileMode, what string) error {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	for dir := filepath.Dir(real); ; dir = filepath.Dir(dir) {
		if err := a.allowed(dir, searchBit, "pass through it"); err != nil {
			return err
		}
		if dir == filepath.Dir(dir) {
			return a.allowed(real, want, what)
		}
	}
}

// allowed looks at the one class of permission bits that counts for the account.
func (a *Account) allowed(path string, want fs.FileMode, what string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if a.UID == 0 {
		return nil // root may do anything
	}
	uid, gid := ownersOf(info)
	mode := info.Mode().Perm()
	switch {
	case uid == a.UID:
		mode >>= 6
	case slices.Contains(a.Groups, gid):
		mode >>= 3
	}
	if mode&want == 0 {
		return &accessError{path: path, info: info, want: what}
	}
	return nil
}

// ownersOf returns user and group of a file, -1 where there is no such thing.
func ownersOf(info fs.FileInfo) (uid, gid int) {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(stat.Uid), int(stat.Gid)
	}
	return -1, -1
}

func userName(uid int) string {
	if found, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return found.Username
	}
	return strconv.Itoa(uid)
}

func groupName(gid int) string {
	if found, err := user.LookupGroupId(strconv.Itoa(gid)); err == nil {
		return found.Name
	}
	return strconv.Itoa(gid)
}

// isPermission tells whether an error is about permissions, ours or the account's.
func isPermission(err error) bool {
	var access *accessError
	return errors.As(err, &access) || errors.Is(err, fs.ErrPermission)
}

// othersMayRead tells whether users besides the owner and the file's group can read
// it: the bit alone counts, as the folders above it change easily.
func othersMayRead(info fs.FileInfo) bool { return info.Mode().Perm()&readBit != 0 }

// trimTypePrefix takes off the kind that Kerberos allows before a file's name.
func trimTypePrefix(name string) string {
	return strings.TrimPrefix(strings.TrimPrefix(name, "FILE:"), "WRFILE:")
}
