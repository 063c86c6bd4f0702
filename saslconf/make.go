package saslconf

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"vncsec/internal/nearest"
)

// The files that a new service file leads to are where the QEMU manual has them.
const (
	newFolder   = "/etc/qemu"
	newDatabase = "passwd.db"
	newKeytab   = "krb5.tab"
)

// NewOptions say what is in a new service file.
type NewOptions struct {
	// Ways are how viewers shall log in, words of Ways.
	Ways []string
	// Database is the file of users, Keytab the file of Kerberos keys; empty: in the
	// folder Beside or else where the QEMU manual has them.
	Database, Keytab string
	Beside           string
}

// way is how viewers log in, in the words of people.
type way struct {
	name      string
	mechanism string
	check     string // pwcheck_method
	why       []string
}

var ways = []way{
	{name: "scram-sha-256", why: []string{"scram-sha-256: name and password, inside TLS. What is stored does not tell the password."}},
	{name: "scram-sha-512", why: []string{"scram-sha-512: as scram-sha-256, with a longer hash that fewer viewers know."}},
	{name: "scram-sha-1", why: []string{"scram-sha-1: as scram-sha-256, for viewers that are too old for it."}},
	{name: "gssapi", why: []string{"gssapi: Kerberos tickets. Encrypts the session by itself, so TLS is not needed."}},
	{name: "digest-md5", why: []string{
		"digest-md5: name and password, and weak encryption of the session without TLS.",
		"Passwords have to be stored readable, and RC4 and MD5 are broken: only for old viewers.",
	}},
	{name: "plain", check: "auxprop", why: []string{
		"plain: name and password as they are, inside TLS only. Passwords have to be stored",
		"readable: scram-sha-256 is better.",
	}},
	{name: "plain-pam", mechanism: "plain", check: "saslauthd", why: []string{
		"plain: name and password as they are, inside TLS only. saslauthd asks PAM, so these",
		"are the accounts of this machine.",
	}},
}

// Ways lists the ways to log in that a new service file can have.
func Ways() []string {
	names := make([]string, len(ways))
	for i, w := range ways {
		names[i] = w.name
	}
	return names
}

// New makes a service file with comments that say why.
func New(o NewOptions) (*Config, error) {
	chosen, err := choose(o.Ways)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString("# How viewers log in to VNC consoles by SASL: read by libsasl2 for QEMU and vncsec serve.\n" +
		"# vncsec sasl check finds what is wrong with it.\n\n")
	var list []string
	for _, w := range chosen {
		for _, line := range w.why {
			fmt.Fprintf(&b, "# %s\n", line)
		}
		list = append(list, w.offers())
	}
	fmt.Fprintf(&b, "# Only what stands here is offered. Without this line libsasl2 offers all that is\n"+
		"# installed, and QEMU lets everybody in by ANONYMOUS.\nmech_list: %s\n", strings.Join(list, " "))
	b.WriteString(passwordSection(chosen))
	b.WriteString(databaseSection(chosen, o.place(o.Database, newDatabase)))
	b.WriteString(keytabSection(chosen, o.place(o.Keytab, newKeytab)))
	return Parse("", []byte(b.String()))
}

// place is the path of a file that may have been given.
func (o NewOptions) place(path, name string) string {
	return orDefault(path, filepath.Join(orDefault(o.Beside, newFolder), name))
}

// offers is the way's word in mech_list.
func (w way) offers() string { return orDefault(w.mechanism, w.name) }

func orDefault(value, instead string) string {
	if value == "" {
		return instead
	}
	return value
}

// choose finds ways by their names, each once.
func choose(names []string) ([]way, error) {
	var chosen []way
	for _, name := range names {
		name = strings.ToLower(name)
		i := slices.IndexFunc(ways, func(w way) bool { return w.name == name })
		if i < 0 {
			return nil, unknownWay(name)
		}
		if slices.ContainsFunc(chosen, func(w way) bool { return w.offers() == ways[i].offers() && w.name != name }) {
			return nil, fmt.Errorf("plain and plain-pam exclude each other: passwords are checked in one place")
		}
		if !slices.ContainsFunc(chosen, func(w way) bool { return w.name == name }) {
			chosen = append(chosen, ways[i])
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("name a way to log in: %s", strings.Join(Ways(), ", "))
	}
	return chosen, nil
}

// unknownWay words what is wrong with a name.
func unknownWay(name string) error {
	if m, ok := LookupMechanism(name); ok {
		if m.Anonymous {
			return fmt.Errorf("anonymous lets everybody in: leave it out")
		}
		return fmt.Errorf("%s is not written into new files%s: one of %s", name, because(m.Weak), strings.Join(Ways(), ", "))
	}
	if meant, ok := nearest.Word(name, Ways()); ok {
		return fmt.Errorf("unknown mechanism %q (did you mean %s?)", name, meant)
	}
	return fmt.Errorf("unknown mechanism %q: one of %s", name, strings.Join(Ways(), ", "))
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ", as " + reason
}

// passwordSection says who checks the passwords of PLAIN.
func passwordSection(chosen []way) string {
	i := slices.IndexFunc(chosen, func(w way) bool { return w.check != "" })
	if i < 0 {
		return ""
	}
	if chosen[i].check == "auxprop" {
		return "\n# The password of PLAIN is compared with the stored one.\npwcheck_method: auxprop\n"
	}
	return "\n# The password of PLAIN goes to saslauthd, which asks PAM for the service vnc (/etc/pam.d/vnc).\n" +
		"pwcheck_method: saslauthd\nsaslauthd_path: " + defaultSaslauthd + "\n"
}

// databaseSection says where the users are.
func databaseSection(chosen []way, path string) string {
	if !slices.ContainsFunc(chosen, way.usesDatabase) {
		return ""
	}
	return "\n# The users, made with vncsec sasl user add. The account that runs the server must be able\n" +
		"# to read the file, and nobody else.\nauxprop_plugin: sasldb\nsasldb_path: " + path + "\n"
}

// usesDatabase tells whether users are looked up in the file of users.
func (w way) usesDatabase() bool {
	m, _ := LookupMechanism(w.offers())
	return m.Stored || w.check == "auxprop"
}

// keytabSection says where the Kerberos keys are.
func keytabSection(chosen []way, path string) string {
	if !slices.ContainsFunc(chosen, way.usesKerberos) {
		return ""
	}
	return "\n# The key of vnc/HOST, for which viewers ask a ticket (not qemu/HOST). The account that\n" +
		"# runs the server must be able to read the file, and nobody else.\nkeytab: " + path + "\n"
}

func (w way) usesKerberos() bool {
	m, _ := LookupMechanism(w.offers())
	return m.Kerberos
}

// Next lists the commands that come after a new service file, for a server with a
// host name.
func (c *Config) Next(host string) []string {
	var next []string
	var stored, kerberos, pam bool
	list, _ := c.Mechanisms()
	for _, name := range list {
		m, _ := LookupMechanism(name)
		daemon := m.Plaintext && slices.Contains(c.passwordChecks(), "saslauthd")
		stored = stored || m.Stored || m.Plaintext && !daemon
		kerberos = kerberos || m.Kerberos
		pam = pam || daemon
	}
	if stored {
		next = append(next, command("user add", c.Path, "NAME"))
	}
	if kerberos {
		next = append(next, keytabCure(host, c.Get("keytab")))
	}
	if pam {
		next = append(next, "apt-get install sasl2-bin && systemctl enable --now saslauthd", pamCure())
	}
	return append(next, command("check", c.Path))
}
