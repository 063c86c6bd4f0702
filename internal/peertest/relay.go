package peertest

import (
	"io"
	"net"
	"testing"
)

// Relay stands between a viewer and a server and keeps all bytes that pass.
type Relay struct {
	// Address is where the viewer connects.
	Address string

	fromViewer, fromServer output
}

// StartRelay listens on a loopback port, for the time of the test, and passes everything on
// to and from the server at HOST:PORT.
func StartRelay(t testing.TB, server string) *Relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	r := &Relay{Address: l.Addr().String()}
	go func() {
		for {
			viewer, err := l.Accept()
			if err != nil {
				return
			}
			go r.pass(viewer, server)
		}
	}()
	return r
}

func (r *Relay) pass(viewer net.Conn, address string) {
	defer viewer.Close()
	server, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		_, _ = io.Copy(io.MultiWriter(server, &r.fromViewer), viewer)
		_ = server.(*net.TCPConn).CloseWrite()
	}()
	_, _ = io.Copy(io.MultiWriter(viewer, &r.fromServer), server)
}

// FromViewer is what viewers have sent.
func (r *Relay) FromViewer() string { return r.fromViewer.String() }

// FromServer is what the server has sent.
func (r *Relay) FromServer() string { return r.fromServer.String() }
