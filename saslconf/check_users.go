package saslconf

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"vncsec/internal/shell"
	"vncsec/vncserve/reason"
)

// DatabasePath is the file of users that the settings lead to.
func (c *Config) DatabasePath() string {
	if path := c.Get("sasldb_path"); path != "" {
		return path
	}
	return defaultDatabase
}

// passwordChecks are the words of pwcheck_method in lower case.
func (c *Config) passwordChecks() []string {
	if method := c.Get("pwcheck_method"); method != "" {
		return words(strings.ToLower(method))
	}
	return []string{"auxprop"}
}

// stores are the words of auxprop_plugin in lower case; nil: all that are installed.
func (c *Config) stores() []string { return words(strings.ToLower(c.Get("auxprop_plugin"))) }

// checkUsers looks at where the users are kept.
func (x *examination) checkUsers(ctx context.Context) {
	x.checkPasswordMethod()
	fromStore := func(m Mechanism) bool {
		return m.Stored || m.Plaintext && slices.Contains(x.config.passwordChecks(), "auxprop")
	}
	if !x.needs(fromStore) {
		return
	}
	setting, _ := x.config.Lookup("auxprop_plugin")
	stores := x.config.stores()
	for _, store := range stores {
		if !x.plugins.has(store) {
			x.storeMissing(store, setting.Line, Critical)
		}
	}
	if len(stores) > 0 && !slices.Contains(stores, "sasldb") {
		return // LDAP or SQL, which only a log-in can test
	}
	if len(stores) == 0 && !x.plugins.has("sasldb") {
		x.storeMissing("sasldb", 0, Critical)
	}
	x.checkDatabase(ctx)
}

func (x *examination) storeMissing(store string, line int, severity Severity) {
	cure := installCommand(store)
	if cure == "" {
		cure = setCure(x.config.Path, "auxprop_plugin", "sasldb")
	}
	x.add(severity, reason.SASLStoreUnavailable, line,
		fmt.Sprintf("the plugin %s, which looks users up, is not in %s (%s)", store, strings.Join(x.plugins, ":"), packagesOf(store)), cure)
}

// checkPasswordMethod looks at who checks the passwords of PLAIN and LOGIN.
func (x *examination) checkPasswordMethod() {
	if !x.needs(func(m Mechanism) bool { return m.Plaintext }) {
		return
	}
	checks := x.config.passwordChecks()
	method, _ := x.config.Lookup("pwcheck_method")
	if slices.Contains(checks, "alwaystrue") {
		x.add(Critical, reason.SASLPasswordCheck, method.Line, "pwcheck_method alwaystrue takes every password", setCure(x.config.Path, "pwcheck_method", "auxprop"))
	}
	database, hasDatabase := x.config.Lookup("sasldb_path")
	if hasDatabase && !slices.Contains(checks, "auxprop") && !x.needs(func(m Mechanism) bool { return m.Stored }) {
		x.add(Warning, reason.SASLPasswordCheck, method.Line,
			fmt.Sprintf("the users in %s cannot log in: pwcheck_method %s does not look there", database.Value, strings.Join(checks, " ")), setCure(x.config.Path, "pwcheck_method", "auxprop"))
	}
}

// checkDatabase looks at the file with the users.
func (x *examination) checkDatabase(ctx context.Context) {
	path := x.config.DatabasePath()
	setting, _ := x.config.Lookup("sasldb_path")
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		x.addAbout(path, Critical, reason.SASLDBMissing, 0, fmt.Sprintf("there is no file of users (%s), and nobody can log in", x.origin(setting)), x.userCure("add", "NAME"))
		return
	case err != nil:
		x.addAbout(path, Critical, reason.SASLDBUnreadable, 0, fmt.Sprintf("the file of users cannot be read: %v", cause(err)), x.account.accessCure(path, err))
		return
	case !info.Mode().IsRegular():
		x.addAbout(path, Critical, reason.SASLDBInvalid, 0, fmt.Sprintf("the file of users (%s) is not a regular file", x.origin(setting)), shell.Line("ls", "-ld", path))
		return
	}
	if err := x.account.mayRead(path); err != nil {
		x.addAbout(path, Critical, reason.SASLDBUnreadable, 0, fmt.Sprintf("%s cannot read the file of users: %v", x.account.Name, err), x.account.accessCure(path, err))
	}
	if othersMayRead(info) {
		x.addAbout(path, Critical, reason.SASLDBOpen, 0, fmt.Sprintf("every user can read the secrets in it (mode %04o); expected 0600", info.Mode().Perm()), x.account.ownCure(path))
	}
	const groupWrites = 0o020 // as Debian makes /etc/sasldb2, for the group sasl
	x.checkChangeable(path, reason.SASLDBOpen, groupWrites)
	if kind := databaseKind(path); kind != "" {
		x.addAbout(path, Critical, reason.SASLDBInvalid, 0, kind, shell.Line("mv", path, path+".bad")+" && "+x.userCure("add", "NAME"))
		return
	}
	x.checkUserList(ctx, path)
}

// origin says where the path of the database comes from.
func (x *examination) origin(setting Setting) string {
	if setting.Line == 0 {
		return "the default, as there is no sasldb_path"
	}
	return fmt.Sprintf("sasldb_path in %s:%d", x.config.Path, setting.Line)
}

// userCure is a vncsec sasl user command for the service file.
func (x *examination) userCure(verb string, args ...string) string {
	return command("user "+verb, x.config.Path, args...)
}

