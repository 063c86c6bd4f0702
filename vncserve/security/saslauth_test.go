package security

import (
	"net"
	"testing"

	"vncsec/vncserve/rfb"
)

// addressed is a connection with an address and nothing else.
type addressed struct {
	net.Conn
	remote net.Addr
}

func (c addressed) RemoteAddr() net.Addr { return c.remote }

// TestTransport: what is not known to be local has to encrypt.
func TestTransport(t *testing.T) {
	for want, addresses := range map[Transport][]net.Addr{
		TransportLocal: {&net.UnixAddr{Net: "unix"}},
		TransportOpen:  {&net.TCPAddr{}, &net.IPAddr{}, nil},
	} {
		for _, address := range addresses {
			if got := transportOf(rfb.NewConn(addressed{remote: address})); got != want {
				t.Errorf("%T: %s, want %s", address, got, want)
			}
		}
	}
}
