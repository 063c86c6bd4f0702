package listen

import (
	"errors"
	"net"
	"strings"
	"syscall"
	"testing"
)

func TestParse(t *testing.T) {
	for _, test := range []struct {
		text     string
		want     Address
		endpoint string
	}{
		{":1", Address{Port: 5901}, ":5901"},
		{":0", Address{Port: 5900}, ":5900"},
		{":99", Address{Port: 5999}, ":5999"},
		{":100", Address{Port: 100}, ":100"},
		{":5901", Address{Port: 5901}, ":5901"},
		{"127.0.0.1:1", Address{Host: "127.0.0.1", Port: 5901}, "127.0.0.1:5901"},
		{"127.0.0.1:5901", Address{Host: "127.0.0.1", Port: 5901}, "127.0.0.1:5901"},
		{"tcp:127.0.0.1:5901", Address{Host: "127.0.0.1", Port: 5901}, "127.0.0.1:5901"},
		{"host.example.com:5901", Address{Host: "host.example.com", Port: 5901}, "host.example.com:5901"},
		{"localhost::0", Address{Host: "localhost"}, "localhost:0"},
		{"127.0.0.1::22", Address{Host: "127.0.0.1", Port: 22}, "127.0.0.1:22"},
		{"[::1]:1", Address{Host: "::1", Port: 5901}, "[::1]:5901"},
		{"[::1]::7", Address{Host: "::1", Port: 7}, "[::1]:7"},
		{"[fe80::1%eth0]:5901", Address{Host: "fe80::1%eth0", Port: 5901}, "[fe80::1%eth0]:5901"},
		{"unix:/run/vnc.sock", Address{Path: "/run/vnc.sock"}, "/run/vnc.sock"},
		{"unix:relative:1", Address{Path: "relative:1"}, "relative:1"},
	} {
		t.Run(test.text, func(t *testing.T) {
			got, err := Parse(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if got != test.want || got.Endpoint() != test.endpoint {
				t.Errorf("got %+v with endpoint %q, want %+v with %q", got, got.Endpoint(), test.want, test.endpoint)
			}
			again, err := Parse(got.String())
			if err != nil || again != got {
				t.Errorf("%q reads back as %+v, %v", got.String(), again, err)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "port is missing",
		"5901":                             "port is missing",
		"host:":                            "port is missing",
		"host::":                           "port is missing",
		"host:vnc":                         "no port",
		"host:-1":                          "no port",
		":65536":                           "above 65535",
		":99999999999999999999":            "above 65535",
		"::1:5901":                         "brackets",
		"::1":                              "brackets",
		"[::1":                             "not closed",
		"[host]:1":                         "no IP address",
		"[::1]":                            "port is missing",
		"unix:":                            "path is empty",
		"unix:" + strings.Repeat("x", 104): "at most 103",
		"unix:a\x00b":                      "NUL",
	} {
		_, err := Parse(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
}

func TestLocal(t *testing.T) {
	for _, test := range []struct {
		addr           net.Addr
		local, private bool
	}{
		{&net.UnixAddr{Name: "/s"}, true, true},
		{&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}, true, false},
		{&net.TCPAddr{IP: net.IPv4(127, 8, 9, 1)}, true, false},
		{&net.TCPAddr{IP: net.IPv6loopback}, true, false},
		{&net.TCPAddr{IP: net.IPv6zero}, false, false},
		{&net.TCPAddr{}, false, false},
		{&net.TCPAddr{IP: net.IPv4(192, 0, 2, 1)}, false, false},
		{&net.UDPAddr{IP: net.IPv6loopback}, false, false},
	} {
		if Local(test.addr) != test.local || Private(test.addr) != test.private {
			t.Errorf("%v: local %v, private %v", test.addr, Local(test.addr), Private(test.addr))
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{":1", "host:5901", "[::1]:1", "h::0", "unix:/s", "tcp:x:1", "::1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(a.String())
		if err != nil || again != a {
			t.Errorf("%q gives %+v, whose form %q gives %+v, %v", text, a, a.String(), again, err)
		}
	})
}

func TestFreeDisplay(t *testing.T) {
	var last int
	for range 3 {
		l, err := Listen(t.Context(), FreeDisplay("127.0.0.1"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		port := l.Addr().(*net.TCPAddr).Port
		if port <= max(last, BasePort) || port >= BasePort+displays {
			t.Errorf("port %d after port %d", port, last)
		}
		last = port
	}
	if _, err := Listen(t.Context(), Address{Host: "127.0.0.1", Port: last, LastPort: last}); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("no free port: error %v", err)
	}
}
