package main

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"vncsec/vncserve/rfb"
)

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

	before, err := ours.memory()
	if err != nil {
		return err
	}
	all, err := o.crowd(ours.addr)
	if err != nil {
		return err
	}
	defer all.leave()
	if err := all.join(); err != nil {
		return err
	}
	if err := all.typeKeys(o.changes / 10); err != nil { // a warm-up
		return err
	}
	all.latencies, all.bytes = nil, 0
	cost, err := ours.cpuOf(func() error { return all.typeKeys(o.changes) })
	if err != nil {
		return err
	}
	after, err := ours.memory()
	if err != nil {
		return err
	}
	perChange := cost / time.Duration(o.changes)
	size := all.bytes / (o.changes * len(all.viewers))
	slices.Sort(all.latencies)
	slices.Sort(all.slowest)
	at := func(list []time.Duration, p float64) time.Duration {
		return list[int(p*float64(len(list)-1))].Round(10 * time.Microsecond)
	}
	fmt.Printf("%d viewers: key to update: median %v, p99 %v; until all have it: median %v, p99 %v\n", len(all.viewers),
		at(all.latencies, 0.5), at(all.latencies, 0.99), at(all.slowest, 0.5), at(all.slowest, 0.99))
	fmt.Printf("memory: %d KiB a viewer (%d MiB in all)\n", (after-before)/1024/len(all.viewers), after>>20)
	fmt.Printf("vncsec: %v CPU a change, %d bytes to each viewer\n", perChange, size)

	peer, err := bareFanout(o, bare, size)
	if err != nil {
		return err
	}
	fmt.Printf("bare:   %v CPU for as many TLS writes\nratio:  %.2f\n", peer, float64(perChange)/float64(peer))
	return nil
}

// crowd is many viewers of one console.
type crowd struct {
	continuous bool
	viewers    []*watcher
	arrived    chan arrival
	latencies  []time.Duration // of each viewer and change
	slowest    []time.Duration // of each change
	bytes      int
}

// arrival is an update at a viewer.
type arrival struct {
	at    time.Time
	bytes int
	err   error
}

// watcher is a viewer that counts what it gets and looks at nothing.
type watcher struct {
	conn *rfb.Conn
	in   *counter
}

type counter struct {
	*bufio.Reader
	read int
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read += n
	return n, err
}

// crowd logs viewers in, up to ClientInit.
func (o options) crowd(addr string) (*crowd, error) {
	config, err := viewerConfig(o.dir)
	if err != nil {
		return nil, err
	}
	c := &crowd{continuous: o.continuous, arrived: make(chan arrival, 2*o.viewers)}
	began := time.Now()
	conns, err := connectAll(addr, config, o.viewers)
	if err != nil {
		return nil, err
	}
	for _, conn := range conns {
		c.viewers = append(c.viewers, &watcher{conn, &counter{Reader: bufio.NewReaderSize(conn, 4<<10)}})
	}
	fmt.Printf("%d viewers logged in within %v\n", len(conns), time.Since(began).Round(time.Millisecond))
	return c, nil
}

// connectAll makes n connections, 32 at once, up to ClientInit.
func connectAll(addr string, config *tls.Config, n int) ([]*rfb.Conn, error) {
	conns, errs := make([]*rfb.Conn, n), make([]error, n)
	var workers sync.WaitGroup
	slots := make(chan struct{}, 32)
	for i := range n {
		workers.Go(func() {
			slots <- struct{}{}
			conns[i], errs[i] = logIn(addr, config)
			<-slots
		})
	}
	workers.Wait()
	return conns, errors.Join(errs...)
}

func (c *crowd) leave() {
	for _, w := range c.viewers {
		_ = w.conn.Close()
	}
}

// join has all viewers ask for the screen at once and waits until they have it.
func (c *crowd) join() error {
	began := time.Now()
	for _, w := range c.viewers {
		go c.follow(w)
	}
	arrivals, err := c.collect()
	if err != nil {
		return err
	}
	fmt.Printf("first full screen: the last viewer had it after %v\n", last(arrivals).Sub(began).Round(time.Millisecond))
	return nil
}

// typeKeys presses keys, one after the other, each time until all viewers have an update.
func (c *crowd) typeKeys(n int) error {
	for range n {
		time.Sleep(5 * time.Millisecond) // what the change before left behind
		began := time.Now()
		b := rfb.KeyEvent{Down: true, Key: 'x'}.AppendWire(nil)
		if _, err := c.viewers[0].conn.Write(rfb.KeyEvent{Key: 'x'}.AppendWire(b)); err != nil {
			return err
		}
		arrivals, err := c.collect()
		if err != nil {
			return err
		}
		for _, a := range arrivals {
			c.latencies = append(c.latencies, a.at.Sub(began))
			c.bytes += a.bytes
		}
		c.slowest = append(c.slowest, last(arrivals).Sub(began))
	}
	return nil
}

