package main

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"os"
)

// What the servers that vncsec is measured against have in common.

// acceptAll listens, and serves each connection on a goroutine of its own. What ends a
// connection is of no interest.
func acceptAll(network, address string, serve func(net.Conn) error) error {
	l, err := announce(network, address)
	if err != nil {
		return err
	}
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer func() { _ = c.Close() }()
			_ = serve(c)
		}()
	}
}

// bareHandshake does the steps of RFB, VeNCrypt and TLS and checks nothing.
func bareHandshake(c net.Conn, config *tls.Config) (*tls.Conn, error) {
	var b [12]byte
	for _, step := range []struct {
		send string
		read int
	}{
		{"RFB 003.008\n", 12}, {"\x01\x13", 1}, {"\x00\x02", 2}, {"\x00\x01\x00\x00\x01\x04", 4}, {"\x01", 0},
	} {
		if _, err := io.WriteString(c, step.send); err != nil {
			return nil, err
		}
		if _, err := io.ReadFull(c, b[:step.read]); err != nil {
			return nil, err
		}
	}
	t := tls.Server(c, config)
	if err := t.Handshake(); err != nil {
		return nil, err
	}
	if _, err := t.Write([]byte{0, 0, 0, 0}); err != nil {
		return nil, err
	}
	_, err := io.ReadFull(t, b[:1])
	return t, err
}

// announce listens and says where, as startServer expects it.
func announce(network, address string) (net.Listener, error) {
	l, err := net.Listen(network, address)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(os.Stderr, "msg=listening address=%s\n", l.Addr())
	return l, nil
}
