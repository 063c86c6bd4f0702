package saslconf

import (
	"slices"
	"strconv"
	"strings"

	"vncsec/internal/nearest"
)

// Kind is what a key's value is.
type Kind string

// The kinds of values.
const (
	Text   Kind = "text"
	List   Kind = "list"   // words with blanks in between
	Path   Kind = "path"   // of a file or socket
	Number Kind = "number" // a decimal, not negative
	Choice Kind = "choice" // one of Key.Words
	Secret Kind = "secret" // never shown
)

// Key is a key that libsasl2 or one of its plugins asks for.
type Key struct {
	Name    string   `json:"name"`
	Reader  string   `json:"reader"` // who asks for it: libsasl2 or a plugin
	Kind    Kind     `json:"kind"`
	Words   []string `json:"words,omitempty"` // the ones allowed, of choices and lists
	Default string   `json:"default,omitempty"`
	Meaning string   `json:"meaning"`
	// Security tells that a wrong value opens a door.
	Security bool `json:"security"`
}

// keys are those of libsasl2 2.1.28 with its plugins (docsrc/sasl/options.rst and the
// plugins themselves), those of later releases, and those that only old ones had.
var keys = []Key{
	{Name: "mech_list", Reader: "libsasl2", Kind: List, Default: "all that are installed", Security: true,
		Meaning: "the mechanisms that are offered, in this order; viewers choose"},
	{Name: "pwcheck_method", Reader: "libsasl2", Kind: List, Words: []string{"auxprop", "saslauthd", "authdaemond", "pwcheck", "alwaystrue"}, Default: "auxprop", Security: true,
		Meaning: "who checks the passwords of PLAIN and LOGIN: auxprop compares with the stored one, saslauthd asks that daemon (PAM, LDAP ...)"},
	{Name: "auxprop_plugin", Reader: "libsasl2", Kind: List, Default: "all that are installed", Security: true,
		Meaning: "where users and their secrets are looked up: sasldb, ldapdb, sql"},
	{Name: "sasldb_path", Reader: "sasldb", Kind: Path, Default: defaultDatabase, Security: true,
		Meaning: "the file with the users and their secrets"},
	{Name: "keytab", Reader: "gssapiv2", Kind: Path, Default: defaultKeytab, Security: true,
		Meaning: "the file with the server's Kerberos keys; viewers ask for vnc/HOST"},
	{Name: "saslauthd_path", Reader: "libsasl2", Kind: Path, Default: defaultSaslauthd, Security: true,
		Meaning: "the socket of saslauthd, the last part of its name (mux) included"},
	{Name: "authdaemond_path", Reader: "libsasl2", Kind: Path, Security: true,
		Meaning: "the socket of Courier's authdaemond"},
	{Name: "auto_transition", Reader: "libsasl2", Kind: Choice, Words: []string{"yes", "no", "noplain", "on", "off", "true", "false", "1", "0"}, Default: "no", Security: true,
		Meaning: "store secrets for other mechanisms when somebody logs in with PLAIN; anything but noplain stores the password itself"},
	{Name: "canon_user_plugin", Reader: "libsasl2", Kind: Text, Default: "INTERNAL",
		Meaning: "the plugin that brings user names into one form"},
	{Name: "log_level", Reader: "libsasl2", Kind: Number, Default: "1", Security: true,
		Meaning: "how much goes to the system log, 0 to 7; 7 logs passwords"},
	{Name: "plugin_list", Reader: "libsasl2", Kind: Text,
		Meaning: "not for general use: names of plugins"},
	{Name: "client_mech_list", Reader: "libsasl2", Kind: List,
		Meaning: "the mechanisms of clients, not of servers"},
	{Name: "reauth_timeout", Reader: "digestmd5", Kind: Number, Default: "0",
		Meaning: "for how many minutes DIGEST-MD5 lets somebody back in quickly"},
	{Name: "scram_iteration_counter", Reader: "scram", Kind: Number, Default: "4096", Security: true,
		Meaning: "how often SCRAM hashes a new password: more slows down guessing"},
	{Name: "scram_secret_generate", Reader: "scram", Kind: Choice, Words: []string{"yes", "no", "on", "off", "true", "false", "1", "0"}, Default: "no",
		Meaning: "store SCRAM keys besides when a password is set"},
	{Name: "ad_compat", Reader: "gssapiv2", Kind: Choice, Words: []string{"yes", "no", "on", "off", "true", "false", "1", "0"}, Default: "no",
		Meaning: "do as Active Directory does about security layers inside TLS"},
	{Name: "ccache_store", Reader: "gssapiv2", Kind: Text,
		Meaning: "where delegated Kerberos tickets go (releases after 2.1.28)"},
	{Name: "sasldb_mapsize", Reader: "sasldb", Kind: Number, Default: "1048576",
		Meaning: "the largest size of a user file in LMDB's format, in bytes"},
	{Name: "sasldb_maxreaders", Reader: "sasldb", Kind: Number, Default: "126",
		Meaning: "how many may read a user file in LMDB's format at once"},
	{Name: "ldapdb_uri", Reader: "ldapdb", Kind: List, Security: true,
		Meaning: "the LDAP servers"},
	{Name: "ldapdb_id", Reader: "ldapdb", Kind: Text,
		Meaning: "as whom to log in to the LDAP server"},
	{Name: "ldapdb_pw", Reader: "ldapdb", Kind: Secret, Security: true,
		Meaning: "the password for the LDAP server: the file must have mode 0600"},
	{Name: "ldapdb_mech", Reader: "ldapdb", Kind: Text,
		Meaning: "the mechanism for the LDAP server"},
	{Name: "ldapdb_rc", Reader: "ldapdb", Kind: Path,
		Meaning: "a file with settings of libldap, such as a client certificate"},
	{Name: "ldapdb_starttls", Reader: "ldapdb", Kind: Choice, Words: []string{"try", "demand"}, Security: true,
		Meaning: "TLS with the LDAP server; try goes on without when it fails"},
	{Name: "ldapdb_canon_attr", Reader: "ldapdb", Kind: Text,
		Meaning: "the attribute that is a user's name in its one form"},
	{Name: "sql_engine", Reader: "sql", Kind: Choice, Words: []string{"mysql", "pgsql", "sqlite", "sqlite3"}, Default: "mysql",
		Meaning: "the kind of SQL server"},
	{Name: "sql_hostnames", Reader: "sql", Kind: Text,
		Meaning: "the SQL servers, HOST:PORT with commas in between"},
	{Name: "sql_user", Reader: "sql", Kind: Text,
		Meaning: "as whom to log in to the SQL server"},
	{Name: "sql_passwd", Reader: "sql", Kind: Secret, Security: true,
		Meaning: "the password for the SQL server: the file must have mode 0600"},
	{Name: "sql_database", Reader: "sql", Kind: Text,
		Meaning: "the name of the database, or the file of SQLite"},
	{Name: "sql_select", Reader: "sql", Kind: Text, Security: true,
		Meaning: "the statement that reads a property of a user"},
	{Name: "sql_insert", Reader: "sql", Kind: Text,
		Meaning: "the statement that adds a property of a user"},
	{Name: "sql_update", Reader: "sql", Kind: Text,
		Meaning: "the statement that changes a property of a user"},
	{Name: "sql_usessl", Reader: "sql", Kind: Choice, Words: []string{"yes", "no", "on", "off", "true", "false", "1", "0"}, Default: "no", Security: true,
		Meaning: "TLS with the SQL server"},
	{Name: "srp_mda", Reader: "srp", Kind: Choice, Words: []string{"md5", "sha1", "rmd160"}, Default: "sha1",
		Meaning: "the hash of SRP"},
	{Name: "otp_mda", Reader: "otp", Kind: Choice, Words: []string{"md4", "md5", "sha1"}, Default: "md5",
		Meaning: "the hash of new one-time passwords"},
	{Name: "opiekeys", Reader: "otp", Kind: Path, Default: "/etc/opiekeys",
		Meaning: "the file with the one-time passwords of OPIE"},
	{Name: "ntlm_server", Reader: "ntlm", Kind: Text, Security: true,
		Meaning: "the Windows server that checks NTLM log-ins"},
	{Name: "ntlm_v2", Reader: "ntlm", Kind: Choice, Words: []string{"yes", "no", "on", "off", "true", "false", "1", "0"}, Default: "no",
		Meaning: "send NTLM version 2, as a client"},
	{Name: "srvtab", Reader: "kerberos4", Kind: Path, Default: "/etc/srvtab",
		Meaning: "the file with the keys of Kerberos 4"},
}

