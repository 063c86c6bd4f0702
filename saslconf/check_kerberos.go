package saslconf

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"vncsec/saslconf/keytab"
	"vncsec/vncserve/reason"
)

// checkKerberos looks at the keytab.
func (x *examination) checkKerberos() {
	if !x.needs(func(m Mechanism) bool { return m.Kerberos }) {
		return
	}
	path := x.config.KeytabPath(x.Getenv)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		message := "there is no keytab, and no ticket can be checked"
		if x.config.Get("keytab") == "" {
			message += " (it is the default one, as the service file has no keytab)"
		}
		x.addAbout(path, Critical, reason.SASLKeytabMissing, 0, message, keytabCure(x.host, path))
		return
	case err != nil:
		x.addAbout(path, Critical, reason.SASLKeytabUnreadable, 0, fmt.Sprintf("the keytab cannot be read: %v", cause(err)), x.account.accessCure(path, err))
		return
	}
	if err := x.account.mayRead(path); err != nil {
		x.addAbout(path, Critical, reason.SASLKeytabUnreadable, 0, fmt.Sprintf("%s cannot read the keytab: %v", x.account.Name, err), x.account.accessCure(path, err))
	}
	if othersMayRead(info) {
		x.addAbout(path, Critical, reason.SASLKeytabOpen, 0, fmt.Sprintf("every user can read the server's keys (mode %04o); expected 0600", info.Mode().Perm()), x.account.ownCure(path))
	}
	x.checkChangeable(path, reason.SASLKeytabOpen, 0)
	x.checkKeytab(path)
}

// checkKeytab looks for a key of vnc/HOST, the name that viewers ask a ticket for.
func (x *examination) checkKeytab(path string) {
	data, err := readFile(path)
	if isPermission(err) {
		x.addAbout(path, Critical, reason.SASLKeytabUnreadable, 0, fmt.Sprintf("the keytab cannot be read: %v", cause(err)), x.account.accessCure(path, err))
		return
	}
	if err != nil {
		x.addAbout(path, Critical, reason.SASLKeytabInvalid, 0, fmt.Sprintf("the keytab cannot be read: %v", cause(err)), keytabCure(x.host, path))
		return
	}
	entries, err := keytab.Parse(data)
	if err != nil {
		x.addAbout(path, Critical, reason.SASLKeytabInvalid, 0, err.Error(), keytabCure(x.host, path))
		return
	}
	if slices.ContainsFunc(entries, func(e keytab.Entry) bool { return isService(e, x.host) }) {
		return
	}
	x.addAbout(path, Critical, reason.SASLKeytabPrincipal, 0,
		fmt.Sprintf("the keytab has no key for vnc/%s, which viewers ask a ticket for; it has %s", x.host, principals(entries)), keytabCure(x.host, path))
}

// isService tells whether a key is that of vnc/HOST, of any realm.
func isService(e keytab.Entry, host string) bool {
	return len(e.Components) == 2 && e.Components[0] == "vnc" && strings.EqualFold(e.Components[1], host)
}

// principals lists whose keys are in a keytab.
func principals(entries []keytab.Entry) string {
	var list []string
	for _, e := range entries {
		if name := e.Principal(); !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	const most = 5
	switch {
	case len(list) == 0:
		return "none at all"
	case len(list) > most:
		return strings.Join(list[:most], ", ") + " ..."
	}
	return strings.Join(list, ", ")
}
