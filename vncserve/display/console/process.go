package console

import (
	"errors"
	"fmt"
	"image"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

const (
	// killAfter is how long a command may take to end after SIGHUP.
	killAfter = 3 * time.Second
	// lastOutput is how long output is waited for after the command has ended, when
	// a child of it keeps the terminal open.
	lastOutput = time.Second
	// outputSize is how much output is read at once.
	outputSize = 64 << 10
)

// process is the command on its pseudo-terminal.
type process struct {
	cmd *exec.Cmd
	tty *os.File // the master's side
	// slave is the other side. It is kept open while the command runs, for a command
	// that closes its terminal and opens it again, as login does.
	slave *os.File
	cell  image.Point // the size of a cell in pixels
}

// start starts the command in a session of its own, with a new pseudo-terminal as
// its controlling terminal.
func (c *Console) start() (*process, error) {
	cmd := exec.Command(c.config.Command[0], c.config.Command[1:]...)
	cmd.Dir = c.config.Dir
	cmd.Env = environment(os.Environ(), c.config.Env)
	p := &process{cmd: cmd, cell: c.cell}
	c.mu.Lock()
	columns, rows := c.term.Size()
	c.mu.Unlock()
	if err := p.start(p.winsize(columns, rows)); err != nil {
		return nil, fmt.Errorf("starting %s: %w", c.config.Command[0], err)
	}
	return p, nil
}

// start starts the command on a new terminal.
func (p *process) start(size unix.Winsize) error {
	master, slave, err := pty.Open()
	if err != nil {
		return err
	}
	if p.tty, err = pollable(master); err != nil {
		return errors.Join(err, slave.Close())
	}
	p.slave = slave
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = slave, slave, slave
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err = setSize(p.tty, &size); err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		return errors.Join(err, slave.Close(), p.tty.Close())
	}
	return nil
}

// wait waits until the command ends.
func (p *process) wait() error {
	err := p.cmd.Wait()
	_ = p.slave.Close()
	return err
}

// resize tells the command about a new size; the kernel sends SIGWINCH.
func (p *process) resize(columns, rows int) error {
	size := p.winsize(columns, rows)
	return setSize(p.tty, &size)
}

func (p *process) winsize(columns, rows int) unix.Winsize {
	return unix.Winsize{
		Col: uint16(columns), Row: uint16(rows),
		Xpixel: uint16(columns * p.cell.X), Ypixel: uint16(rows * p.cell.Y),
	}
}

// copyOutput gives what the command writes to f until the terminal is closed.
func (p *process) copyOutput(f func([]byte)) {
	b := make([]byte, outputSize)
	for {
		n, err := p.tty.Read(b)
		if n > 0 {
			f(b[:n])
		}
		if err != nil {
			return // EIO when the last process has closed the terminal
		}
	}
}

// hangUp ends the command as the loss of a terminal does: SIGHUP to its process
// group. After a while the command itself gets SIGKILL, if it is still there.
func (p *process) hangUp() {
	group := -p.cmd.Process.Pid
	_ = syscall.Kill(group, syscall.SIGHUP)
	_ = syscall.Kill(group, syscall.SIGCONT) // stopped processes have to wake to end
	time.AfterFunc(killAfter, func() { _ = p.cmd.Process.Kill() })
}

// finish closes the terminal after the command has ended and all it wrote is shown.
func (p *process) finish(shown <-chan struct{}) {
	select {
	case <-shown:
	case <-time.After(lastOutput):
	}
	_ = p.tty.Close()
	<-shown
}

// inherited are the variables of our environment that a command gets: who the user
// is, where his programs are, and his language. All others may hold secrets.
var inherited = []string{"HOME", "USER", "LOGNAME", "SHELL", "PATH", "LANG", "LANGUAGE", "TZ"}

// termName is the terminfo entry that the terminal is like.
const termName = "xterm-256color"

// environment makes a command's environment from ours and what is added.
func environment(ours, added []string) []string {
	env := make(map[string]string)
	for _, v := range ours {
		name, value, _ := strings.Cut(v, "=")
		if slices.Contains(inherited, name) || strings.HasPrefix(name, "LC_") {
			env[name] = value
		}
	}
	if env["LANG"] == "" && env["LC_ALL"] == "" && env["LC_CTYPE"] == "" {
		env["LANG"] = "C.UTF-8"
	}
	env["TERM"], env["COLORTERM"] = termName, "truecolor"
	for _, v := range added {
		name, value, _ := strings.Cut(v, "=")
		env[name] = value
	}
	list := make([]string, 0, len(env))
	for name, value := range env {
		list = append(list, name+"="+value)
	}
	slices.Sort(list)
	return list
}

// userShell is the shell that the environment names.
func userShell() string {
	if shell := os.Getenv("SHELL"); shell != "" {
		return shell
	}
	return "/bin/sh"
}
