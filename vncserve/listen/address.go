// Package listen turns the addresses of a command line into listeners: TCP by port
// or VNC display number, and UNIX sockets that only their owner can open.
package listen

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
)

const (
	// BasePort is the port of display 0.
	BasePort = 5900
	// displays is the count of display numbers; a larger number is a port, as VNC
	// viewers read it.
	displays = 100
	maxPort  = 65535
)

// Address is where to listen or whom to call.
type Address struct {
	// Path is the path of a UNIX socket; if it is empty the address is TCP.
	Path string
	// Host is a name or an IP address; empty means every address of this machine.
	Host string
	// Port is the TCP port, 0 for one that the system picks.
	Port int
	// LastPort, if it is above Port, lets Listen take the first port from Port to
	// LastPort that is free.
	LastPort int
}

// AddressError is an address that cannot be read.
type AddressError struct {
	Text, Problem string
}

// Error names the address, what is wrong, and the forms there are.
func (e *AddressError) Error() string {
	return fmt.Sprintf("address %q: %s; write :N or HOST:N for a display, HOST:PORT, [IPV6]:PORT or unix:PATH", e.Text, e.Problem)
}

// Parse reads an address:
//
//	:N, HOST:N     display N (0 to 99), which is port 5900+N
//	HOST:PORT      a port of 100 or more; also tcp:HOST:PORT
//	HOST::PORT     any port, 0 for one that the system picks
//	unix:PATH      a UNIX socket
//
// IPv6 addresses stand in brackets.
func Parse(text string) (Address, error) {
	if path, ok := strings.CutPrefix(text, "unix:"); ok {
		return parseUnix(text, path)
	}
	rest := strings.TrimPrefix(text, "tcp:")
	host, number, plainPort, problem := splitHost(rest)
	if problem != "" {
		return Address{}, &AddressError{text, problem}
	}
	port, problem := parsePort(number, plainPort)
	if problem != "" {
		return Address{}, &AddressError{text, problem}
	}
	return Address{Host: host, Port: port}, nil
}

func parseUnix(text, path string) (Address, error) {
	if path == "" {
		return Address{}, &AddressError{text, "the path is empty"}
	}
	if len(path) > maxUnixPath {
		return Address{}, &AddressError{text, fmt.Sprintf("the path has %d bytes, a UNIX socket takes at most %d", len(path), maxUnixPath)}
	}
	if strings.IndexByte(path, 0) >= 0 {
		return Address{}, &AddressError{text, "the path holds a NUL"}
	}
	return Address{Path: path}, nil
}

// splitHost cuts the text at its last colon, or at "::" before a port.
func splitHost(text string) (host, number string, plainPort bool, problem string) {
	if strings.HasPrefix(text, "[") {
		end := strings.IndexByte(text, ']')
		if end < 0 {
			return "", "", false, "a bracket is not closed"
		}
		host = text[1:end]
		if net.ParseIP(withoutZone(host)) == nil {
			return "", "", false, fmt.Sprintf("%q in brackets is no IP address", host)
		}
		rest := text[end+1:]
		if number, ok := strings.CutPrefix(rest, "::"); ok {
			return host, number, true, ""
		}
		if number, ok := strings.CutPrefix(rest, ":"); ok {
			return host, number, false, ""
		}
		return "", "", false, "the port is missing"
	}
	switch strings.Count(text, ":") {
	case 0:
		return "", "", false, "the port is missing"
	case 1:
		host, number, _ = strings.Cut(text, ":")
		return host, number, false, ""
	case 2:
		if host, number, ok := strings.Cut(text, "::"); ok && host != "" {
			return host, number, true, ""
		}
	}
	return "", "", false, "an IPv6 address must stand in brackets"
}

func withoutZone(ip string) string {
	ip, _, _ = strings.Cut(ip, "%")
	return ip
}

func parsePort(number string, plainPort bool) (port int, problem string) {
	if number == "" {
		return 0, "the port is missing"
	}
	n, err := strconv.ParseUint(number, 10, 32)
	if errors.Is(err, strconv.ErrSyntax) {
		return 0, fmt.Sprintf("%q is no port or display number", number)
	}
	if err != nil || n > maxPort {
		return 0, fmt.Sprintf("port %s is above %d", number, maxPort)
	}
	if !plainPort && n < displays {
		return BasePort + int(n), ""
	}
	return int(n), ""
}

// Network is "unix" or "tcp", for net.Dial.
func (a Address) Network() string {
	if a.Path != "" {
		return "unix"
	}
	return "tcp"
}

// Endpoint is the address in net.Dial's form.
func (a Address) Endpoint() string {
	if a.Path != "" {
		return a.Path
	}
	return net.JoinHostPort(a.Host, strconv.Itoa(a.Port))
}

// String is the address as Parse reads it.
func (a Address) String() string {
	if a.Path != "" {
		return "unix:" + a.Path
	}
	if a.Port < displays {
		host := a.Host
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		return host + "::" + strconv.Itoa(a.Port)
	}
	return a.Endpoint()
}

// Local tells whether only processes of this machine can reach addr: a UNIX socket
// or a loopback address.
func Local(addr net.Addr) bool {
	switch a := addr.(type) {
	case *net.UnixAddr:
		return true
	case *net.TCPAddr:
		return a.IP.IsLoopback()
	}
	return false
}

// Private tells whether file permissions guard addr: a UNIX socket.
func Private(addr net.Addr) bool {
	_, ok := addr.(*net.UnixAddr)
	return ok
}
