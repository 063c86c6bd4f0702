package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"vncsec/internal/peertest"
	"vncsec/vncserve/reason"
)

// nobody is an account that owns nothing.
const nobody = 65534

// asNobody runs a command as that account.
func asNobody(cmd *exec.Cmd) *exec.Cmd {
	cmd.Env = append(cmd.Env, "HOME=/")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	return cmd
}

// TestUnreadable runs the server as an account that may not read what root has made, which
// is the fault that libsasl2 tells nobody about. It has one code in all commands, and the
// server does not start; where it is made so later, log-ins are refused with the same code.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can be somebody else")
	}
	peertest.Need(t, "libsasl2")
	// Folders of tests are closed to others.
	dir, err := os.MkdirTemp("", "vncsec-account-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	for _, open := range []string{dir, filepath.Dir(binary)} {
		if err := os.Chmod(open, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	database, keytab, conf := filepath.Join(dir, "sasldb2"), filepath.Join(dir, "keytab"), filepath.Join(dir, "qemu.conf")
	peertest.SetSASLPassword(t, database, saslRealm, "alice", "secret")
	write := func(path, content string, mode os.FileMode) {
		t.Helper()
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	own := func(path string) {
		t.Helper()
		if err := os.Chown(path, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	password := filepath.Join(dir, "password")
	write(password, "secret\n", 0o600)
	own(password)
	write(keytab, "", 0o600)
	options := append(append([]string{"serve"}, saslOptions(conf)...), "--listen", anyPort)

	for _, fault := range []struct {
		content string
		mode    os.FileMode
		code    reason.Code
	}{
		{"mech_list: digest-md5\nsasldb_path: " + database + "\n", 0o600, reason.SASLConfUnreadable},
		{"mech_list: digest-md5\nsasldb_path: " + database + "\n", 0o644, reason.SASLDBUnreadable},
		{"mech_list: gssapi\nkeytab: " + keytab + "\n", 0o644, reason.SASLKeytabUnreadable},
	} {
		write(conf, fault.content, fault.mode)
		tells(t, command(t, "sasl", "check", "--user", "nobody", "--no-tls", "--file", conf), 2, "["+string(fault.code)+"]")
		tells(t, asNobody(command(t, "sasl", "check", "--no-tls", "--file", conf)), 2, "["+string(fault.code)+"]")
		tells(t, asNobody(command(t, "sasl", "test", "alice", "--no-tls", "--file", conf, "--password-file", password)), 1, "["+string(fault.code)+"]")
		refuseStart(t, asNobody(command(t, append(options, quietCommand...)...)), fault.code)
	}

	write(conf, "mech_list: digest-md5\nsasldb_path: "+database+"\n", 0o644)
	own(database)
	cmd := asNobody(command(t, append(append(options, "--monitor", "stdio"), quietCommand...)...))
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	console := &server{Process: peertest.Start(t, cmd), t: t, monitor: stdin}
	console.tell("info vnc")
	console.address = console.waitListening()
	if err := guess(console.address, nil); err != nil {
		t.Fatal(err)
	}
	console.waitLog("reason=sasl-password-wrong")
	if err := os.Chmod(database, 0); err != nil {
		t.Fatal(err)
	}
	if err := guess(console.address, nil); err != nil {
		t.Fatal(err)
	}
	console.waitLog("reason=sasl-db-unreadable")
}
