package console

import (
	"context"
	"io"
	"sync"

	"vncsec/vncserve/rfb"
)

// maxInput bounds the input that waits for the command to read it: a clipboard, whose
// Latin-1 may take twice its size in UTF-8, and some typing. What comes beyond is dropped,
// as a terminal does.
const maxInput = 2*rfb.MaxCutText + 64<<10

// inputQueue is what viewers typed and the command has not read yet. A command that
// does not read must not hold up viewers.
type inputQueue struct {
	mu      sync.Mutex
	waiting []byte
	ready   chan struct{} // has an entry when something waits
}

func newInputQueue() *inputQueue { return &inputQueue{ready: make(chan struct{}, 1)} }

// push adds b as a whole or, if there is no room, not at all, and says which.
func (q *inputQueue) push(b []byte) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting)+len(b) > maxInput {
		return false
	}
	q.waiting = append(q.waiting, b...)
	select {
	case q.ready <- struct{}{}:
	default:
	}
	return true
}

// clear forgets what waits.
func (q *inputQueue) clear() { q.take() }

func (q *inputQueue) take() []byte {
	q.mu.Lock()
	defer q.mu.Unlock()
	b := q.waiting
	q.waiting = nil
	return b
}

// drain writes what comes to w until that fails or the context is done.
func (q *inputQueue) drain(ctx context.Context, w io.Writer) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-q.ready:
		}
		if _, err := w.Write(q.take()); err != nil {
			return
		}
	}
}
