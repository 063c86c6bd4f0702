package console

import (
	"sync"
	"time"
)

// titleRest is how long viewers are not told of another title after one: a program that
// writes nothing but titles would have them do nothing but change their windows.
const titleRest = 100 * time.Millisecond

// title is the title that a command set last, of which the viewers may not know yet.
type title struct {
	mu      sync.Mutex // held while the framebuffer is told, for the last one to be the last
	text    string
	next    time.Time // when the viewers may be told again
	waiting bool      // for that
}

// setTitle tells the viewers of a title, now or as soon as they may be told.
func (c *Console) setTitle(text string) {
	t := &c.title
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = text
	if t.waiting {
		return
	}
	if rest := time.Until(t.next); rest > 0 {
		t.waiting = true
		time.AfterFunc(rest, c.showTitle)
		return
	}
	c.tellTitle()
}

// showTitle tells the viewers of the title that waited.
func (c *Console) showTitle() {
	c.title.mu.Lock()
	defer c.title.mu.Unlock()
	c.title.waiting = false
	c.tellTitle()
}

// tellTitle is called with the title's lock held.
func (c *Console) tellTitle() {
	c.fb.SetName(c.title.text)
	c.title.next = time.Now().Add(titleRest)
}
