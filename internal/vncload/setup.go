package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// measureSetup compares full connection set-ups, X509None with ECDSA P-256 in TLS
// 1.3 up to ServerInit, between vncsec's console and a loop that does just that.
func measureSetup(o options) error {
	ours, err := startServer("vncsec", o.vncsec, "serve", "--listen", "127.0.0.1::0", "--x509", o.dir, "--", "sleep", "infinity")
	if err != nil {
		return err
	}
	defer ours.stop()
	bare, err := startPeer("peer-bare", o)
	if err != nil {
		return err
	}
	defer bare.stop()
	viewer, err := viewerConfig(o.dir)
	if err != nil {
		return err
	}
	if o.profile != "" {
		stop := record(o.profile, ours.cmd.Process.Pid)
		defer stop()
	}
	var slowest atomic.Int64
	began := time.Now()
	err = compare(o.rounds, o.connections, "connection", ours, bare, func(s *server) error {
		return setUp(s.addr, viewer, o.connections, o.atOnce, &slowest)
	})
	total := 2 * (o.rounds + 1) * o.connections
	fmt.Printf("%d connections, %d at once, %.0f a second, the slowest took %v\n", total, o.atOnce,
		float64(total)/time.Since(began).Seconds(), time.Duration(slowest.Load()).Round(time.Millisecond))
	return err
}

// record profiles a process with perf until it is stopped.
func record(path string, pid int) (stop func()) {
	perf := exec.Command("perf", "record", "-g", "-o", path, "-p", strconv.Itoa(pid))
	if err := perf.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "vncload: perf:", err)
		return func() {}
	}
	return func() { _ = perf.Process.Signal(os.Interrupt); _ = perf.Wait() }
}

// setUp makes n connections, some at once. One that fails ends it.
func setUp(addr string, config *tls.Config, n, atOnce int, slowest *atomic.Int64) error {
	var next atomic.Int64
	var workers sync.WaitGroup
	errs := make(chan error, atOnce)
	for range atOnce {
		workers.Go(func() {
			for next.Add(1) <= int64(n) {
				began := time.Now()
				if err := connectOnce(addr, config); err != nil {
					errs <- err
					return
				}
				raise(slowest, int64(time.Since(began)))
			}
		})
	}
	workers.Wait()
	close(errs)
	return <-errs
}

func raise(top *atomic.Int64, value int64) {
	for {
		old := top.Load()
		if value <= old || top.CompareAndSwap(old, value) {
			return
		}
	}
}

// connectOnce goes up to ServerInit.
func connectOnce(addr string, config *tls.Config) error {
	c, err := logIn(addr, config)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	_, err = rfb.ReadServerInit(c)
	return err
}

// logIn goes up to ClientInit.
func logIn(addr string, config *tls.Config) (*rfb.Conn, error) {
	socket, err := net.DialTimeout("tcp", addr, 30*time.Second)
	if err != nil {
		return nil, err
	}
	c := rfb.NewConn(socket)
	err = errors.Join(c.SetDeadline(time.Now().Add(30*time.Second)), func() error {
		_, err := security.Login(c, security.Credentials{TLS: config})
		return err
	}(), func() error {
		_, err := c.Write([]byte{1})
		return err
	}())
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

// serveBare is the peer of measureSetup.
func serveBare(dir string) error {
	config, err := bareConfig(dir)
	if err != nil {
		return err
	}
	return acceptAll("tcp", "127.0.0.1:0", func(c net.Conn) error {
		t, err := bareHandshake(c, config)
		if err != nil {
			return err
		}
		defer func() { _ = t.Close() }()
		// An 80x25 console's size, the usual 32-bit format, a short name.
		init := []byte("\x02\x80\x01\x90\x20\x18\x00\x01\x00\xff\x00\xff\x00\xff\x10\x08\x00\x00\x00\x00\x00\x00\x00\x06vncsec")
		if _, err := t.Write(init); err != nil {
			return err
		}
		_, err = t.Read(make([]byte, 1))
		return err
	})
}
