package proxy

import (
	"io"
	"sync"

	"vncsec/vncserve/rfb"
)

// A read from the backend becomes a few TLS records and one write to the viewer's
// socket, so larger reads cost fewer system calls. A viewer that is mostly idle
// waits with a small buffer; one that takes bulk gets a large one.
const (
	smallRead = 16 << 10
	largeRead = 256 << 10
)

var (
	smallBuffers = sync.Pool{New: func() any { b := make([]byte, smallRead); return &b }}
	largeBuffers = sync.Pool{New: func() any { b := make([]byte, largeRead); return &b }}
)

// readBuffer is the buffer of one relay, which changes size with the traffic.
type readBuffer struct {
	pool *sync.Pool
	b    *[]byte
}

func newReadBuffer() *readBuffer {
	return &readBuffer{&smallBuffers, smallBuffers.Get().(*[]byte)}
}

// suit fits the size to the last read of n bytes: one that filled the small buffer
// wants the large one, one that would fit into the small buffer gives it back.
func (r *readBuffer) suit(n int) {
	pool := &smallBuffers
	if n >= smallRead {
		pool = &largeBuffers
	}
	if pool != r.pool {
		r.release()
		r.pool, r.b = pool, pool.Get().(*[]byte)
	}
}

func (r *readBuffer) release() { r.pool.Put(r.b) }

// relayPicture passes the backend's bytes on. Only what one read gave waits, and only
// until it is sent: a slow viewer slows its own backend connection and nothing else.
func relayPicture(viewer rfb.Stream, backend io.Reader) error {
	buf := newReadBuffer()
	defer func() { buf.release() }()
	for {
		n, readErr := backend.Read(*buf.b)
		if n > 0 {
			if _, err := viewer.Write((*buf.b)[:n]); err != nil {
				return err
			}
			if err := viewer.Flush(); err != nil {
				return err
			}
		}
		if readErr == io.EOF {
			return nil
		}
		if readErr != nil {
			return readErr
		}
		buf.suit(n)
	}
}

// inputBuffer is one read from a viewer, whose messages are small.
const inputBuffer = 4 << 10

// relayInput passes the viewer's keys and pointer on.
func relayInput(backend io.Writer, viewer io.Reader) error {
	var buf [inputBuffer]byte
	for {
		n, readErr := viewer.Read(buf[:])
		if n > 0 {
			if _, err := backend.Write(buf[:n]); err != nil {
				return err
			}
		}
		if readErr != nil {
			return readErr
		}
	}
}
