package cli

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"

	"vncsec/vncserve/monitor"
)

// maxMonitorLine bounds a line of the monitor's input, in bytes.
const maxMonitorLine = 4096

// monitorConsole lets an admin type on standard input, a terminal or not. Lines are
// edited by the terminal itself; passwords are read key by key, and stars shown.
type monitorConsole struct {
	in  *bufio.Reader
	out io.Writer
	tty *os.File // nil without a terminal

	mu     sync.Mutex
	cooked *term.State // to go back to, while a password is being read
}

func newMonitorConsole(in io.Reader, out io.Writer) *monitorConsole {
	c := &monitorConsole{in: bufio.NewReader(in), out: out}
	if f, ok := in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		c.tty = f
	}
	return c
}

// Write prints.
func (c *monitorConsole) Write(p []byte) (int, error) { return c.out.Write(p) }

// ReadLine prompts and reads a line.
func (c *monitorConsole) ReadLine(prompt string) (string, error) {
	fmt.Fprint(c.out, prompt)
	line, err := c.readBytes()
	return string(line), err
}

// ReadPassword prompts and reads a line of which a terminal shows only stars. The
// terminal is quiet before the prompt is there: somebody may type at once.
func (c *monitorConsole) ReadPassword(prompt string) ([]byte, error) {
	if c.tty == nil {
		fmt.Fprint(c.out, prompt)
		return c.readBytes()
	}
	if err := c.raw(); err != nil {
		return nil, err
	}
	defer c.restore()
	fmt.Fprint(c.out, prompt)
	return c.readStars()
}

// readBytes reads up to the end of a line, which it takes off. A line that the end
// of input cuts short counts. One that is too long is read to its end all the same:
// its rest may be a secret and must not be taken for commands.
func (c *monitorConsole) readBytes() ([]byte, error) {
	line := make([]byte, 0, maxMonitorLine)
	tooLong := false
	for {
		b, err := c.in.ReadByte()
		atEnd := errors.Is(err, io.EOF) && (len(line) > 0 || tooLong)
		switch {
		case err != nil && !atEnd:
			return nil, err
		case (b == '\n' || atEnd) && tooLong:
			return nil, fmt.Errorf("%w: more than %d bytes", monitor.ErrTooLong, maxMonitorLine)
		case b == '\n' || atEnd:
			return bytes.TrimSuffix(line, []byte("\r")), nil
		case len(line) == maxMonitorLine:
			clear(line)
			line, tooLong = line[:0], true
		case !tooLong:
			line = append(line, b)
		}
	}
}

// errInterrupted is the answer of somebody who presses Ctrl-C or Ctrl-D at a password.
var errInterrupted = errors.New("interrupted: the password is not changed")

// readStars reads keys up to Enter.
func (c *monitorConsole) readStars() ([]byte, error) {
	const interrupt, endOfInput, backspace, kill, del = 0x03, 0x04, 0x08, 0x15, 0x7f
	defer fmt.Fprint(c.out, "\r\n")
	password := make([]byte, 0, maxMonitorLine)
	for {
		key, err := c.in.ReadByte()
		if err != nil {
			return nil, err
		}
		switch {
		case key == '\r' || key == '\n':
			return password, nil
		case key == interrupt || key == endOfInput:
			clear(password)
			return nil, errInterrupted
		case key == backspace || key == del:
			password = c.erase(password, 1)
		case key == kill:
			password = c.erase(password, len(password))
		case key >= ' ' && len(password) < cap(password):
			password = append(password, key)
			fmt.Fprint(c.out, "*")
		}
	}
}

// erase takes the last keys back, with their stars.
func (c *monitorConsole) erase(password []byte, keys int) []byte {
	keys = min(keys, len(password))
	fmt.Fprint(c.out, strings.Repeat("\b \b", keys))
	rest := len(password) - keys
	clear(password[rest:])
	return password[:rest]
}

func (c *monitorConsole) raw() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	state, err := term.MakeRaw(int(c.tty.Fd()))
	if err != nil {
		return fmt.Errorf("terminal: %w", err)
	}
	c.cooked = state
	return nil
}

// restore gives the terminal back as it was, also when the server ends while a
// password is being typed.
func (c *monitorConsole) restore() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cooked != nil {
		_ = term.Restore(int(c.tty.Fd()), c.cooked)
		c.cooked = nil
	}
}
