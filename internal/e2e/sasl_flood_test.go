package e2e_test

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"vncsec/internal/peertest"
)

// TestSASLFlood logs in with wrong passwords, 1,000 times on connections that come one after
// the other and 200 times at once: each is refused for its password, the server neither
// grows nor keeps files or workers, and somebody else's session, whose every byte goes
// through a SASL layer, goes on.
func TestSASLFlood(t *testing.T) {
	t.Parallel()
	guest := peertest.StartQEMU(t, peertest.QEMUOptions{Socket: socketPath(t)})
	console := serve(t, append(saslOptions(newSASL(t, "digest-md5")), "--listen", anyPort, "--backend", guest.Address)...)
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

	// An answer takes a second, so there are 50 guessers, each with an address of its own.
	inARow(t, console.address, 200, 1)
	inARow(t, console.address, 50, 10)
	undisturbed()
	memory, files, workers := console.memory(), console.openFiles(), len(console.children())
	inARow(t, console.address, 50, 10)
	undisturbed()
	inARow(t, console.address, 200, 1)
	undisturbed()

	const guesses = 200 + 1000 + 200
	if n := strings.Count(console.Log(), "reason=sasl-password-wrong"); n != guesses {
		t.Errorf("%d of %d guesses were refused for their password", n, guesses)
	}
	peertest.Eventually(t, "no file and no worker stays", func() bool {
		return console.openFiles() <= files && len(console.children()) <= workers
	})
	now := console.memory()
	t.Logf("the server and its %d workers have %d MiB, in its middle %d MiB", len(console.children()), now>>20, memory>>20)
	if now > memory+memory/4 {
		t.Error("that is too much more")
	}
}

// inARow has guessers try wrong passwords at the same time, each one after the other.
func inARow(t *testing.T, address string, guessers, guesses int) {
	t.Helper()
	var crowd sync.WaitGroup
	for i := range guessers {
		crowd.Go(func() {
			for range guesses {
				if err := guess(address, net.IPv4(127, 0, 1, byte(1+i))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	crowd.Wait()
}

// guess tries a wrong password by DIGEST-MD5 (RFC 2831) from an address.
func guess(address string, from net.IP) error {
	v, err := dialSASL(address, from)
	if err != nil {
		return err
	}
	defer v.Close()
	challenge, err := v.ask("DIGEST-MD5")
	if err != nil {
		return err
	}
	_, nonce, _ := strings.Cut(challenge, `nonce="`)
	nonce, _, _ = strings.Cut(nonce, `"`)
	answer := fmt.Sprintf(`username="alice",realm="%s",nonce="%s",cnonce="0",nc=00000001,qop=auth-conf,cipher=rc4,`+
		`digest-uri="vnc/%s",response=%032d,charset=utf-8`, saslRealm, nonce, saslRealm, 0)
	if err := v.send([]byte(answer)); err != nil {
		return err
	}
	if got, err := io.ReadAll(v); err != nil || len(got) > 0 {
		return fmt.Errorf("to a wrong password the server says %q, %v", got, err)
	}
	return nil
}

// memory is what the server and its workers have in memory, in bytes.
func (s *server) memory() int {
	total := 0
	for _, pid := range append(s.children(), s.PID()) {
		statm, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
		if err != nil {
			continue // a worker that has just ended
		}
		pages, err := strconv.Atoi(strings.Fields(string(statm))[1])
		if err != nil {
			s.t.Fatal(err)
		}
		total += pages * os.Getpagesize()
	}
	return total
}

// children are the processes that the server has started and that run.
func (s *server) children() []int {
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", s.PID()))
	if err != nil {
		s.t.Fatal(err)
	}
	var children []int
	for _, list := range lists {
		pids, err := os.ReadFile(list)
		if err != nil {
			continue // the thread has ended
		}
		for _, field := range strings.Fields(string(pids)) {
			pid, err := strconv.Atoi(field)
			if err != nil {
				s.t.Fatal(err)
			}
			children = append(children, pid)
		}
	}
	return children
}
