package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is a process under measurement.
type server struct {
	name string
	addr string
	cmd  *exec.Cmd
}

// startServer starts a process and waits until it says where it listens.
func startServer(name string, argv ...string) (*server, error) {
	cmd := exec.Command(argv[0], argv[1:]...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{name: name, cmd: cmd}
	lines := bufio.NewScanner(stderr)
	var said []string
	for lines.Scan() {
		said = append(said, lines.Text())
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			s.addr = m[1]
			go func() { _, _ = io.Copy(io.Discard, stderr) }()
			return s, nil
		}
	}
	s.stop()
	return nil, fmt.Errorf("%s does not listen: %s", name, strings.Join(said, " / "))
}

// listening matches vncsec's log line and the peers'.
var listening = regexp.MustCompile(`msg=listening address=(\S+)`)

// startPeer starts this program in another role.
func startPeer(role string, o options) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return startServer(role, self, role, "-dir", o.dir, "-backend", o.backend, "-picture", o.picture)
}

func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
}

// clockTick is the unit of /proc/PID/stat (USER_HZ, always 100 on Linux).
const clockTick = 10 * time.Millisecond

// cpu is the process's user and system time so far (proc(5), fields 14 and 15).
func (s *server) cpu() (time.Duration, error) {
	content, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid), "stat"))
	if err != nil {
		return 0, err
	}
	_, rest, ok := strings.Cut(string(content), ") ")
	fields := strings.Fields(rest)
	if !ok || len(fields) < 13 {
		return 0, errors.New("cannot read /proc/PID/stat")
	}
	user, err1 := strconv.ParseInt(fields[11], 10, 64)
	system, err2 := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * clockTick, errors.Join(err1, err2)
}

// cpuOf is what work costs the process.
func (s *server) cpuOf(work func() error) (time.Duration, error) {
	before, err := s.cpu()
	if err != nil {
		return 0, err
	}
	if err := work(); err != nil {
		return 0, err
	}
	after, err := s.cpu()
	return after - before, err
}

// memory is the process's resident memory in bytes.
func (s *server) memory() (int, error) {
	content, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid), "status"))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(content), "VmRSS:")
	var kilobytes int
	_, err = fmt.Sscan(rest, &kilobytes)
	return kilobytes << 10, err
}

// buildVncsec builds the module's binary as it is released.
func buildVncsec(folder string) (string, error) {
	binary := filepath.Join(folder, "vncsec")
	cmd := exec.Command("go", "build", "-trimpath", "-o", binary, "vncsec")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building vncsec: %w\n%s", err, out)
	}
	return binary, nil
}
