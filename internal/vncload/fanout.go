package main

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// calm is the rest before a change, for what the change before left behind.
const calm = 5 * time.Millisecond

// measureFanout shows a console to many viewers inside TLS and compares what a change
// costs the server with as many bare TLS writes of the same bytes. It also gives the
// time until all viewers have a change, the time of the first full screen for viewers
// that come at once, and the memory of each.
func measureFanout(o options) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	ours, err := startServer("vncsec", o.vncsec, "serve", "--listen", "127.0.0.1::0", "--x509", o.dir, "--max-viewers", "100000",
		"--", "sh", "-c", fmt.Sprintf("stty raw -echo; exec %q peer-%s", self, o.change))
	if err != nil {
		return err
	}
	defer ours.stop()
	if o.profile != "" {
		defer record(o.profile, ours.cmd.Process.Pid)()
	}
	bare, err := startPeer("peer-fanout", o)
	if err != nil {
		return err
	}
	defer bare.stop()

	all, perChange, size, err := o.show(ours, calm)
	if err != nil {
		return err
	}
	defer all.leave()

	peer, err := bareFanout(o, bare, size, false)
	if err != nil {
		return err
	}
	fmt.Printf("bare:   %v CPU for as many TLS writes\nratio:  %.2f\n", peer, float64(perChange)/float64(peer))
	if !o.continuous {
		if peer, err = bareFanout(o, bare, size, true); err != nil {
			return err
		}
		fmt.Printf("bare:   %v CPU for as many TLS writes and requests\nratio:  %.2f\n", peer, float64(perChange)/float64(peer))
	}
	if !o.xvnc {
		return nil
	}
	all.leave()
	return xvncFanout(o, self)
}

// show has a crowd look at a server's console and prints what it costs: the CPU time of a
// change, also returned with the bytes that each viewer gets for it, the time until all
// have it, and the memory of each. The crowd stays.
func (o options) show(s *server, rest time.Duration) (all *crowd, perChange time.Duration, size int, err error) {
	before, err := s.memory()
	if err != nil {
		return nil, 0, 0, err
	}
	if all, err = o.crowd(s.addr); err != nil {
		return nil, 0, 0, err
	}
	defer func() {
		if err != nil {
			all.leave()
		}
	}()
	if err = all.join(); err != nil {
		return nil, 0, 0, err
	}
	if err = all.typeKeys(o.changes/10, rest); err != nil { // a warm-up
		return nil, 0, 0, err
	}
	all.forget()
	cost, err := s.cpuOf(func() error { return all.typeKeys(o.changes, rest) })
	if err != nil {
		return nil, 0, 0, err
	}
	after, err := s.memory()
	if err != nil {
		return nil, 0, 0, err
	}
	perChange = cost / time.Duration(o.changes)
	size = all.bytes / (o.changes * len(all.viewers))
	fmt.Printf("%s, %d viewers: %s\n", s.name, len(all.viewers), all.delays())
	fmt.Printf("memory: %d KiB a viewer (%d MiB in all)\n", (after-before)/1024/len(all.viewers), after>>20)
	fmt.Printf("%s: %v CPU a change, %d bytes to each viewer\n", s.name, perChange, size)
	return all, perChange, size, nil
}

// bareFanout gives the CPU time that a bare server takes to write size bytes to each of
// as many TLS connections, and to read something as long as a request from each if they
// are asking.
func bareFanout(o options, bare *server, size int, asking bool) (time.Duration, error) {
	config, err := viewerConfig(o.dir)
	if err != nil {
		return 0, err
	}
	conns, err := connectAll(bare.addr, config, o.viewers, o.atOnce)
	if err != nil {
		return 0, err
	}
	var readers sync.WaitGroup
	defer func() {
		for _, c := range conns {
			_ = c.Close()
		}
		readers.Wait()
	}()
	arrived := make(chan error, len(conns))
	for _, c := range conns {
		readers.Go(func() {
			b := make([]byte, size)
			for {
				if _, err := io.ReadFull(c, b); err != nil {
					return
				}
				if asking {
					_, _ = io.WriteString(c, order(0))
				}
				arrived <- nil
			}
		})
	}
	write := func(times int) error {
		for range times {
			time.Sleep(calm)
			// One of the viewers gives the word, as with a key.
			if _, err := io.WriteString(conns[0], order(size)); err != nil {
				return err
			}
			for range conns {
				<-arrived
			}
		}
		return nil
	}
	if err := write(o.changes / 10); err != nil {
		return 0, err
	}
	cost, err := bare.cpuOf(func() error { return write(o.changes) })
	return cost / time.Duration(o.changes), err
}

// order asks serveFanout for a number of bytes. It is as long as a request for an update.
func order(size int) string { return fmt.Sprintf("%9d\n", size) }

// serveFanout is the peer of measureFanout: when one of its connections orders a number of
// bytes, as many are written to all, one after the other.
func serveFanout(dir string) error {
	config, err := bareConfig(dir)
	if err != nil {
		return err
	}
	var everybody audience
	return acceptAll("tcp", "127.0.0.1:0", func(c net.Conn) error {
		t, err := bareHandshake(c, config)
		if err != nil {
			return err
		}
		everybody.add(t)
		ordered := make([]byte, len(order(0)))
		for {
			if _, err := io.ReadFull(t, ordered); err != nil {
				return err
			}
			size, err := strconv.Atoi(strings.TrimSpace(string(ordered)))
			if err != nil {
				return err
			}
			if size > 0 {
				everybody.write(make([]byte, size))
			}
		}
	})
}

// audience is the connections of serveFanout.
type audience struct {
	mu  sync.Mutex
	all []*tls.Conn
}

func (a *audience) add(c *tls.Conn) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = append(a.all, c)
}

func (a *audience) write(b []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, c := range a.all {
		_, _ = c.Write(b)
	}
}
