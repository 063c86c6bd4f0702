package main

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"vncsec/vncserve/rfb"
)

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
	conns, err := connectAll(addr, config, o.viewers, o.atOnce)
	if err != nil {
		return nil, err
	}
	for _, conn := range conns {
		c.viewers = append(c.viewers, &watcher{conn, &counter{Reader: bufio.NewReaderSize(conn, 4<<10)}})
	}
	fmt.Printf("%d viewers logged in within %v\n", len(conns), time.Since(began).Round(time.Millisecond))
	return c, nil
}

// connectAll makes n connections, some at once, up to ClientInit.
func connectAll(addr string, config *tls.Config, n, atOnce int) ([]*rfb.Conn, error) {
	conns, errs := make([]*rfb.Conn, n), make([]error, n)
	var workers sync.WaitGroup
	slots := make(chan struct{}, atOnce)
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
// Updates that follow while it rests are left out.
func (c *crowd) typeKeys(n int, rest time.Duration) error {
	for range n {
		time.Sleep(rest)
		if err := c.forgetArrivals(); err != nil {
			return err
		}
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

// forget begins the counts anew.
func (c *crowd) forget() { c.latencies, c.slowest, c.bytes = nil, nil, 0 }

func (c *crowd) forgetArrivals() error {
	for {
		select {
		case a := <-c.arrived:
			if a.err != nil {
				return a.err
			}
		default:
			return nil
		}
	}
}

// delays tells the times from a key to the updates.
func (c *crowd) delays() string {
	slices.Sort(c.latencies)
	slices.Sort(c.slowest)
	at := func(list []time.Duration, p float64) time.Duration {
		return list[int(p*float64(len(list)-1))].Round(10 * time.Microsecond)
	}
	return fmt.Sprintf("key to update: median %v, p99 %v; until all have it: median %v, p99 %v",
		at(c.latencies, 0.5), at(c.latencies, 0.99), at(c.slowest, 0.5), at(c.slowest, 0.99))
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
