package console

import (
	"sync"
	"time"
)

// clipboard is a viewer's clipboard as far as it is known.
type clipboard struct {
	mu   sync.Mutex
	text string
}

func (c *clipboard) set(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.text = text
}

func (c *clipboard) get() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text
}

// setClipboard gives the viewer a text.
func (v *viewerInput) setClipboard(text string) {
	v.clipboard.set(text)
	v.peer.SetClipboard(text)
}

// clipboardRest is how long no viewer gets a text of the command after one: a program that
// writes nothing else would have nothing else sent.
const clipboardRest = 100 * time.Millisecond

// giveClipboard gives a text of the command to the viewer who typed last, for whom it most
// likely is. Others, and those who only look, keep what they have.
func (c *Console) giveClipboard(text string) {
	c.mu.Lock()
	v := c.typing
	_, here := c.viewers[v]
	c.mu.Unlock()
	if here {
		c.texts.Do(func() { v.setClipboard(text) })
	}
}
