package saslconf

import (
	"os"
	"path/filepath"
)

// Plugins are the folders with libsasl2's plugins.
type Plugins []string

// has tells whether a plugin is installed. libsasl2 loads the files that are called
// libNAME.so, whatever they are called inside.
func (p Plugins) has(plugin string) bool {
	if plugin == "" {
		return true // built in
	}
	for _, dir := range p {
		if _, err := os.Stat(filepath.Join(dir, "lib"+plugin+".so")); err == nil {
			return true
		}
	}
	return false
}

// packages names the packages that bring a plugin; Fedora's name is empty where there
// is none.
var packages = map[string]struct{ debian, fedora string }{
	"anonymous": {"libsasl2-modules", "cyrus-sasl-lib"},
	"crammd5":   {"libsasl2-modules", "cyrus-sasl-md5"},
	"digestmd5": {"libsasl2-modules", "cyrus-sasl-md5"},
	"gs2":       {"libsasl2-modules-gssapi-mit", "cyrus-sasl-gs2"},
	"gssapiv2":  {"libsasl2-modules-gssapi-mit", "cyrus-sasl-gssapi"},
	"ldapdb":    {"libsasl2-modules-ldap", "cyrus-sasl-ldap"},
	"login":     {"libsasl2-modules", "cyrus-sasl-plain"},
	"ntlm":      {"libsasl2-modules", "cyrus-sasl-ntlm"},
	"otp":       {"libsasl2-modules-otp", ""},
	"plain":     {"libsasl2-modules", "cyrus-sasl-plain"},
	"sasldb":    {"libsasl2-modules-db", "cyrus-sasl-lib"},
	"scram":     {"libsasl2-modules", "cyrus-sasl-scram"},
	"sql":       {"libsasl2-modules-sql", "cyrus-sasl-sql"},
}

// installCommand is the command that installs a plugin, on Debian unless this is
// Fedora; empty where no package brings it.
func installCommand(plugin string) string {
	names, ok := packages[plugin]
	if _, err := os.Stat("/etc/debian_version"); err != nil && ok && names.fedora != "" {
		if _, err := os.Stat("/usr/bin/dnf"); err == nil {
			return "dnf install " + names.fedora
		}
	}
	if !ok {
		return ""
	}
	return "apt-get install " + names.debian
}

// packagesOf words which packages bring a plugin.
func packagesOf(plugin string) string {
	names, ok := packages[plugin]
	switch {
	case !ok:
		return "which neither Debian nor Fedora has"
	case names.fedora == "":
		return "Debian package " + names.debian
	}
	return "Debian package " + names.debian + ", Fedora " + names.fedora
}
