package e2e_test

import (
	"image"
	"net"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"vncsec/internal/peertest"
)

// picturing is a viewer that shows something.
type picturing interface{ Picture() *image.RGBA }

// onLocalhost names the host of an address as Kerberos knows it.
func onLocalhost(t *testing.T, address string) string {
	t.Helper()
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	return net.JoinHostPort(saslRealm, port)
}

// readable finds in captured bytes what a session without encryption has: a number of
// pixels of one colour, the name of the desktop, or the stroke of the key "a".
func readable(fromServer, fromViewer string) []string {
	var found []string
	for what, seen := range map[string]bool{
		"pixels":             regexp.MustCompile(`(?s)\x00{64}`).MatchString(fromServer),
		"the desktop's name": strings.Contains(fromServer, "\x00\x00\x00\x04QEMU"),
		"a key":              strings.Contains(fromViewer, "\x04\x01\x00\x00\x00\x00\x00a"),
		"the password":       strings.Contains(fromViewer, "secret"),
	} {
		if seen {
			found = append(found, what)
		}
	}
	return found
}

// TestSASLLayer has sessions without TLS encrypted by SASL itself: captured bytes show
// nothing of them, the screen comes through whole, and keys get to the guest.
func TestSASLLayer(t *testing.T) {
	t.Parallel()
	kdc := peertest.StartKDC(t)
	kdc.AddUser("alice", "secret")
	keytab := filepath.Join(t.TempDir(), "keytab")
	kdc.AddService(keytab, "vnc/"+saslRealm)
	ticket := append([]string{kdc.Login("alice", "secret")}, kdc.Env...)
	kerberos := t.TempDir()
	writeServiceFile(t, kerberos, "mech_list: gssapi", "keytab: "+keytab)

	guest := peertest.StartQEMU(t, peertest.QEMUOptions{Socket: socketPath(t)})
	picture := guest.Picture()
	typed := ""
	for _, test := range []struct {
		name   string
		dir    string
		user   string // as the server knows it
		viewer func(t *testing.T, address string) picturing
	}{
		{"libvncclient with DIGEST-MD5", newSASL(t, "digest-md5"), "alice", func(t *testing.T, address string) picturing {
			return peertest.StartLibVNCClient(t, peertest.LibVNCClientOptions{Address: address, Encoding: "raw", Username: "alice", Password: "secret"})
		}},
		{"gtk-vnc with DIGEST-MD5", newSASL(t, "digest-md5"), "alice", func(t *testing.T, address string) picturing {
			return peertest.StartGTKVNC(t, peertest.GTKVNCOptions{Address: address, Username: "alice", Password: "secret"})
		}},
		{"gtk-vnc with GSSAPI", kerberos, "alice", func(t *testing.T, address string) picturing {
			return peertest.StartGTKVNC(t, peertest.GTKVNCOptions{Address: onLocalhost(t, address), Username: "alice", Env: ticket})
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			console := serveWith(t, kdc.Env, append(saslOptions(test.dir), "--listen", anyPort, "--backend", guest.Address)...)
			relay := peertest.StartRelay(t, console.address)
			viewer := test.viewer(t, relay.Address)
			peertest.WaitSame(t, "the viewer shows the screen", picture, viewer.Picture)
			console.waitLog("user=" + test.user)
			if keyboard, ok := viewer.(interface{ Type(string) }); ok {
				keyboard.Type("a")
				typed += "a"
				guest.WaitTyped(typed)
				picture = guest.Picture()
				peertest.WaitSame(t, "the viewer shows what was typed", picture, viewer.Picture)
			}
			if found := readable(relay.FromServer(), relay.FromViewer()); found != nil {
				t.Errorf("on the way can be read: %q", found)
			}
		})
	}
	t.Run("without encryption", func(t *testing.T) { // readable finds what there is
		console := serve(t, "--listen", anyPort, "--unsafe-listen", "--backend", guest.Address)
		relay := peertest.StartRelay(t, console.address)
		viewer := peertest.StartLibVNCClient(t, peertest.LibVNCClientOptions{Address: relay.Address, Encoding: "raw"})
		peertest.WaitSame(t, "libvncclient shows the screen", picture, viewer.Picture)
		if found := readable(relay.FromServer(), "\x04\x01\x00\x00\x00\x00\x00asecret"); len(found) != 4 {
			t.Errorf("on the way can be read only %q", found)
		}
	})
}

// TestKerberos logs in by ticket inside TLS, and without a good one nowhere.
func TestKerberos(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	kdc := peertest.StartKDC(t)
	kdc.AddUser("alice", "secret")
	keytab := filepath.Join(t.TempDir(), "keytab")
	kdc.AddService(keytab, "vnc/"+saslRealm)
	ticket := kdc.Login("alice", "secret")
	dir := t.TempDir()
	writeServiceFile(t, dir, "mech_list: gssapi", "keytab: "+keytab)
	guest := peertest.StartQEMU(t, peertest.QEMUOptions{Socket: socketPath(t)})
	for name, options := range map[string][]string{
		"with TLS":    {"--x509", s.server},
		"without TLS": nil,
	} {
		t.Run(name, func(t *testing.T) {
			console := serveWith(t, kdc.Env, append(append(saslOptions(dir), options...), "--listen", anyPort, "--backend", guest.Address)...)
			gtk := peertest.GTKVNCOptions{
				Address: onLocalhost(t, console.address), Identity: s.anonymous(), Username: "alice", Env: append([]string{ticket}, kdc.Env...),
			}
			peertest.WaitSame(t, "gtk-vnc shows the screen", guest.Picture(), peertest.StartGTKVNC(t, gtk).Picture)
			gtk.Env = kdc.Env
			refuseGTK(t, gtk, "") // the viewer gives up by itself
			console.waitLog("reason=peer-gone")
		})
	}
	t.Run("a key that the keytab does not have", func(t *testing.T) {
		kdc.Renew("vnc/" + saslRealm)
		console := serveWith(t, kdc.Env, append(saslOptions(dir), "--listen", anyPort, "--backend", guest.Address)...)
		refuseGTK(t, peertest.GTKVNCOptions{
			Address: onLocalhost(t, console.address), Username: "alice", Env: append([]string{kdc.Login("alice", "secret")}, kdc.Env...),
		}, "")
		console.waitLog("reason=sasl-ticket")
	})
}
