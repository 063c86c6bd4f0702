package vncserve

import (
	"container/list"
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"

	"vncsec/vncserve/listen"
	"vncsec/vncserve/reason"
	"vncsec/vncserve/security"
)

// pending holds the log-ins that are under way, oldest first. A flood of silent peers
// costs the oldest of its own origin their place, not the next viewer its log-in.
type pending struct {
	max int

	mu     sync.Mutex
	closed bool
	logins *list.List // of pendingLogin
}

// pendingLogin is one of them, and how to end it with a cause.
type pendingLogin struct {
	remote net.Addr
	end    context.CancelCauseFunc
}

// Causes of the end of a log-in.
var (
	errTooManyPending = &security.RefusedError{Reason: reason.TooManyPending, Err: errors.New("too many viewers are logging in")}
	errNoDescriptor   = &security.RefusedError{Reason: reason.TooManyPending, Err: errors.New("the next viewer needs its file descriptor")}
	errStopping       = &security.RefusedError{Reason: reason.ServerStopping, Err: errors.New("the server is stopping")}
)

func newPending(limit int) *pending {
	return &pending{max: limit, logins: list.New()}
}

// add takes a log-in in. If there are too many it ends one; after endAll, this one.
func (p *pending) add(remote net.Addr, end context.CancelCauseFunc) (place *list.Element) {
	p.mu.Lock()
	defer p.mu.Unlock()
	place = p.logins.PushBack(pendingLogin{remote, end})
	switch {
	case p.closed:
		end(errStopping)
	case p.logins.Len() > p.max:
		p.endOldest(errTooManyPending)
	}
	return place
}

// remove takes a log-in out. It may have been ended already.
func (p *pending) remove(place *list.Element) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.logins.Remove(place)
}

// makeRoom ends one log-in, if there is any.
func (p *pending) makeRoom(cause error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.endOldest(cause)
}

// endAll ends every log-in, those to come included.
func (p *pending) endAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for e := p.logins.Front(); e != nil; e = e.Next() {
		e.Value.(pendingLogin).end(errStopping)
	}
}

// endOldest ends the oldest log-in of the origin that has the most.
func (p *pending) endOldest(cause error) {
	count := make(map[netip.Prefix]int, p.logins.Len())
	for e := p.logins.Front(); e != nil; e = e.Next() {
		count[listen.Origin(e.Value.(pendingLogin).remote)]++
	}
	var chosen *list.Element
	most := 0
	for e := p.logins.Front(); e != nil; e = e.Next() {
		if n := count[listen.Origin(e.Value.(pendingLogin).remote)]; n > most {
			chosen, most = e, n
		}
	}
	if chosen != nil {
		p.logins.Remove(chosen).(pendingLogin).end(cause)
	}
}
