package monitor

import (
	"errors"
	"fmt"
	"strings"
)

// change is "change vnc password [PASSWORD]". A password in quotes may hold blanks,
// as in QEMU. QEMU takes "passwd" as well.
func (m monitor) change(args string) error {
	device, rest := cutWord(args)
	if device != "vnc" {
		return fmt.Errorf("expected 'change vnc password', found 'change %s'", printable(device))
	}
	what, rest := cutWord(rest)
	if what != "password" && what != "passwd" {
		return errors.New("expected 'password' after 'vnc'")
	}
	password, err := m.newPassword(strings.TrimRight(rest, " \t"))
	if err != nil {
		return err
	}
	defer clear(password)
	note, err := m.target.SetPassword(password)
	if err != nil {
		return err
	}
	if note != "" {
		m.printf("%s\n", note)
	}
	return nil
}

func (m monitor) newPassword(typed string) ([]byte, error) {
	if typed == "" {
		return m.console.ReadPassword("Password: ")
	}
	if typed[0] != '"' {
		if strings.ContainsAny(typed, " \t") {
			return nil, errors.New("extraneous characters at the end of line; a password with blanks needs quotes")
		}
		return []byte(typed), nil
	}
	return unquote(typed)
}

// unquote reads a string in double quotes with the escapes of QEMU's monitor.
func unquote(s string) ([]byte, error) {
	escapes := map[byte]byte{'n': '\n', 'r': '\r', '\\': '\\', '\'': '\'', '"': '"'}
	var out []byte
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			if i != len(s)-1 {
				return nil, errors.New("extraneous characters at the end of line")
			}
			return out, nil
		case '\\':
			i++
			if i == len(s) {
				return nil, errors.New("unterminated string")
			}
			c, ok := escapes[s[i]]
			if !ok {
				return nil, fmt.Errorf("unsupported escape code: '\\%c'", s[i])
			}
			out = append(out, c)
		default:
			out = append(out, s[i])
		}
	}
	return nil, errors.New("unterminated string")
}

// info is "info vnc".
func (m monitor) info(args string) error {
	what, rest := cutWord(args)
	if what != "vnc" || rest != "" {
		return fmt.Errorf("expected 'info vnc', found 'info %s'", printable(args))
	}
	info := m.target.Info()
	if len(info.Servers) == 0 {
		m.printf("None\n")
		return nil
	}
	m.printf("default:\n")
	for _, s := range info.Servers {
		m.printf("  Server: %s\n    Auth: %s\n", s, info.Auth)
	}
	for _, c := range info.Clients {
		m.printf("  Client: %s\n    x509_dname: %s\n    sasl_username: %s\n", c.Endpoint, orNone(printable(c.X509Name)), orNone(printable(c.SASLUser)))
	}
	return nil
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// String is "HOST:SERVICE (FAMILY)". A viewer on a UNIX socket may have given its own
// end any name.
func (e Endpoint) String() string {
	return printable(fmt.Sprintf("%s:%s (%s)", e.Host, e.Service, e.Family))
}
