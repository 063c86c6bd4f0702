package console

import "time"

// longestHold bounds the time in which a program may keep what it writes from being
// shown (synchronized output, 2026). Terminals that know the mode have similar ones.
const longestHold = 150 * time.Millisecond

// hold keeps the picture as it is while a program writes the parts of a new one.
type hold struct {
	held bool
	// overdue is set when the program took too long: what it writes is shown until it
	// ends its synchronized output.
	overdue bool
	timer   *time.Timer
}

// holdBack tells whether what was written is not to be shown yet. It is called with mu
// held.
func (c *Console) holdBack() bool {
	h := &c.hold
	switch on := c.term.Modes().Synchronized; {
	case on && !h.held && !h.overdue:
		h.held = true
		h.timer = time.AfterFunc(longestHold, c.showOverdue)
	case !on:
		if h.timer != nil {
			h.timer.Stop()
		}
		*h = hold{}
	}
	return h.held
}

// showOverdue shows what has been held back too long.
func (c *Console) showOverdue() {
	c.mu.Lock()
	c.hold.held, c.hold.overdue = false, true
	c.mu.Unlock()
	c.fb.Invalidate()
}
