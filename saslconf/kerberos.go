package saslconf

import (
	"path/filepath"
	"regexp"
	"slices"

	"vncsec/internal/lazyregexp"
	"vncsec/saslconf/keytab"
)

// The environment variables that tell Kerberos where the keytab and its settings are.
const (
	keytabEnv     = "KRB5_KTNAME"
	krb5ConfigEnv = "KRB5_CONFIG"
	krb5Config    = "/etc/krb5.conf"
)

// Kerberos' own settings for the keytab, and for the realm of names without one.
var (
	keytabSetting = lazyregexp.New(`(?m)^\s*default_keytab_name\s*=\s*(\S+)`)
	realmSetting  = lazyregexp.New(`(?m)^\s*default_realm\s*=\s*(\S+)`)
)

// KeytabPath is the keytab that the settings lead to or, in this order, the
// environment, Kerberos' own settings, and its default.
func (c *Config) KeytabPath(getenv func(string) (string, bool)) string {
	if path := c.Get("keytab"); path != "" {
		return trimTypePrefix(path)
	}
	if path, ok := getenv(keytabEnv); ok && path != "" {
		return trimTypePrefix(path)
	}
	if path := krb5Setting(keytabSetting(), getenv); path != "" {
		return trimTypePrefix(path)
	}
	return defaultKeytab
}

// KerberosRealms are those that libsasl2 may have taken off a name: the default one of
// Kerberos' settings, and those of the server's own keys. Where Kerberos is not offered
// there are none.
func (c *Config) KerberosRealms(getenv func(string) (string, bool)) []string {
	list, _ := c.Mechanisms()
	if !slices.ContainsFunc(list, isKerberos) {
		return nil
	}
	var realms []string
	if realm := krb5Setting(realmSetting(), getenv); realm != "" {
		realms = append(realms, realm)
	}
	data, err := readFile(c.KeytabPath(getenv))
	if err != nil {
		return realms
	}
	entries, err := keytab.Parse(data)
	if err != nil {
		return realms
	}
	for _, e := range entries {
		if !slices.Contains(realms, e.Realm) {
			realms = append(realms, e.Realm)
		}
	}
	return realms
}

func isKerberos(name string) bool {
	m, ok := LookupMechanism(name)
	return ok && m.Kerberos
}

// krb5Setting finds a setting in Kerberos' files, of which the environment may name several;
// the first that has it counts. Empty if none has.
func krb5Setting(pattern *regexp.Regexp, getenv func(string) (string, bool)) string {
	files := krb5Config
	if named, ok := getenv(krb5ConfigEnv); ok && named != "" {
		files = named
	}
	for _, path := range filepath.SplitList(files) {
		data, err := readFile(path)
		if err != nil {
			continue
		}
		if match := pattern.FindSubmatch(data); match != nil {
			return string(match[1])
		}
	}
	return ""
}
