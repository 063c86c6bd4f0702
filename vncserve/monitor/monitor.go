// Package monitor is the admin's line to a running server: the human monitor's
// commands of QEMU that the manual's chapter on VNC security uses, with QEMU's words
// and output. It works the same on a terminal and through a pipe.
package monitor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Target is what the monitor acts on.
type Target interface {
	// SetPassword sets the VNC password; the monitor clears the slice afterwards.
	// A note, such as one on cut passwords, is for the admin.
	SetPassword(password []byte) (note string, err error)
	// Info describes the server.
	Info() Info
}

// Info is what "info vnc" shows.
type Info struct {
	Servers []Endpoint
	// Auth is the way of authentication in QEMU's words.
	Auth    string
	Clients []Client
}

// Endpoint is an address as QEMU shows it.
type Endpoint struct {
	Host, Service string
	// Family is ipv4, ipv6 or unix.
	Family string
}

// Client is a viewer that is connected.
type Client struct {
	Endpoint
	// X509Name is the distinguished name of its certificate, empty without one.
	X509Name string
	// SASLUser is who logged in by SASL, empty without that.
	SASLUser string
}

// Console is where the admin types. Its methods return io.EOF at the end of input,
// and ErrTooLong for a line of which they have taken all and give nothing.
type Console interface {
	io.Writer
	// ReadLine prompts and reads one line, without its end.
	ReadLine(prompt string) (string, error)
	// ReadPassword prompts and reads a line that is not shown.
	ReadPassword(prompt string) ([]byte, error)
}

// ErrQuit is returned by Run when the admin quits.
var ErrQuit = errors.New("monitor: quit")

// ErrTooLong is what a Console returns for a line that is too long.
var ErrTooLong = errors.New("the line is too long")

const prompt = "(vncsec) "

// Run reads and executes commands until the end of input, which returns nil, or
// "quit", which returns ErrQuit. A wrong command is answered, and the next is read.
func Run(ctx context.Context, c Console, target Target) error {
	m := monitor{console: c, target: target}
	for ctx.Err() == nil {
		line, err := c.ReadLine(prompt)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, ErrTooLong) {
			return fmt.Errorf("reading the monitor's input: %w", err)
		}
		if err == nil {
			err = m.execute(line)
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, ErrQuit):
			return err
		case err != nil:
			m.printf("Error: %v\n", err)
		}
	}
	return nil
}

type monitor struct {
	console Console
	target  Target
}

func (m monitor) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(m.console, format, args...)
}

// command is one row of the table that drives both parsing and help.
type command struct {
	names []string
	args  string
	help  string
	run   func(m monitor, args string) error
}

func commands() []command {
	return []command{
		{[]string{"change"}, "vnc password [PASSWORD]", "set the VNC password; without PASSWORD it is asked for", monitor.change},
		{[]string{"info"}, "vnc", "show the server's addresses, its authentication and its viewers", monitor.info},
		{[]string{"help", "?"}, "", "show this list", monitor.help},
		{[]string{"quit", "q"}, "", "end the server", monitor.quit},
	}
}

func (m monitor) execute(line string) error {
	name, args := cutWord(line)
	if name == "" {
		return nil
	}
	for _, c := range commands() {
		for _, n := range c.names {
			if n == name {
				return c.run(m, args)
			}
		}
	}
	return fmt.Errorf("unknown command: '%s'; 'help' lists the commands", printable(name))
}

// cutWord takes the first word off a line.
func cutWord(line string) (word, rest string) {
	line = strings.TrimLeft(line, " \t")
	end := strings.IndexAny(line, " \t")
	if end < 0 {
		return line, ""
	}
	return line[:end], strings.TrimLeft(line[end:], " \t")
}

// printable keeps what was typed, and what viewers say of themselves, from driving
// the admin's terminal or changing the order of its letters.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}

func (m monitor) help(string) error {
	for _, c := range commands() {
		m.printf("%s -- %s\n", strings.TrimSpace(strings.Join(c.names, "|")+" "+c.args), c.help)
	}
	return nil
}

func (m monitor) quit(string) error { return ErrQuit }
