package listen

import "net"

// Peer describes the other end of an accepted connection for logs: an address and
// port, or for a UNIX socket the process behind it where the system tells.
func Peer(c net.Conn) string {
	if unix, ok := c.(*net.UnixConn); ok {
		return unixPeer(unix)
	}
	return c.RemoteAddr().String()
}
