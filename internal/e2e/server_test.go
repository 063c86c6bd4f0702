package e2e_test

import (
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"testing"

	"vncsec/internal/peertest"
)

// server is a running "vncsec serve", its monitor on a pipe.
type server struct {
	*peertest.Process
	// address is HOST:PORT or unix:PATH, for viewers.
	address string
	t       *testing.T
	monitor io.Writer
}

// anyPort lets the server take a free TCP port of the loopback interface.
const anyPort = "127.0.0.1::0"

// serve starts a server and waits until it listens. Options come first, then two
// dashes and the console's command if there is one.
func serve(t *testing.T, args ...string) *server {
	t.Helper()
	return serveWith(t, nil, args...)
}

// serveWith is serve with variables in the environment.
func serveWith(t *testing.T, env []string, args ...string) *server {
	t.Helper()
	cmd := command(t, append([]string{"serve", "--monitor", "stdio"}, args...)...)
	cmd.Env = append(cmd.Env, env...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	s := &server{Process: peertest.Start(t, cmd), t: t, monitor: stdin}
	t.Cleanup(func() {
		if strings.Contains(s.Log(), "DATA RACE") {
			t.Errorf("vncsec serve:\n%s", s.Log())
		}
	})
	s.tell("info vnc")
	s.address = s.waitListening()
	return s
}

// listening is a line of "info vnc".
var listening = regexp.MustCompile(`Server: (.*):(.+) \((ipv4|ipv6|unix)\)`)

func (s *server) waitListening() string {
	s.t.Helper()
	var found []string
	peertest.Eventually(s.t, "vncsec serve listens", func() bool {
		found = listening.FindStringSubmatch(s.Log())
		if found == nil && !s.Running() {
			s.t.Fatalf("vncsec serve ended:\n%s", s.Log())
		}
		return found != nil
	})
	if found[3] == "unix" {
		return "unix:" + found[2]
	}
	return net.JoinHostPort(found[1], found[2])
}

// tell types a line into the monitor.
func (s *server) tell(line string) {
	s.t.Helper()
	if _, err := fmt.Fprintln(s.monitor, line); err != nil {
		s.t.Fatalf("monitor: %v\n%s", err, s.Log())
	}
}

// waitLog waits until the server has written the text.
func (s *server) waitLog(text string) {
	s.t.Helper()
	peertest.Eventually(s.t, "vncsec serve writes "+text, func() bool { return strings.Contains(s.Log(), text) })
}
