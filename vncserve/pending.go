package vncserve

import (
	"container/list"
	"net"
	"sync"
)

// pending holds the connections that are not authenticated, oldest first. A flood of
// silent peers costs the oldest their place, not the next viewer its log-in.
type pending struct {
	max int

	mu    sync.Mutex
	conns *list.List // of net.Conn
}

func newPending(limit int) *pending {
	return &pending{max: limit, conns: list.New()}
}

// add takes a connection in. If there are too many it closes the oldest and gives
// it back.
func (p *pending) add(c net.Conn) (place *list.Element, dropped net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	place = p.conns.PushBack(c)
	if p.conns.Len() <= p.max {
		return place, nil
	}
	dropped = p.conns.Remove(p.conns.Front()).(net.Conn)
	_ = dropped.Close()
	return place, dropped
}

// remove takes a connection out. It may have been dropped already.
func (p *pending) remove(place *list.Element) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns.Remove(place)
}

// closeAll ends every connection that is not authenticated.
func (p *pending) closeAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for e := p.conns.Front(); e != nil; e = e.Next() {
		_ = e.Value.(net.Conn).Close()
	}
}
