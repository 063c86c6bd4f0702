package rfb

import (
	"net"
	"sync"
	"time"
)

const (
	// gatherLimit is how much may wait for a Flush before it is sent anyway: 256 KiB
	// in TLS records. A buffer of that size goes back to the pool.
	gatherLimit = 260 << 10
	// closeGrace bounds what Close spends on sending the rest.
	closeGrace = 2 * time.Second
)

// gather stands between TLS and the socket. crypto/tls writes one record at a
// time; gather holds them back until Flush and sends them in one system call,
// which is where a relay of small records spends most of its time.
type gather struct {
	net.Conn

	mu   sync.Mutex
	hold bool
	buf  *[]byte // from gatherPool, nil while nothing waits
}

var gatherPool = sync.Pool{New: func() any { return new([]byte) }}

// Write sends p, or keeps it for Flush when gathering is on.
func (g *gather) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.hold {
		return g.Conn.Write(p)
	}
	if g.buf == nil {
		g.buf = gatherPool.Get().(*[]byte)
	}
	if len(*g.buf)+len(p) > gatherLimit {
		if err := g.flush(); err != nil {
			return 0, err
		}
		if len(p) > gatherLimit {
			return g.Conn.Write(p)
		}
		g.buf = gatherPool.Get().(*[]byte)
	}
	*g.buf = append(*g.buf, p...)
	return len(p), nil
}

// Flush sends what Write kept.
func (g *gather) Flush() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.flush()
}

func (g *gather) flush() error {
	if g.buf == nil {
		return nil
	}
	buf := g.buf
	g.buf = nil
	_, err := g.Conn.Write(*buf)
	*buf = (*buf)[:0]
	gatherPool.Put(buf)
	return err
}

// setHold switches gathering on or off. What waits stays until the next Flush.
func (g *gather) setHold(on bool) {
	g.mu.Lock()
	g.hold = on
	g.mu.Unlock()
}

// Close sends what waits, within a bound, and closes the socket. When another
// goroutine is blocked in a write it does not wait for it: closing ends that write.
func (g *gather) Close() error {
	if g.mu.TryLock() {
		if g.buf != nil {
			_ = g.Conn.SetWriteDeadline(time.Now().Add(closeGrace))
			_ = g.flush()
		}
		g.mu.Unlock()
	}
	return g.Conn.Close()
}
