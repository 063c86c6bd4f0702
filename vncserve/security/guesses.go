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

// guesses counts wrong secrets. Its zero value is ready.
type guesses struct {
	mu       sync.Mutex
	punished map[netip.Prefix]int
}

// settle takes the outcome of an attempt and tells whether it counts: not while its
// origin has too many penalties, so that a guesser on many connections learns nothing,
// not even that it was right. A wrong secret that counts is remembered for the time of
// its penalty, whether or not the guesser waits for it.
func (g *guesses) settle(origin netip.Prefix, penalty time.Duration, good bool) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.punished[origin] >= maxGuesses {
		return false
	}
	if good || penalty <= 0 {
		return true
	}
	if g.punished == nil {
		g.punished = map[netip.Prefix]int{}
	}
	g.punished[origin]++
	time.AfterFunc(penalty, func() { g.forgive(origin) })
	return true
}

func (g *guesses) forgive(origin netip.Prefix) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.punished[origin]--; g.punished[origin] == 0 {
		delete(g.punished, origin)
	}
}
