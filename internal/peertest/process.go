package peertest

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

// Process is a program that a test started. Its standard error, and its
// standard output unless the helper reads that, are kept for Log, and are shown
// when the test fails.
type Process struct {
	name string
	cmd  *exec.Cmd
	log  output
	done chan struct{} // closed once the program has ended
	err  error         // how it ended; valid after done
}

// Start runs cmd until it ends or the test does, whichever is first. At the end
// of the test the program is killed with all of its process group.
func Start(t testing.TB, cmd *exec.Cmd) *Process {
	t.Helper()
	p := &Process{name: filepath.Base(cmd.Path), cmd: cmd, done: make(chan struct{})}
	if cmd.Stdout == nil {
		cmd.Stdout = &p.log
	}
	if cmd.Stderr == nil {
		cmd.Stderr = &p.log
	}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", p.name, err)
	}
	go func() {
		defer close(p.done)
		p.err = cmd.Wait()
	}()
	t.Cleanup(func() {
		p.Kill()
		if t.Failed() {
			t.Logf("%s said:\n%s", p.name, p.Log())
		}
	})
	return p
}

// startPiped is Start with pipes to the program's standard input and from its
// standard output. The second is read to its end, whenever the program ends.
func startPiped(t testing.TB, cmd *exec.Cmd) (*Process, io.Writer, io.Reader) {
	t.Helper()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer write.Close() // the program has its own
	t.Cleanup(func() { read.Close() })
	cmd.Stdout = write
	return Start(t, cmd), stdin, read
}

// PID is the process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Log is what the program has written so far.
func (p *Process) Log() string { return p.log.String() }

// Running tells whether the program has not ended yet.
func (p *Process) Running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// Signal sends sig to the program alone, not to its children.
func (p *Process) Signal(t testing.TB, sig syscall.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		t.Fatalf("send %v to %s: %v", sig, p.name, err)
	}
}

// Wait waits for the program's end and returns its error, as exec.Cmd.Wait.
func (p *Process) Wait(t testing.TB) error {
	t.Helper()
	Eventually(t, p.name+" ends", func() bool { return !p.Running() })
	return p.err
}

// Kill ends the program's process group and waits until the program is gone.
// It may be called more than once.
func (p *Process) Kill() {
	if p.Running() {
		// The group may have ended by itself in between: nothing to do then.
		_ = syscall.Kill(-p.PID(), syscall.SIGKILL)
	}
	<-p.done
}

// output gathers what a program writes while others read it.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}
