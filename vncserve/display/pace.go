package display

import (
	"sync"
	"time"
)

// pace keeps drawing from taking the time that what is drawn needs to happen: after a
// picture that took t to draw, no other is begun for restFactor*t. Where nothing was
// drawn lately, nothing waits.
type pace struct {
	mu    sync.Mutex
	stale bool      // something is to be drawn
	next  time.Time // when
	timer *time.Timer
}

const (
	restFactor  = 3
	longestRest = 25 * time.Millisecond
)

// announce says that something is to be drawn. It tells whether the viewers are to be
// woken now; else they know already, or wake is called when it is time.
func (p *pace) announce(wake func()) (now bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stale {
		return false
	}
	p.stale = true
	rest := time.Until(p.next)
	if rest <= 0 {
		return true
	}
	p.wakeAfter(rest, wake)
	return false
}

// wakeAfter has wake called after a rest.
func (p *pace) wakeAfter(rest time.Duration, wake func()) {
	if p.timer == nil {
		p.timer = time.AfterFunc(rest, wake)
	} else {
		p.timer.Reset(rest)
	}
}

// isStale tells whether something is to be drawn, now or later.
func (p *pace) isStale() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stale
}

// due tells whether something is to be drawn now.
func (p *pace) due() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stale && !time.Now().Before(p.next)
}

// begin begins to draw, if there is something.
func (p *pace) begin() (began time.Time, stale bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	stale = p.stale
	p.stale = false
	return time.Now(), stale
}

// end ends what begin began; again tells that more of it is to be drawn. What was announced
// meanwhile may not be drawn yet either, and those who were woken for it find that it is not
// time: they are woken again when it is.
func (p *pace) end(began time.Time, again bool, wake func()) {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stale = p.stale || again
	rest := min(restFactor*now.Sub(began), longestRest)
	p.next = now.Add(rest)
	if p.stale {
		p.wakeAfter(rest, wake)
	}
}
