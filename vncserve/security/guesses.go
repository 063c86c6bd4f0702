package security

import (
	"net/netip"
	"sync"
	"time"
)

// maxGuesses bounds the wrong passwords of one origin whose penalties last at the
// same time. Waiting for the answer is no bound by itself: who is let in hears it at
// once, so a guesser need not wait, and can use any number of connections.
const maxGuesses = 4

// guesses counts wrong passwords. Its zero value is ready.
type guesses struct {
	mu       sync.Mutex
	punished map[netip.Prefix]int
}

// try runs a check of a password unless the origin has too many penalties. A wrong one
// counts for the time of its penalty, whether or not the guesser waits for it.
func (g *guesses) try(origin netip.Prefix, penalty time.Duration, check func() (bool, error)) (tried, good bool, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.punished[origin] >= maxGuesses {
		return false, false, nil
	}
	if good, err = check(); good || err != nil || penalty <= 0 {
		return true, good, err
	}
	if g.punished == nil {
		g.punished = map[netip.Prefix]int{}
	}
	g.punished[origin]++
	time.AfterFunc(penalty, func() { g.forgive(origin) })
	return true, false, nil
}

func (g *guesses) forgive(origin netip.Prefix) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.punished[origin]--; g.punished[origin] == 0 {
		delete(g.punished, origin)
	}
}