// Where libsasl2 and Kerberos look when the service file does not say.
const (
	defaultDatabase  = "/etc/sasldb2"
	defaultKeytab    = "/etc/krb5.keytab"
	defaultSaslauthd = "/var/run/saslauthd/mux"
)

// Keys lists all keys there are.
func Keys() []Key { return slices.Clone(keys) }

// LookupKey finds a key by its name in lower case.
func LookupKey(name string) (Key, bool) {
	i := slices.IndexFunc(keys, func(k Key) bool { return k.Name == name })
	if i < 0 {
		return Key{}, false
	}
	return keys[i], true
}

// SuggestKey returns the key that was most likely meant by a mistyped one.
func SuggestKey(name string) (string, bool) {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.Name
	}
	return nearest.Word(name, names)
}

// faultOf says what is wrong with a value, empty if nothing is.
func (k Key) faultOf(value string) string {
	switch k.Kind {
	case Number:
		if n, err := strconv.Atoi(value); err != nil || n < 0 {
			return "expected a number"
		}
	case Choice:
		if !slices.Contains(k.Words, strings.ToLower(value)) {
			return "expected " + strings.Join(k.Words, ", ")
		}
	case List:
		return k.faultOfList(value)
	case Path:
		switch {
		case strings.HasPrefix(trimTypePrefix(value), "/") && !strings.HasPrefix(value, "/"):
			return "expected the path alone: with a kind before it the plugin finds no file and is not loaded"
		case !strings.HasPrefix(value, "/"):
			return "expected a path from the root on: servers change their folder"
		}
	}
	if quoted(value) {
		return "the quotation marks belong to the value for libsasl2: leave them out"
	}
	return ""
}

func (k Key) faultOfList(value string) string {
	for _, word := range words(value) {
		switch {
		case strings.ContainsAny(word, ",;"):
			return "words are separated by blanks: libsasl2 takes " + strconv.Quote(word) + " for one word"
		case quoted(word):
			return "the quotation marks belong to the value for libsasl2: leave them out"
		case k.Words != nil && !slices.Contains(k.Words, strings.ToLower(word)):
			return strconv.Quote(word) + " is none of " + strings.Join(k.Words, ", ")
		}
	}
	return ""
}

func quoted(value string) bool { return strings.HasPrefix(value, `"`) || strings.HasPrefix(value, "'") }
