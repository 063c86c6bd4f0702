package monitor

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pipeConsole is a Console on strings.
type pipeConsole struct {
	in  *bufio.Reader
	out strings.Builder
}

func newPipeConsole(input string) *pipeConsole {
	return &pipeConsole{in: bufio.NewReader(strings.NewReader(input))}
}

func (c *pipeConsole) Write(p []byte) (int, error) { return c.out.Write(p) }

func (c *pipeConsole) ReadLine(prompt string) (string, error) {
	c.out.WriteString(prompt)
	line, err := c.in.ReadString('\n')
	if err != nil && line == "" {
		return "", err
	}
	return strings.TrimRight(line, "\n"), nil
}

func (c *pipeConsole) ReadPassword(prompt string) ([]byte, error) {
	line, err := c.ReadLine(prompt)
	return []byte(line), err
}

type fakeTarget struct {
	password string
	info     Info
}

func (f *fakeTarget) SetPassword(p []byte) (string, error) {
	if len(p) == 0 {
		return "", errors.New("the password is empty")
	}
	f.password = string(p)
	if len(p) > 8 {
		return "only 8 count", nil
	}
	return "", nil
}

func (f *fakeTarget) Info() Info { return f.info }

func TestChangePassword(t *testing.T) {
	for _, test := range []struct {
		name, input, want, output string
	}{
		{"on the line", "change vnc password secret\n", "secret", ""},
		{"asked for", "change vnc password\nsecret\n", "secret", "Password: "},
		{"QEMU's other word", "change vnc passwd secret\n", "secret", ""},
		{"quoted", `change vnc password "two words\\\""` + "\n", `two words\"`, ""},
		{"blanks around", "  change  vnc\tpassword  secret  \n", "secret", ""},
		{"without a newline at the end", "change vnc password secret", "secret", ""},
		{"long", "change vnc password 123456789\n", "123456789", "only 8 count"},
		{"empty answer", "change vnc password\n\n", "", "Error: the password is empty"},
		{"no answer", "change vnc password\n", "", "Password: "},
		{"two words", "change vnc password a b\n", "", "extraneous characters"},
		{"open quote", `change vnc password "a` + "\n", "", "unterminated string"},
		{"text after the quote", `change vnc password "a" b` + "\n", "", "extraneous characters"},
		{"bad escape", `change vnc password "\x"` + "\n", "", "unsupported escape code"},
		{"other device", "change cd x\n", "", "expected 'change vnc password'"},
		{"other word", "change vnc listen x\n", "", "expected 'password' after 'vnc'"},
	} {
		t.Run(test.name, func(t *testing.T) {
			target := &fakeTarget{}
			console := newPipeConsole(test.input)
			if err := Run(context.Background(), console, target); err != nil {
				t.Fatal(err)
			}
			if target.password != test.want {
				t.Errorf("password %q, want %q", target.password, test.want)
			}
			if !strings.Contains(console.out.String(), test.output) {
				t.Errorf("output %q lacks %q", console.out.String(), test.output)
			}
		})
	}
}

func TestInfo(t *testing.T) {
	target := &fakeTarget{info: Info{
		Auth:    "vencrypt (Sub: x509-none)",
		Servers: []Endpoint{{"127.0.0.1", "5901", "ipv4"}},
		Clients: []Client{
			{Endpoint{"127.0.0.1", "40000", "ipv4"}, "CN=al\x1bice", "al\x1bice@REALM"},
			{Endpoint{"", "/tmp/\x1b]0;x\a", "unix"}, "CN=\u202eeve", ""},
			{Endpoint{"127.0.0.1", "40001", "ipv4"}, "", ""},
		},
	}}
	console := newPipeConsole("info vnc\n")
	if err := Run(context.Background(), console, target); err != nil {
		t.Fatal(err)
	}
	want := `(vncsec) default:
  Server: 127.0.0.1:5901 (ipv4)
    Auth: vencrypt (Sub: x509-none)
  Client: 127.0.0.1:40000 (ipv4)
    x509_dname: CN=al?ice
    sasl_username: al?ice@REALM
  Client: :/tmp/?]0;x? (unix)
    x509_dname: CN=?eve
    sasl_username: none
  Client: 127.0.0.1:40001 (ipv4)
    x509_dname: none
    sasl_username: none
(vncsec) `
	if diff := cmp.Diff(want, console.out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestQuitHelpAndMistakes(t *testing.T) {
	console := newPipeConsole("help\n\nnosuch\x1b[2J\ninfo usb\nq\nchange vnc password late\n")
	target := &fakeTarget{}
	if err := Run(context.Background(), console, target); !errors.Is(err, ErrQuit) {
		t.Fatalf("error %v, want ErrQuit", err)
	}
	if target.password != "" {
		t.Error("a command after quit was executed")
	}
	for _, want := range []string{"change vnc password [PASSWORD] -- ", "unknown command: 'nosuch?[2J'", "expected 'info vnc'"} {
		if !strings.Contains(console.out.String(), want) {
			t.Errorf("output lacks %q:\n%s", want, console.out.String())
		}
	}
}

// longLineConsole says of its first line, and of a password, that they are too long.
type longLineConsole struct {
	*pipeConsole
	lines int
}

func (c *longLineConsole) ReadLine(prompt string) (string, error) {
	if c.lines++; c.lines == 1 {
		return "", ErrTooLong
	}
	return c.pipeConsole.ReadLine(prompt)
}

func (c *longLineConsole) ReadPassword(string) ([]byte, error) { return nil, ErrTooLong }

func TestLongLinesAndTheEndOfInput(t *testing.T) {
	console := &longLineConsole{pipeConsole: newPipeConsole("change vnc password\nchange vnc password good\n")}
	target := &fakeTarget{}
	if err := Run(context.Background(), console, target); err != nil {
		t.Fatal(err)
	}
	if target.password != "good" {
		t.Errorf("the monitor did not go on after long lines: password %q", target.password)
	}
	if n := strings.Count(console.out.String(), "Error: the line is too long"); n != 2 {
		t.Errorf("%d errors are shown:\n%s", n, console.out.String())
	}
	ended := newPipeConsole("change vnc password\n")
	if err := Run(context.Background(), ended, target); err != nil || strings.Contains(ended.out.String(), "Error") {
		t.Errorf("no answer for a password: error %v, output %q", err, ended.out.String())
	}
}

func FuzzExecute(f *testing.F) {
	for _, seed := range []string{"change vnc password x", `change vnc password "a\"b"`, "info vnc", "help", "q", "\x00\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		console := newPipeConsole("")
		m := monitor{console: console, target: &fakeTarget{}}
		if err := m.execute(line); err != nil && !errors.Is(err, ErrQuit) && !errors.Is(err, io.EOF) && err.Error() == "" {
			t.Error("an error without words")
		}
	})
}
