package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vncsec/internal/peertest"
)

// writeList writes a list of names, in place of the one that was there.
func writeList(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestCertificateList lets in only the certificates that a list names, in the form in which
// the server's log and QEMU have them, and takes a change of the list at once.
func TestCertificateList(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	other := filepath.Join(t.TempDir(), "auditor")
	s.issue(t, "client", "auditor", other, "--organization", "Auditors, Inc.")
	list := filepath.Join(t.TempDir(), "list")
	writeList(t, list, "# who may\nCN=admin\n")
	guest := peertest.StartQEMU(t, peertest.QEMUOptions{Socket: socketPath(t)})
	console := serve(t, "--listen", anyPort, "--x509verify", s.server, "--tls-authz", list, "--backend", guest.Address)
	picture := guest.Picture()
	admin := peertest.GTKVNCOptions{Address: console.address, Identity: s.admin()}
	auditor := peertest.GTKVNCOptions{Address: console.address, Identity: peertest.ClientIdentity(other)}

	peertest.WaitSame(t, "gtk-vnc as admin shows the screen", picture, peertest.StartGTKVNC(t, admin).Picture)
	peertest.StartGTKVNC(t, auditor).Refused()
	console.waitLog("reason=authz-denied")
	console.waitLog("Auditors")

	writeList(t, list, `{"policy": "deny", "rules": [{"match": "O=Auditors\\, Inc.,*", "policy": "allow", "format": "glob"}]}`)
	peertest.WaitSame(t, "gtk-vnc as auditor shows the screen", picture, peertest.StartGTKVNC(t, auditor).Picture)
	peertest.StartGTKVNC(t, admin).Refused()

	writeList(t, list, `{"policy": "allow"`) // half a file must not open the door, nor close it
	peertest.WaitSame(t, "gtk-vnc as auditor still shows the screen", picture, peertest.StartGTKVNC(t, auditor).Picture)
	console.waitLog("reason=authz-list-invalid")
}

// TestUserList lets in only the users that a list names. Who is not in it has proved its
// name, and is told why it may not come in.
func TestUserList(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	dir := newSASL(t, "scram-sha-256")
	peertest.SetSASLPassword(t, filepath.Join(dir, "sasldb2"), saslRealm, "bob", "secret")
	list := filepath.Join(dir, "list")
	writeList(t, list, "alice\n")
	guest := peertest.StartQEMU(t, peertest.QEMUOptions{Socket: socketPath(t)})
	console := serve(t, append(saslOptions(dir), "--sasl-authz", list, "--plain",
		"--listen", anyPort, "--x509", s.server, "--backend", guest.Address)...)
	gtk := peertest.GTKVNCOptions{Address: console.address, Identity: s.anonymous(), Username: "alice", Password: "secret"}
	peertest.WaitSame(t, "gtk-vnc as alice shows the screen", guest.Picture(), peertest.StartGTKVNC(t, gtk).Picture)
	const told = "you are not allowed to open this console"
	gtk.Username = "bob"
	refuseGTK(t, gtk, told)
	console.waitLog("reason=authz-denied")
	console.waitLog("user=bob")
	tiger := peertest.TigerVNCOptions{Address: console.address, CAFile: s.caFile(), Username: "bob", Password: "secret"}
	if log := peertest.StartTigerVNC(t, tiger).Refused(); !strings.Contains(log, told) {
		t.Errorf("TigerVNC said:\n%s", log)
	}
	writeList(t, list, "bob\n")
	peertest.WaitSame(t, "gtk-vnc as bob shows the screen", guest.Picture(), peertest.StartGTKVNC(t, gtk).Picture)
}

// TestViewOnly has two users at a console, one of which may only look: nothing of what he
// does reaches the guest of a proxied display, or the command of a text console.
func TestViewOnly(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	dir := newSASL(t, "scram-sha-256")
	peertest.SetSASLPassword(t, filepath.Join(dir, "sasldb2"), saslRealm, "bob", "secret")
	list := filepath.Join(dir, "list")
	writeList(t, list, "bob\n")
	options := append(saslOptions(dir), "--view-only", list, "--listen", anyPort, "--x509", s.server)

	guest := peertest.StartQEMU(t, peertest.QEMUOptions{Socket: socketPath(t)})
	typed := filepath.Join(t.TempDir(), "typed")
	for name, test := range map[string]struct {
		display []string
		wait    func(t *testing.T, text string)
	}{
		"backend": {[]string{"--backend", guest.Address}, func(t *testing.T, text string) {
			guest.WaitTyped(text)
		}},
		"command": {[]string{"--", "sh", "-c", "stty raw -echo; exec cat >" + typed}, func(t *testing.T, text string) {
			waitFile(t, typed, text)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			console := serve(t, append(options, test.display...)...)
			gtk := peertest.GTKVNCOptions{Address: console.address, Identity: s.anonymous(), Password: "secret"}
			gtk.Username = "bob"
			bob := peertest.StartGTKVNC(t, gtk)
			gtk.Username = "alice"
			alice := peertest.StartGTKVNC(t, gtk)
			gtk.Username = "bob@" + saslRealm // the same user, by another name
			peertest.StartGTKVNC(t, gtk).WaitInitialized()
			console.waitLog("user=bob@" + saslRealm + " view-only=true")
			bob.WaitInitialized()
			alice.WaitInitialized()
			console.waitLog("user=bob view-only=true")
			console.waitLog("user=alice view-only=false")
			peertest.WaitStable(t, "bob sees the screen", bob.Picture)
			for _, text := range []string{"a", "ab", "abc"} {
				bob.Type("x")
				alice.Type(text[len(text)-1:])
				test.wait(t, text)
			}
		})
	}
}
