package listen

import (
	"net"
	"net/netip"
)

// Peer describes the other end of an accepted connection for logs: an address and
// port, or for a UNIX socket the process behind it where the system tells.
func Peer(c net.Conn) string {
	if unix, ok := c.(*net.UnixConn); ok {
		return unixPeer(unix)
	}
	return c.RemoteAddr().String()
}

// Origin tells peers apart for limits: an IPv4 address, the /64 network of an IPv6
// one, since each host has all of that, and for UNIX sockets always the same.
func Origin(a net.Addr) netip.Prefix {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.Prefix{}
	}
	ip := tcp.AddrPort().Addr().Unmap().WithZone("")
	prefix, _ := ip.Prefix(min(ip.BitLen(), 64))
	return prefix
}
