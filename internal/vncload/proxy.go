package main

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"

	"vncsec/vncserve/rfb"
)

// measureProxy compares bytes passed from a backend's UNIX socket to a viewer's TLS
// between vncsec and a relay made of io.Copy.
func measureProxy(o options) error {
	backend, err := startPeer("peer-backend", o)
	if err != nil {
		return err
	}
	defer backend.stop()
	ours, err := startServer("vncsec", o.vncsec, "serve", "--listen", "127.0.0.1::0", "--x509", o.dir, "--backend", "unix:"+o.backend)
	if err != nil {
		return err
	}
	defer ours.stop()
	relay, err := startPeer("peer-relay", o)
	if err != nil {
		return err
	}
	defer relay.stop()
	viewer, err := viewerConfig(o.dir)
	if err != nil {
		return err
	}
	return compare(o.rounds, o.megabytes, "MB", ours, relay, func(s *server) error {
		return drink(s.addr, viewer, int64(o.megabytes)*1e6)
	})
}

// drink takes n bytes of what a backend pours out.
func drink(addr string, config *tls.Config, n int64) error {
	c, err := logIn(addr, config)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	buf := make([]byte, 256<<10)
	for n > 0 {
		got, err := c.Read(buf)
		if err != nil {
			return err
		}
		n -= int64(got)
	}
	return nil
}

// serveBackend is an RFB server that pours out bytes after ClientInit.
func serveBackend(path string) error { return acceptAll("unix", path, pour) }

func pour(c net.Conn) error {
	if err := rfb.WriteVersion(c, rfb.V38); err != nil {
		return err
	}
	if _, err := rfb.ReadVersion(c); err != nil {
		return err
	}
	if _, err := c.Write([]byte{1, byte(rfb.SecurityNone)}); err != nil {
		return err
	}
	if _, err := rfb.ReadUint8(c); err != nil {
		return err
	}
	if _, err := c.Write([]byte{0, 0, 0, rfb.ResultOK}); err != nil {
		return err
	}
	if _, err := rfb.ReadUint8(c); err != nil {
		return err
	}
	payload := make([]byte, 1<<20)
	for {
		if _, err := c.Write(payload); err != nil {
			return err
		}
	}
}

// serveRelay is the peer of measureProxy: the same handshake, then io.Copy both ways.
func serveRelay(dir, backend string) error {
	config, err := bareConfig(dir)
	if err != nil {
		return err
	}
	return acceptAll("tcp", "127.0.0.1:0", func(c net.Conn) error { return relayNaively(c, config, backend) })
}

func relayNaively(c net.Conn, config *tls.Config, path string) error {
	viewer, err := bareHandshake(c, config)
	if err != nil {
		return err
	}
	backend, err := net.Dial("unix", path)
	if err != nil {
		return err
	}
	defer func() { _ = backend.Close() }()
	var b [12]byte
	for _, step := range []struct {
		send string
		read int
	}{{"", 12}, {"RFB 003.008\n", 2}, {"\x01", 4}, {"\x01", 0}} {
		if _, err := io.WriteString(backend, step.send); err != nil {
			return err
		}
		if _, err := io.ReadFull(backend, b[:step.read]); err != nil {
			return err
		}
	}
	go func() {
		_, _ = io.Copy(backend, viewer)
		_ = backend.Close()
	}()
	if _, err = io.Copy(viewer, backend); errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}
