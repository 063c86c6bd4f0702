package peertest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Saslauthd is a running saslauthd that asks PAM.
type Saslauthd struct {
	*Process
	// Socket is the value of saslauthd_path in a service file.
	Socket string
}

// pamScript is run by pam_exec, with the password on its standard input and NUL behind it.
// The users are lines "SERVICE USER PASSWORD".
const pamScript = `#!/bin/sh
password=$(tr -d '\000')
exec grep -qxF "$PAM_SERVICE $PAM_USER $password" %s
`

// StartSaslauthd starts saslauthd for the time of the test, in a view of the file system
// in which /etc/pam.d has the named service alone: it knows the users, of which the keys
// are the names and the values the passwords.
func StartSaslauthd(t testing.TB, service string, users map[string]string) *Saslauthd {
	t.Helper()
	Need(t, "saslauthd", "unshare")
	dir, err := os.MkdirTemp("", "saslauthd") // a short name, as it is for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	var list strings.Builder
	for name, password := range users {
		fmt.Fprintf(&list, "%s %s %s\n", service, name, password)
	}
	script := filepath.Join(dir, "check")
	for path, content := range map[string]string{
		filepath.Join(dir, "users"): list.String(),
		script:                      fmt.Sprintf(pamScript, filepath.Join(dir, "users")),
		filepath.Join(dir, "pam.d", service): "auth required pam_exec.so quiet expose_authtok " + script +
			"\naccount required pam_permit.so\n",
		filepath.Join(dir, "pam.d", "other"): "auth required pam_deny.so\naccount required pam_deny.so\n",
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("unshare", "--mount", "--map-root-user", "sh", "-c",
		`mount --bind "$1/pam.d" /etc/pam.d && exec "$2" -d -a pam -n 2 -m "$1"`, "sh", dir, programPath("saslauthd"))
	s := &Saslauthd{Process: Start(t, cmd), Socket: filepath.Join(dir, "mux")}
	Eventually(t, "saslauthd listens", func() bool {
		if !s.Running() {
			t.Fatalf("saslauthd ended:\n%s", s.Log())
		}
		_, err := os.Stat(s.Socket)
		return err == nil
	})
	return s
}