// databaseKind says what speaks against a file being a database that some build of
// libsasl2 reads: Berkeley DB's hash format, GDBM or LMDB, by their magic numbers;
// empty if nothing does. A file that cannot be read is somebody else's finding.
func databaseKind(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	head := make([]byte, 20)
	n, err := io.ReadFull(f, head)
	if n == 0 && errors.Is(err, io.EOF) {
		return "the file of users is empty: not even an empty database"
	}
	const (
		hashMagic  = 0x00061561
		btreeMagic = 0x00053162
		lmdbMagic  = 0xBEEFC0DE
	)
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		switch first := order.Uint32(head); {
		case first>>8 == 0x13579a, order.Uint32(head[12:]) == hashMagic, order.Uint32(head[16:]) == lmdbMagic:
			return ""
		case order.Uint32(head[12:]) == btreeMagic:
			return "the file of users is a Berkeley DB, but of the kind btree: libsasl2 reads the kind hash"
		}
	}
	if bytes.HasPrefix(head, []byte("SQLite")) {
		return "the file of users is an SQLite database: libsasl2 reads it with auxprop_plugin sql only"
	}
	return "the file of users is no database that libsasl2 reads"
}

// checkUserList looks at the users themselves: whether there are any of this host's
// realm, with secrets that fit.
func (x *examination) checkUserList(ctx context.Context, path string) {
	if x.Users == nil {
		return
	}
	users, err := x.Users(ctx, path)
	if err != nil {
		x.unlisted(path, err)
		return
	}
	if len(users) == 0 {
		x.addAbout(path, Critical, reason.SASLDBEmpty, 0, "the file of users holds none, and nobody can log in", x.userCure("add", "NAME"))
		return
	}
	local := slices.DeleteFunc(slices.Clone(users), func(u User) bool { return !strings.EqualFold(u.Realm, x.host) })
	if len(local) == 0 {
		x.addAbout(path, Critical, reason.SASLRealm, 0,
			fmt.Sprintf("all users are of realm %s, and this host is %s: %s is not found unless the viewer's user types %s@%s", realms(users), x.host, users[0].Name, users[0].Name, users[0].Realm),
			x.userCure("add", users[0].Name, "--realm", x.host))
		return
	}
	x.checkSecrets(path, local)
}

// unlisted is the finding about users that cannot be listed: because the file is no
// database, or for want of what reads it.
func (x *examination) unlisted(path string, err error) {
	switch code, ok := reason.Of(err); {
	case ok && code == reason.SASLDBInvalid:
		x.addAbout(path, Critical, code, 0, fmt.Sprintf("the file of users is damaged: %v", err), shell.Line("mv", path, path+".bad")+" && "+x.userCure("add", "NAME"))
	case ok && code == reason.SASLLibraryMissing:
		x.addAbout(path, Critical, code, 0, err.Error(), installCommand("sasldb"))
	default:
		x.addAbout(path, Warning, reason.SASLDBUnreadable, 0, fmt.Sprintf("the users could not be looked at: %v", err), x.userCure("list"))
	}
}

// realms lists the realms of users.
func realms(users []User) string {
	var names []string
	for _, u := range users {
		if !slices.Contains(names, u.Realm) {
			names = append(names, u.Realm)
		}
	}
	const most = 3
	if len(names) > most {
		return strings.Join(names[:most], ", ") + " ..."
	}
	return strings.Join(names, ", ")
}

// fits tells whether a user has a secret for a mechanism.
func (u User) fits(m Mechanism) bool { return u.Plaintext || slices.Contains(u.Keys, m.Name) }

// checkSecrets holds what is stored against the mechanisms.
func (x *examination) checkSecrets(path string, users []User) {
	plaintextNeeded := false
	fitting := 0
	var unfit []Finding
	for _, m := range x.listed() {
		if m.Kerberos || m.Anonymous || m.Plaintext && !slices.Contains(x.config.passwordChecks(), "auxprop") {
			continue
		}
		plaintextNeeded = plaintextNeeded || !strings.HasPrefix(m.Name, "SCRAM-")
		without := slices.DeleteFunc(slices.Clone(users), func(u User) bool { return u.fits(m) })
		if len(without) < len(users) {
			fitting++
		}
		if len(without) == 0 {
			continue
		}
		unfit = append(unfit, Finding{Severity: Warning, Code: reason.SASLNoSecret, File: path,
			Message: fmt.Sprintf("%s cannot log in with %s: %s", names(without), m.Name, needOf(m)), Cure: x.secretCure(m, without[0])})
	}
	if fitting == 0 {
		for i := range unfit {
			unfit[i].Severity = Critical
		}
	}
	x.findings = append(x.findings, unfit...)
	readable := slices.DeleteFunc(slices.Clone(users), func(u User) bool { return !u.Plaintext })
	if !plaintextNeeded && len(readable) > 0 {
		x.addAbout(path, Warning, reason.SASLDBPlaintext, 0, fmt.Sprintf("the passwords of %s are stored readable, and no listed mechanism needs that", names(readable)), x.userCure("passwd", readable[0].Name))
	}
}

// needOf says what a mechanism needs to be stored.
func needOf(m Mechanism) string {
	if strings.HasPrefix(m.Name, "SCRAM-") {
		return "there is neither a key of that mechanism nor the password"
	}
	return "it needs the password itself to be stored"
}

// secretCure stores what a mechanism needs.
func (x *examination) secretCure(m Mechanism, u User) string {
	if strings.HasPrefix(m.Name, "SCRAM-") {
		return x.userCure("passwd", u.Name)
	}
	return x.userCure("passwd", u.Name, "--plaintext")
}

// names lists some users.
func names(users []User) string {
	var list []string
	for _, u := range users {
		list = append(list, u.Name)
	}
	const most = 3
	if len(list) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
	}
	return strings.Join(list, ", ")
}
