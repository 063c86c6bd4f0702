// Package throttle spaces out what may happen too often to be passed on each time.
package throttle

import (
	"sync"
	"time"
)

// Throttle passes on one kind of thing that happens: at once if none was passed on lately,
// else after a rest, and of all that happens in that time only the last. It may be used by
// many goroutines.
type Throttle struct {
	rest time.Duration

	mu      sync.Mutex // held while things are passed on, for the last one to be the last
	next    time.Time  // when the next one may be passed on
	waiting func()     // the one that waits for that, nil for none
}

// New makes a Throttle that rests that long after each thing that it has passed on.
func New(rest time.Duration) *Throttle { return &Throttle{rest: rest} }

// Do calls f, now or when the rest is over; in the latter case f is not called if there is
// another call of Do before. f must not call Do.
func (t *Throttle) Do(f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.waiting != nil {
		t.waiting = f
		return
	}
	if rest := time.Until(t.next); rest > 0 {
		t.waiting = f
		time.AfterFunc(rest, t.wake)
		return
	}
	t.call(f)
}

// wake calls what waited.
func (t *Throttle) wake() {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.waiting
	t.waiting = nil
	t.call(f)
}

func (t *Throttle) call(f func()) {
	f()
	t.next = time.Now().Add(t.rest)
}
