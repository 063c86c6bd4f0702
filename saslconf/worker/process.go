package worker

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
	"unicode"

	"vncsec/vncserve/reason"
)

// process is a worker, seen from its parent.
type process struct {
	command *exec.Cmd
	socket  net.Conn
	errors  *head
	limit   time.Duration // of one call

	host, version string // this host's name and libsasl2's version, as the worker sees them
	generation    int    // of the service file that it has read
	uses          int    // log-ins so far

	calling sync.Mutex
	ended   chan struct{}
	state   error // how it ended; valid after ended
}

// startProcess starts a worker, which has libsasl2 loaded when it returns.
func startProcess(o Options) (*process, error) {
	ours, theirs, err := socketPair()
	if err != nil {
		return nil, fmt.Errorf("making a socket for a worker: %w", err)
	}
	defer theirs.Close()
	command, err := thisProgram()
	if err != nil {
		ours.Close()
		return nil, err
	}
	p := &process{socket: ours, limit: o.StepTimeout, errors: &head{}, ended: make(chan struct{}), command: command}
	p.command.Env = append(environment(os.Environ()), o.Env...)
	p.command.ExtraFiles = []*os.File{theirs}
	p.command.Stderr = p.errors
	p.command.WaitDelay = time.Second
	if err := p.command.Start(); err != nil {
		ours.Close()
		return nil, fmt.Errorf("starting a worker: %w", err)
	}
	go func() {
		p.state = p.command.Wait()
		close(p.ended)
	}()
	answer, _, err := p.call(request{Op: opSetUp, File: o.Config.Path, Secret: o.decoySecret}, o.Config.Bytes())
	if err != nil {
		p.kill()
		return nil, err
	}
	p.host, p.version = answer.Host, answer.Version
	return p, nil
}

// selfLink leads to the program of whoever follows it, in Linux.
const selfLink = "/proc/self/exe"

// thisProgram is this very program with the command of workers, even if its file has been
// replaced by another version since it was started.
func thisProgram() (*exec.Cmd, error) {
	path, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program: %w", err)
	}
	command := exec.Command(path, Command)
	if _, err := os.Stat(selfLink); err == nil {
		command.Path, command.Err = selfLink, nil
	}
	return command, nil
}

// socketPair makes a connected pair of UNIX sockets, one end for a child.
func socketPair() (net.Conn, *os.File, error) {
	syscall.ForkLock.RLock()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fds[0])
		syscall.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, err
	}
	ours, theirs := os.NewFile(uintptr(fds[0]), "worker"), os.NewFile(uintptr(fds[1]), "parent")
	defer ours.Close() // FileConn makes a copy
	conn, err := net.FileConn(ours)
	if err != nil {
		theirs.Close()
		return nil, nil, err
	}
	return conn, theirs, nil
}

// call sends a request and waits for its answer. A worker that fails to give one in time,
// or at all, is killed. Refusals of libsasl2 are errors with a code, and leave the worker
// in working order.
func (p *process) call(q request, data []byte) (reply, []byte, error) {
	p.calling.Lock()
	defer p.calling.Unlock()
	var a reply
	_ = p.socket.SetDeadline(time.Now().Add(p.limit))
	err := writeFrame(p.socket, q, data)
	if err == nil {
		data, err = readFrame(p.socket, &a)
	}
	if err != nil {
		return reply{}, nil, p.broken(err)
	}
	if a.Failure != nil {
		return reply{}, nil, a.Failure.err()
	}
	return a, data, nil
}

// broken ends a worker with which one cannot talk any more, and says why.
func (p *process) broken(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		p.kill()
		return &reason.Error{Code: reason.SASLTimeout, Err: fmt.Errorf("libsasl2 did not answer within %v", p.limit)}
	}
	if errors.Is(err, errFrame) {
		p.kill()
		return &reason.Error{Code: reason.SASLEngineCrash, Err: fmt.Errorf("the worker's answer: %w", err)}
	}
	p.socket.Close()
	select { // its last words are worth a moment
	case <-p.ended:
	case <-time.After(time.Second):
		p.kill()
	}
	<-p.ended
	return &reason.Error{Code: reason.SASLEngineCrash, Err: fmt.Errorf("the worker ended: %v%s", p.state, p.errors.words())}
}

// kill ends the worker and waits for its end. It may be called more than once, and ends
// calls that are under way.
func (p *process) kill() {
	p.socket.Close()
	_ = p.command.Process.Kill() // it may have ended by itself
	<-p.ended
}

// alive tells whether the worker still runs.
func (p *process) alive() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// RefusedError is libsasl2's refusal of a log-in.
type RefusedError struct {
	// User is who wanted to log in, as far as is known.
	User string
	// Reason says why.
	Reason *reason.Error
}

// Error says why, and who wanted to log in.
func (e *RefusedError) Error() string {
	if e.User == "" {
		return e.Reason.Error()
	}
	return fmt.Sprintf("%v (user %q)", e.Reason, e.User)
}

// Unwrap gives the reason.
func (e *RefusedError) Unwrap() error { return e.Reason }

// Bounds of what a worker may make the log say.
const (
	maxFailureText = 1024
	maxUserText    = 256
)

// err makes an error of a failure, and a code of whatever a worker says.
func (f *failure) err() error {
	code := f.Code
	if _, known := reason.Explain(code); !known {
		code = reason.SASLFailed
	}
	text := errors.New(line(f.Text, maxFailureText))
	return &RefusedError{User: line(f.User, maxUserText), Reason: &reason.Error{Code: code, Err: text}}
}

// line makes a text one printable line of bounded length.
func line(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, s[:min(len(s), limit)])
	return strings.TrimSpace(s)
}

// head keeps the beginning of what is written to it.
type head struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (h *head) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.buf.Write(b[:min(len(b), maxFailureText-h.buf.Len())])
	return len(b), nil
}

// words are the first line, for the end of a message.
func (h *head) words() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	first, _, _ := strings.Cut(h.buf.String(), "\n")
	if first = line(first, maxFailureText); first == "" {
		return ""
	}
	return ": " + first
}
