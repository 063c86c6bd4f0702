package proxy

import (
	"io"
	"sync"

	"vncsec/vncserve/rfb"
)

// relayBuffer is one read from the backend. Each read becomes a few TLS records and
// one write to the viewer's socket, so larger reads cost fewer system calls; beyond
// this size the gain is lost to the processor's cache.
const relayBuffer = 64 << 10

var relayBuffers = sync.Pool{New: func() any { return new([relayBuffer]byte) }}

// relayPicture passes the backend's bytes on. Only what one read gave waits, and only until
// it is sent: a slow viewer slows its own backend connection and nothing else.
func relayPicture(viewer rfb.Stream, backend io.Reader) error {
	buf := relayBuffers.Get().(*[relayBuffer]byte)
	defer relayBuffers.Put(buf)
	for {
		n, readErr := backend.Read(buf[:])
		if n > 0 {
			if _, err := viewer.Write(buf[:n]); err != nil {
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
	}
}

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

// inputBuffer is one read from a viewer, whose messages are small.
const inputBuffer = 4 << 10
