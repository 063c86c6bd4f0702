package display

import (
	"errors"
	"sync"
)

// Sharing is what becomes of viewers that want a display for themselves (the shared
// flag of ClientInit, RFC 6143 section 7.3.1). The rules are QEMU's share=.
type Sharing uint8

// The policies.
const (
	// AllowExclusive lets a viewer that asks for it have the display alone: the others
	// must go, and nobody comes in beside it. One that may only look cannot do that.
	AllowExclusive Sharing = iota
	// ForceShared refuses viewers that want the display alone.
	ForceShared
	// IgnoreExclusive lets everybody in.
	IgnoreExclusive
)

// Why a viewer has to go.
var (
	errOthersExclusive = errors.New("another viewer has the display for itself")
	errTakenOver       = errors.New("another viewer wants the display for itself")
	errForceShared     = errors.New("the viewer wants the display for itself, which is not allowed")
)

// company is the viewers of a display that have sent ClientInit.
type company struct {
	policy Sharing

	mu  sync.Mutex
	all map[*guest]struct{}
}

// guest is one of them.
type guest struct {
	exclusive bool
	leave     func(cause error)
}

// enter lets a viewer in, or says why not. It must leave with the guest.
func (c *company) enter(exclusive bool, leave func(cause error)) (*guest, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	g := &guest{exclusive: exclusive && c.policy == AllowExclusive, leave: leave}
	switch {
	case exclusive && c.policy == ForceShared:
		return nil, errForceShared
	case !g.exclusive && c.hasExclusive():
		return nil, errOthersExclusive
	}
	if g.exclusive {
		for other := range c.all {
			other.leave(errTakenOver)
		}
	}
	if c.all == nil {
		c.all = make(map[*guest]struct{})
	}
	c.all[g] = struct{}{}
	return g, nil
}

func (c *company) hasExclusive() bool {
	for g := range c.all {
		if g.exclusive {
			return true
		}
	}
	return false
}

// exit is called when a guest has left.
func (c *company) exit(g *guest) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.all, g)
}
