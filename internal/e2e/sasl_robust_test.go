package e2e_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"sync"
	"syscall"
	"testing"

	"vncsec/internal/peertest"
	"vncsec/saslconf/worker"
)

// workers are the SASL workers among the server's children.
func (s *server) workers() []int {
	return slices.DeleteFunc(s.children(), func(pid int) bool {
		line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		return err != nil || !bytes.Contains(line, []byte(worker.Command))
	})
}

func (s *server) signalWorkers(pids []int, signal syscall.Signal) {
	s.t.Helper()
	for _, pid := range pids {
		if err := syscall.Kill(pid, signal); err != nil {
			s.t.Fatal(err)
		}
	}
}

// TestWorkersFail has libsasl2 hang and crash in log-ins while somebody else's session,
// whose every byte goes through libsasl2, goes on; afterwards others log in again.
func TestWorkersFail(t *testing.T) {
	t.Parallel()
	guest := peertest.StartQEMU(t, peertest.QEMUOptions{Socket: socketPath(t)})
	console := serve(t, append(saslOptions(newSASL(t, "digest-md5 plain")), "--listen", "unix:"+socketPath(t), "--backend", guest.Address)...)
	viewer := peertest.StartGTKVNC(t, peertest.GTKVNCOptions{Address: console.address, Username: "alice", Password: "secret"})
	peertest.WaitSame(t, "gtk-vnc shows the screen", guest.Picture(), viewer.Picture)
	typed := ""
	undisturbed := func() {
		t.Helper()
		viewer.Type("a")
		typed += "a"
		guest.WaitTyped(typed)
		peertest.WaitSame(t, "gtk-vnc shows what was typed", guest.Picture(), viewer.Picture)
	}
	peertest.Eventually(t, "the session has a worker", func() bool { return len(console.workers()) > 0 })
	session := console.workers()
	if err := logInPlain(t, console.address, "alice", "secret"); err != nil { // leaves an idle worker
		t.Fatal(err)
	}
	idle := slices.DeleteFunc(console.workers(), func(pid int) bool { return slices.Contains(session, pid) })
	if len(idle) == 0 {
		t.Fatalf("no worker is idle: there are %v", session)
	}

	console.signalWorkers(idle, syscall.SIGSTOP)
	var waiting sync.WaitGroup
	waiting.Go(func() {
		if v, err := dialSASL(console.address); err == nil {
			t.Error("a worker that hangs has answered")
			_ = v.Close()
		}
	})
	undisturbed()
	waiting.Wait()
	console.waitLog("reason=sasl-timeout")
	undisturbed()

	v, err := dialSASL(console.address)
	if err != nil {
		t.Fatalf("after the hang: %v", err)
	}
	defer v.Close()
	if _, err := v.ask("DIGEST-MD5"); err != nil {
		t.Fatal(err)
	}
	crashing := slices.DeleteFunc(console.workers(), func(pid int) bool { return slices.Contains(session, pid) })
	console.signalWorkers(crashing, syscall.SIGSEGV)
	peertest.Eventually(t, "the worker has crashed", func() bool { // it may answer once more before
		return !slices.ContainsFunc(console.workers(), func(pid int) bool { return slices.Contains(crashing, pid) })
	})
	_ = v.send([]byte("username=\"alice\"")) // the server may have ended the session already
	console.waitLog("reason=sasl-engine-crash")
	undisturbed()
	if err := logInPlain(t, console.address, "alice", "secret"); err != nil {
		t.Errorf("after the crash: %v", err)
	}
}

// TestVanishingViewers leave at every stage of a log-in. Nothing is held for them: there are
// no more files and workers than before, and the next one logs in.
func TestVanishingViewers(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	console := serve(t, append(append(saslOptions(newSASL(t, "scram-sha-256 digest-md5 plain")), "--listen", anyPort, "--x509", s.server), quietCommand...)...)
	stages := []func(v *saslViewer) error{
		func(*saslViewer) error { return nil },
		func(v *saslViewer) error { _, err := v.Write(choice("SCRAM-SHA-256")[:6]); return err },
		func(v *saslViewer) error { _, err := v.Write(choice("SCRAM-SHA-256")); return err },
		func(v *saslViewer) error { _, err := v.Write(append(choice("SCRAM-SHA-256"), 0, 0, 1)); return err },
		func(v *saslViewer) error { _, err := v.Write(append(choice("PLAIN"), 0, 15, 0, 0, 'x')); return err },
		func(v *saslViewer) error { _, err := v.ask("DIGEST-MD5"); return err },
		func(v *saslViewer) error { _, err := v.ask("SCRAM-SHA-256"); return err },
		func(v *saslViewer) error {
			if _, err := v.Write(choice("SCRAM-SHA-256")); err != nil {
				return err
			}
			return v.send([]byte("n,,n=alice,r=abcdefgh")) // and does not wait for the answer
		},
	}
	crowd := func(rounds int) {
		t.Helper()
		var wait sync.WaitGroup
		for _, stage := range stages {
			wait.Go(func() {
				for range rounds {
					v, err := dialSASL(console.address)
					if err != nil {
						t.Error(err)
						return
					}
					if err := stage(v); err != nil {
						t.Error(err)
					}
					_ = v.Close()
				}
			})
		}
		wait.Wait()
		if err := logInPlain(t, console.address, "alice", "secret"); err != nil {
			t.Error(err)
		}
	}
	crowd(2)
	files, workers := console.openFiles(), len(console.workers())
	crowd(25)
	peertest.Eventually(t, "no file and no worker stays", func() bool {
		return console.openFiles() <= files+4 && len(console.workers()) <= max(workers, 4)
	})
}
