package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vncsec/internal/peertest"
	"vncsec/vncserve/reason"
)

// saslRealm is the realm of the tests' users, and the server's name for Kerberos.
const saslRealm = "localhost"

// newSASL writes a service file with a list of mechanisms and other lines, makes the user
// alice with the password "secret", stored readable, and returns its folder.
func newSASL(t *testing.T, mechanisms string, lines ...string) string {
	t.Helper()
	dir := t.TempDir()
	database := filepath.Join(dir, "sasldb2")
	peertest.SetSASLPassword(t, database, saslRealm, "alice", "secret")
	lines = append([]string{"mech_list: " + mechanisms, "pwcheck_method: auxprop", "sasldb_path: " + database}, lines...)
	writeServiceFile(t, dir, lines...)
	return dir
}

func writeServiceFile(t *testing.T, dir string, lines ...string) {
	t.Helper()
	content := strings.Join(lines, "\n") + "\n"
	if err := os.WriteFile(filepath.Join(dir, "qemu.conf"), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// saslOptions are those of a server whose users are in a folder.
func saslOptions(dir string) []string {
	return []string{"--sasl", "--sasl-conf", dir, "--sasl-hostname", saslRealm}
}

// closedConnection is what gtk-vnc tells its user when a server just hangs up.
const closedConnection = "Server closed the connection"

// refuseGTK connects gtk-vnc, which must be turned away with a text.
func refuseGTK(t *testing.T, options peertest.GTKVNCOptions, text string) {
	t.Helper()
	viewer := peertest.StartGTKVNC(t, options)
	if told := viewer.Refused(); !strings.Contains(told, text) || !viewer.State().AuthFailed {
		t.Errorf("gtk-vnc as %s was told %q, want %q", options.Username, told, text)
	}
}

// TestSASLOverTLS logs in with every mechanism that viewers have inside TLS: with the right
// password, a wrong one, and as nobody who is known.
func TestSASLOverTLS(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	guest := peertest.StartQEMU(t, peertest.QEMUOptions{Socket: socketPath(t)})
	for mechanism, refusal := range map[string]string{
		"digest-md5":    closedConnection,
		"scram-sha-1":   closedConnection,
		"scram-sha-256": closedConnection,
		"plain":         "Authentication failed",
	} {
		t.Run(mechanism, func(t *testing.T) {
			t.Parallel()
			console := serve(t, append(saslOptions(newSASL(t, mechanism)),
				"--listen", anyPort, "--x509verify", s.server, "--backend", guest.Address)...)
			picture := guest.Picture()
			gtk := peertest.GTKVNCOptions{Address: console.address, Identity: s.admin(), Username: "alice", Password: "secret"}
			peertest.WaitSame(t, "gtk-vnc shows the screen", picture, peertest.StartGTKVNC(t, gtk).Picture)
			console.tell("info vnc")
			console.waitLog("sasl_username: alice")
			console.waitLog("x509_dname: CN=admin")

			gtk.Password = "wrong"
			refuseGTK(t, gtk, refusal)
			console.waitLog("reason=sasl-password-wrong")
			gtk.Username, gtk.Password = "eve", "secret"
			refuseGTK(t, gtk, refusal)
			console.waitLog("reason=sasl-user-unknown")
			console.waitLog(" user=eve")

			if mechanism == "plain" {
				return // libvncclient cannot do it
			}
			lib := peertest.LibVNCClientOptions{Address: console.address, Encoding: "zrle", Identity: s.admin(), Username: "alice", Password: "secret"}
			peertest.WaitSame(t, "libvncclient shows the screen", picture, peertest.StartLibVNCClient(t, lib).Picture)
			lib.Password = "wrong"
			peertest.StartLibVNCClient(t, lib).Refused()
			if strings.Contains(console.Log(), "secret") {
				t.Errorf("the password is in the server's output:\n%s", console.Log())
			}
		})
	}
}

// TestX509Plain has viewers with SASL and viewers without it at one server: each takes what
// it knows.
func TestX509Plain(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	guest := peertest.StartQEMU(t, peertest.QEMUOptions{Socket: socketPath(t)})
	console := serve(t, append(saslOptions(newSASL(t, "scram-sha-256")),
		"--plain", "--listen", anyPort, "--x509", s.server, "--backend", guest.Address)...)
	picture := guest.Picture()
	tiger := peertest.TigerVNCOptions{Address: console.address, CAFile: s.caFile(), Username: "alice", Password: "secret"}
	peertest.WaitSame(t, "TigerVNC shows the screen", picture, peertest.StartTigerVNC(t, tiger).Picture)
	tiger.SecurityTypes = "X509Plain"
	peertest.WaitSame(t, "TigerVNC with X509Plain shows the screen", picture, peertest.StartTigerVNC(t, tiger).Picture)
	gtk := peertest.GTKVNCOptions{Address: console.address, Identity: s.anonymous(), Username: "alice", Password: "secret"}
	peertest.WaitSame(t, "gtk-vnc shows the screen", picture, peertest.StartGTKVNC(t, gtk).Picture)
	lib := peertest.LibVNCClientOptions{Address: console.address, Encoding: "zrle", Identity: s.anonymous(), Username: "alice", Password: "secret"}
	peertest.WaitSame(t, "libvncclient shows the screen", picture, peertest.StartLibVNCClient(t, lib).Picture)

	for user, reason := range map[string]string{"alice": "sasl-password-wrong", "eve": "sasl-user-unknown"} {
		tiger.Username, tiger.Password = user, "wrong"
		if log := peertest.StartTigerVNC(t, tiger).Refused(); !strings.Contains(log, "Authentication failed") {
			t.Errorf("TigerVNC as %s said:\n%s", user, log)
		}
		console.waitLog("reason=" + reason)
	}
}

// TestSASLOnUNIXSocket logs in where QEMU 7.2 hangs up, and where newer ones allow no
// mechanism that gtk-vnc takes.
func TestSASLOnUNIXSocket(t *testing.T) {
	t.Parallel()
	guest := peertest.StartQEMU(t, peertest.QEMUOptions{Socket: socketPath(t)})
	console := serve(t, append(saslOptions(newSASL(t, "digest-md5 scram-sha-256 plain")),
		"--listen", "unix:"+socketPath(t), "--backend", guest.Address)...)
	gtk := peertest.GTKVNCOptions{Address: console.address, Username: "alice", Password: "secret"}
	peertest.WaitSame(t, "gtk-vnc shows the screen", guest.Picture(), peertest.StartGTKVNC(t, gtk).Picture)
	gtk.Password = "wrong"
	refuseGTK(t, gtk, closedConnection)
	console.waitLog("reason=sasl-password-wrong")
	// What passes here cannot be read by others, so what needs TLS elsewhere is good enough.
	for password, code := range map[string]reason.Code{"secret": "", "wrong": reason.SASLPasswordWrong} {
		if err := logInPlain(t, console.address, "alice", password); (err == nil) != (code == "") {
			t.Errorf("PLAIN with the password %s: %v", password, err)
		}
	}
}

// TestPAM checks passwords by PAM, through saslauthd.
func TestPAM(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	saslauthd := peertest.StartSaslauthd(t, "vnc", map[string]string{"alice": "secret"})
	dir := t.TempDir()
	writeServiceFile(t, dir, "mech_list: plain", "pwcheck_method: saslauthd", "saslauthd_path: "+saslauthd.Socket)
	guest := peertest.StartQEMU(t, peertest.QEMUOptions{Socket: socketPath(t)})
	console := serve(t, append(saslOptions(dir),
		"--plain", "--listen", anyPort, "--x509", s.server, "--backend", guest.Address)...)
	picture := guest.Picture()
	gtk := peertest.GTKVNCOptions{Address: console.address, Identity: s.anonymous(), Username: "alice", Password: "secret"}
	peertest.WaitSame(t, "gtk-vnc shows the screen", picture, peertest.StartGTKVNC(t, gtk).Picture)
	tiger := peertest.TigerVNCOptions{Address: console.address, CAFile: s.caFile(), Username: "alice", Password: "secret"}
	peertest.WaitSame(t, "TigerVNC shows the screen", picture, peertest.StartTigerVNC(t, tiger).Picture)
	gtk.Password = "wrong"
	refuseGTK(t, gtk, "Authentication failed")
	console.waitLog("reason=sasl-credentials-wrong")
	saslauthd.Kill()
	gtk.Password = "secret"
	refuseGTK(t, gtk, "Authentication failed")
	console.waitLog("reason=sasl-saslauthd-down")
}
