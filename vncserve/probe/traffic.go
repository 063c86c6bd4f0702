package probe

import (
	"bufio"
	"net"
	"os"
	"sync/atomic"
	"time"

	"vncsec/vncserve/rfb"
)

// Traffic counts what a server has sent in framebuffer updates.
type Traffic struct {
	// Updates is the number of messages.
	Updates int
	// Bytes is all of them, headers included, as they were inside TLS.
	Bytes int64
	// ByEncoding counts rectangles, pseudo-encodings included.
	ByEncoding map[rfb.Encoding]Count
}

// Count is a number of rectangles and their bytes, headers included.
type Count struct {
	Rectangles int
	Bytes      int64
}

func (t *Traffic) rectangle(e rfb.Encoding, bytes int64) {
	if t.ByEncoding == nil {
		t.ByEncoding = map[rfb.Encoding]Count{}
	}
	c := t.ByEncoding[e]
	t.ByEncoding[e] = Count{c.Rectangles + 1, c.Bytes + bytes}
}

// countingReader counts what is read from a buffer. It ends at a time, or when it is closed:
// the socket's end does not end what is in the buffer already, and few bytes can make the
// decoder paint for long.
type countingReader struct {
	from *bufio.Reader
	read int64

	end    time.Time // zero for none
	closed atomic.Bool
}

// Read implements io.Reader.
func (r *countingReader) Read(p []byte) (int, error) {
	if r.closed.Load() {
		return 0, net.ErrClosed
	}
	if !r.end.IsZero() && !time.Now().Before(r.end) {
		return 0, os.ErrDeadlineExceeded
	}
	n, err := r.from.Read(p)
	r.read += int64(n)
	return n, err
}
