package peertest

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestLibVNCClientEncodings(t *testing.T) {
	t.Parallel()
	dir, _ := secured(t)
	guest := StartQEMU(t, QEMUOptions{Credentials: dir, VerifyPeer: true})
	for _, encoding := range []string{"raw", "zrle", "hextile"} {
		t.Run(encoding, func(t *testing.T) {
			viewer := StartLibVNCClient(t, LibVNCClientOptions{
				Address:  guest.Address,
				Encoding: encoding,
				Identity: ClientIdentity(dir),
			})
			WaitSame(t, "libvncclient shows the guest's screen", guest.Picture(), viewer.Picture)
		})
	}
}

func TestLibVNCClientWithoutCertificate(t *testing.T) {
	t.Parallel()
	dir, _ := secured(t)
	guest := StartQEMU(t, QEMUOptions{Credentials: dir, VerifyPeer: true})
	viewer := StartLibVNCClient(t, LibVNCClientOptions{
		Address:  guest.Address,
		Encoding: "raw",
		Identity: ClientIdentity(dir).Anonymous(),
	})
	if log := viewer.Refused(); !strings.Contains(log, "TLS connection was non-properly terminated") {
		t.Errorf("libvncclient said:\n%s", log)
	}
}

func TestLibVNCClientPassword(t *testing.T) {
	t.Parallel()
	guest := StartQEMU(t, QEMUOptions{Socket: filepath.Join(t.TempDir(), "vnc"), Password: "secret"})

	opts := LibVNCClientOptions{Address: guest.Address, Encoding: "raw", Password: "secret"}
	viewer := StartLibVNCClient(t, opts)
	WaitSame(t, "libvncclient shows the guest's screen", guest.Picture(), viewer.Picture)

	opts.Password = "wrong"
	if log := StartLibVNCClient(t, opts).Refused(); !strings.Contains(log, "Authentication failed") {
		t.Errorf("libvncclient with a wrong password said:\n%s", log)
	}
}
