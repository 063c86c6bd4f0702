package e2e_test

import (
	"path/filepath"
	"strings"
	"testing"

	"vncsec/internal/peertest"
)

// TestDeniedByEveryName denies alice, who then tries the other names by which PAM takes her
// for the same person: in capitals, and in realms that saslauthd drops. Others come in.
func TestDeniedByEveryName(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	saslauthd := peertest.StartSaslauthd(t, "vnc", map[string]string{"alice": "secret", "ALICE": "secret", "bob": "secret"})
	dir := t.TempDir()
	writeServiceFile(t, dir, "mech_list: plain", "pwcheck_method: saslauthd", "saslauthd_path: "+saslauthd.Socket)
	for _, denied := range []string{"alice", "Alice@" + saslRealm} {
		list := filepath.Join(t.TempDir(), "list")
		writeList(t, list, `{"policy": "allow", "rules": [{"match": "`+denied+`", "policy": "deny"}]}`)
		console := serve(t, append(append(saslOptions(dir), "--sasl-authz", list, "--listen", anyPort, "--x509", s.server), quietCommand...)...)
		names := []string{"alice", "ALICE", "alice@" + saslRealm, "alice@elsewhere", "ALICE@" + strings.ToUpper(saslRealm), " alice"}
		for _, name := range names {
			if err := logInPlain(t, console.address, name, "secret"); err == nil {
				t.Errorf("%s is denied and comes in as %s", denied, name)
			}
		}
		peertest.Eventually(t, "the log says why", func() bool {
			return strings.Count(console.Log(), "reason=authz-denied") == len(names)
		})
		if err := logInPlain(t, console.address, "bob", "secret"); err != nil {
			t.Errorf("bob: %v", err)
		}
	}
}

// TestKerberosNames has rules that name Kerberos' default realm, which libsasl2 takes off
// the names of those who log in.
func TestKerberosNames(t *testing.T) {
	t.Parallel()
	kdc := peertest.StartKDC(t)
	kdc.AddUser("alice", "secret")
	keytab := filepath.Join(t.TempDir(), "keytab")
	kdc.AddService(keytab, "vnc/"+saslRealm)
	dir := t.TempDir()
	writeServiceFile(t, dir, "mech_list: gssapi", "keytab: "+keytab)
	ticket := append([]string{kdc.Login("alice", "secret")}, kdc.Env...)
	guest := peertest.StartQEMU(t, peertest.QEMUOptions{Socket: socketPath(t)})

	list := filepath.Join(dir, "list")
	writeList(t, list, `{"policy": "allow", "rules": [{"match": "alice@`+kdc.Realm+`", "policy": "deny"}]}`)
	console := serveWith(t, kdc.Env, append(saslOptions(dir), "--sasl-authz", list, "--listen", anyPort, "--backend", guest.Address)...)
	refuseGTK(t, peertest.GTKVNCOptions{Address: onLocalhost(t, console.address), Username: "alice", Env: ticket}, "")
	console.waitLog("reason=authz-denied")

	writeList(t, list, "alice@"+kdc.Realm+"\n")
	console = serveWith(t, kdc.Env, append(saslOptions(dir), "--view-only", list, "--listen", anyPort, "--backend", guest.Address)...)
	peertest.StartGTKVNC(t, peertest.GTKVNCOptions{Address: onLocalhost(t, console.address), Username: "alice", Env: ticket}).WaitInitialized()
	console.waitLog("user=alice view-only=true")
}
