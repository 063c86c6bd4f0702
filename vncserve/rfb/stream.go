package rfb

import (
	"io"
	"time"
)

// Stream is an RFB connection after the handshake, as a display sees it. What is
// written may stay in memory until Flush.
type Stream interface {
	io.Reader
	io.Writer
	// Flush sends all that was written, in as few system calls as possible.
	Flush() error
	SetReadDeadline(t time.Time) error
	SetWriteDeadline(t time.Time) error
	// Close ends the connection; it unblocks Read, Write and Flush.
	Close() error
}
