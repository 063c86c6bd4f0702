package vncserve

import (
	"fmt"
	"net"
	"strconv"

	"vncsec/vncserve/monitor"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// MonitorTarget is what a monitor acts on: a server, and its password if it has one.
type MonitorTarget struct {
	Server *Server
	// Password is nil when the server's viewers need none.
	Password *security.Password
}

// SetPassword sets the VNC password. When the server asks for none it is an error,
// since a password that protects nothing must not look as if it did.
func (t MonitorTarget) SetPassword(password []byte) (note string, err error) {
	if t.Password == nil {
		return "", fmt.Errorf("this server does not ask for a password (its authentication is %s): start it with --password", t.Server.Security().Name())
	}
	cut, err := t.Password.Set(password)
	if err != nil {
		return "", err
	}
	if cut {
		return fmt.Sprintf("Warning: only the first %d bytes of a VNC password count", security.MaxVNCPassword), nil
	}
	return "", nil
}

// Info describes the server as "info vnc" shows it.
func (t MonitorTarget) Info() monitor.Info {
	auth := t.Server.Security()
	info := monitor.Info{Auth: auth.Name()}
	if auth.Number() != rfb.SecurityVeNCrypt {
		info.Auth += " (Sub: none)"
	}
	for _, addr := range t.Server.Addrs() {
		info.Servers = append(info.Servers, endpoint(addr))
	}
	for _, c := range t.Server.Clients() {
		info.Clients = append(info.Clients, monitor.Client{
			Endpoint: endpoint(c.Remote), X509Name: c.Identity.DistinguishedName, SASLUser: c.Identity.SASLUser,
		})
	}
	return info
}

// endpoint gives an address in QEMU's terms: for a UNIX socket the path is the service.
func endpoint(addr net.Addr) monitor.Endpoint {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok {
		return monitor.Endpoint{Service: addr.String(), Family: "unix"}
	}
	family := "ipv6"
	if tcp.IP.To4() != nil {
		family = "ipv4"
	}
	return monitor.Endpoint{Host: tcp.IP.String(), Service: strconv.Itoa(tcp.Port), Family: family}
}