// collect waits for one update at each viewer.
func (c *crowd) collect() ([]arrival, error) {
	arrivals := make([]arrival, 0, len(c.viewers))
	for range c.viewers {
		a := <-c.arrived
		if a.err != nil {
			return nil, a.err
		}
		arrivals = append(arrivals, a)
	}
	return arrivals, nil
}

func last(arrivals []arrival) (at time.Time) {
	for _, a := range arrivals {
		if a.at.After(at) {
			at = a.at
		}
	}
	return at
}

// follow takes updates until the connection ends.
func (c *crowd) follow(w *watcher) {
	err := w.start(c.continuous)
	for err == nil {
		c.arrived <- arrival{at: time.Now(), bytes: w.in.read}
		w.in.read = 0
		if err = w.update(); err == nil && !c.continuous {
			err = w.request(true)
		}
	}
	c.arrived <- arrival{err: err}
}

// screen is larger than the console.
var screen = rfb.FramebufferUpdateRequest{Width: 4000, Height: 4000}

func (w *watcher) request(incremental bool) error {
	m := screen
	m.Incremental = incremental
	_, err := w.conn.Write(m.AppendWire(nil))
	return err
}

// start asks for the first screen.
func (w *watcher) start(continuous bool) error {
	if err := w.conn.SetDeadline(time.Now().Add(5 * time.Minute)); err != nil {
		return err
	}
	if _, err := rfb.ReadServerInit(w.in); err != nil {
		return err
	}
	encodings := []rfb.Encoding{rfb.EncodingZRLE, rfb.EncodingCopyRect}
	if continuous {
		encodings = append(encodings, rfb.EncodingFence, rfb.EncodingContinuousUpdates)
	}
	if _, err := w.conn.Write(rfb.SetEncodings{Encodings: encodings}.AppendWire(nil)); err != nil {
		return err
	}
	if err := w.request(false); err != nil {
		return err
	}
	if err := w.update(); err != nil {
		return err
	}
	if continuous {
		m := rfb.EnableContinuousUpdates{Enable: true, Width: screen.Width, Height: screen.Height}
		_, err := w.conn.Write(m.AppendWire(nil))
		return err
	}
	return w.request(true)
}

// update reads messages up to the end of the next update.
func (w *watcher) update() error {
	for {
		m, err := rfb.ReadServerMessage(w.in)
		if err != nil {
			return err
		}
		switch m := m.(type) {
		case rfb.FramebufferUpdate:
			return w.skipRectangles(int(m.Rectangles))
		case rfb.Fence:
			if m.Flags &^= rfb.FenceRequest; len(m.Payload) > 0 {
				if _, err := w.conn.Write(m.AppendWire(nil)); err != nil {
					return err
				}
			}
		}
	}
}

func (w *watcher) skipRectangles(n int) error {
	for range n {
		h, err := rfb.ReadRectHeader(w.in)
		if err != nil {
			return err
		}
		size := int64(4)
		switch h.Encoding {
		case rfb.EncodingRaw:
			size *= int64(h.Width) * int64(h.Height)
		case rfb.EncodingZRLE:
			length, err := rfb.ReadUint32(w.in)
			if err != nil {
				return err
			}
			size = int64(length)
		}
		if _, err := io.CopyN(io.Discard, w.in, size); err != nil {
			return err
		}
	}
	return nil
}

// bareFanout gives the CPU time that a bare server takes to write size bytes to each of
// as many TLS connections.
func bareFanout(o options, bare *server, size int) (time.Duration, error) {
	config, err := viewerConfig(o.dir)
	if err != nil {
		return 0, err
	}
	conns, err := connectAll(bare.addr, config, o.viewers)
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
				arrived <- nil
			}
		})
	}
	write := func(times int) error {
		for range times {
			time.Sleep(5 * time.Millisecond)
			// One of the viewers gives the word, as with a key.
			if _, err := fmt.Fprintf(conns[0], "%9d\n", size); err != nil {
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

// serveFanout is the peer of measureFanout: when one of its connections sends a size, as
// many bytes are written to all, one after the other.
func serveFanout(dir string) error {
	config, err := bareConfig(dir)
	if err != nil {
		return err
	}
	l, err := announce("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	var mu sync.Mutex
	var all []*tls.Conn
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer func() { _ = c.Close() }()
			t, err := bareHandshake(c, config)
			if err != nil {
				return
			}
			mu.Lock()
			all = append(all, t)
			mu.Unlock()
			order := make([]byte, 10)
			for {
				if _, err := io.ReadFull(t, order); err != nil {
					return
				}
				size, err := strconv.Atoi(strings.TrimSpace(string(order)))
				if err != nil {
					return
				}
				b := make([]byte, size)
				mu.Lock()
				for _, each := range all {
					_, _ = each.Write(b)
				}
				mu.Unlock()
			}
		}()
	}
}

// memory is the process's resident memory in bytes.
func (s *server) memory() (int, error) {
	content, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid), "status"))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(content), "VmRSS:")
	var kilobytes int
	_, err = fmt.Sscan(rest, &kilobytes)
	return kilobytes << 10, err
}
