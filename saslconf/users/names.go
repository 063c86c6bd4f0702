package users

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"vncsec/saslconf/saslprep"
)

// Bounds of what is stored. libsasl2 keeps names in buffers of 256 bytes.
const (
	maxName     = 255
	maxPassword = 1024
)

// Name is who somebody is in a database.
type Name struct {
	User  string `json:"user"`
	Realm string `json:"realm"`
}

// String gives the name as one logs in with it in another realm.
func (n Name) String() string { return n.User + "@" + n.Realm }

// ParseName reads USER or USER@REALM; realm is the one of names without.
func ParseName(text, realm string) (Name, error) {
	n := Name{User: text, Realm: realm}
	if user, own, ok := strings.Cut(text, "@"); ok {
		n.User, n.Realm = user, own
	}
	if err := checkName("user name", n.User); err != nil {
		return n, err
	}
	if err := checkName("realm", n.Realm); err != nil {
		return n, err
	}
	if strings.Contains(n.Realm, "@") {
		return n, fmt.Errorf("the realm %q has an @ in it", n.Realm)
	}
	return n, nil
}

// checkName refuses names that libsasl2 changes on its way to the database, so that they
// would not be found again, and names that are not one line of text.
func checkName(kind, name string) error {
	switch {
	case name == "":
		return fmt.Errorf("the %s is empty", kind)
	case len(name) > maxName:
		return fmt.Errorf("the %s has %d bytes; at most %d fit", kind, len(name), maxName)
	case !isLine(name):
		return fmt.Errorf("the %s %q is not a line of printable text", kind, name)
	case strings.TrimSpace(name) != name:
		return fmt.Errorf("the %s %q begins or ends with a blank, which libsasl2 drops", kind, name)
	}
	if !saslprep.IsPrepared(name) {
		return fmt.Errorf("the %s %q has characters that programs write in different ways; %s", kind, name, adviceOnCharacters)
	}
	return nil
}

// adviceOnCharacters is for texts that SASLprep would change. The mechanisms' standards ask
// for that preparation and libsasl2 does none, so they mean one thing to some viewers and
// another to the others.
const adviceOnCharacters = "use plain letters and digits, no ligatures, full-width or invisible ones"

// Errors about passwords, which do not show them.
var (
	errPasswordEmpty   = errors.New("the password is empty")
	errPasswordLong    = fmt.Errorf("the password has more than %d bytes", maxPassword)
	errPasswordText    = errors.New("the password is not a line of printable text in UTF-8")
	errPasswordUnclear = errors.New("the password has characters that programs write in different ways; " + adviceOnCharacters)
)

// CheckPassword refuses passwords that cannot be stored, or not be typed with certainty.
func CheckPassword(password []byte) error {
	switch {
	case len(password) == 0:
		return errPasswordEmpty
	case len(password) > maxPassword:
		return errPasswordLong
	case !isLine(string(password)):
		return errPasswordText
	case !saslprep.IsPrepared(string(password)):
		return errPasswordUnclear
	}
	return nil
}

func isLine(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}
