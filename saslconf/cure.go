package saslconf

import (
	"fmt"
	"path/filepath"
	"strings"

	"vncsec/internal/shell"
)

// editCure changes one line with sed.
func editCure(line int, edit, path string) string {
	return shell.Line("sed", "-i", fmt.Sprintf("%d%s", line, edit), path)
}

// initCure writes a service file. The mechanism is the one that suits most.
func initCure(path string) string {
	return command("init", path, "--mech", "scram-sha-256")
}

// setCure changes a setting.
func setCure(path, key, value string) string { return command("set", path, key+"="+value) }

// command is a vncsec sasl command for a service file.
func command(verb, path string, args ...string) string {
	words := append(append([]string{"vncsec", "sasl"}, strings.Fields(verb)...), args...)
	if path != "" && path != DefaultPath {
		words = append(words, "--file", path)
	}
	return shell.Line(words...)
}

// accessCure lets an account read a file: where the way to it is barred, that is
// opened for passing through only.
func (a *Account) accessCure(path string, err error) string {
	access, ok := err.(*accessError)
	switch {
	case !ok:
		return shell.Line("sudo", "ls", "-l", path)
	case access.info.IsDir():
		return shell.Line("chmod", "a+x", access.path)
	}
	return a.ownCure(path)
}

// ownCure gives a file to an account alone.
func (a *Account) ownCure(path string) string {
	return shell.Line("chown", a.Name, path) + " && " + shell.Line("chmod", "0600", path)
}

// keytabCure makes a key where Kerberos is administered.
func keytabCure(host, path string) string {
	principal := "vnc/" + host
	return shell.Line("kadmin", "-q", "addprinc -randkey "+principal) + " && " +
		shell.Line("kadmin", "-q", fmt.Sprintf("ktadd -k %s %s", filepath.Clean(path), principal))
}

// renameKey is a sed command that corrects the key of a line.
func renameKey(old, new string) string { return fmt.Sprintf("s/%s/%s/I", old, new) }
