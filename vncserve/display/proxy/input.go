package proxy

import (
	"errors"
	"net"
	"os"
	"sync/atomic"
	"time"
)

// inputPatience is how long a backend may take none of what a viewer sends: a machine that
// is being saved, for one, does not look at its viewers.
const inputPatience = time.Minute

// errNoInput ends the session with a backend that hangs. While a write to it waits, nobody
// would see that the viewer has left.
var errNoInput = errors.New("the machine behind this console takes no input any more")

// input is the way from a viewer to the backend.
type input struct {
	backend     net.Conn
	patience    time.Duration
	interrupted atomic.Bool // deadlines are in the past, and stay there
}

// Write implements io.Writer, within the patience.
func (i *input) Write(b []byte) (int, error) {
	if err := i.backend.SetWriteDeadline(time.Now().Add(i.patience)); err != nil {
		return 0, err
	}
	if i.interrupted.Load() {
		return 0, os.ErrDeadlineExceeded
	}
	n, err := i.backend.Write(b)
	if errors.Is(err, os.ErrDeadlineExceeded) && !i.interrupted.Load() {
		return n, errNoInput
	}
	return n, err
}
