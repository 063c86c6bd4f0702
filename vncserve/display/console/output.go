package console

import (
	"image"
	"slices"
	"time"

	"vncsec/vncserve/display/console/terminal"
)

// outputPiece bounds what is shown with the lock held, so that floods of costly
// sequences do not hold up viewers.
const outputPiece = 4 << 10

// output shows what the command wrote.
func (c *Console) output(b []byte) {
	for piece := range slices.Chunk(b, outputPiece) {
		c.outputPiece(piece)
	}
}

func (c *Console) outputPiece(b []byte) { c.write(b, func() { c.term.Write(b) }) }

// reset is what has players of the recording reset their terminal (RIS).
const reset = "\x1bc"

// startAfresh clears the screen for the next run of the command. How the last one ended
// stays in the history.
func (c *Console) startAfresh() { c.write([]byte(reset), func() { c.term.Restart() }) }

// write has a change made to the terminal, which is recorded as the output of b.
func (c *Console) write(b []byte, change func()) {
	defer c.containFault(c.fb.Invalidate)
	c.recorder.Wait()
	replies, events, held := c.changeTerminal(b, change)
	c.input.push(replies)
	c.act(events)
	if !held {
		c.fb.Invalidate()
	}
}

// changeTerminal is the part of write that needs the lock.
func (c *Console) changeTerminal(b []byte, change func()) (replies []byte, events terminal.Events, held bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.recorder.Output(b)
	change()
	if !c.view.selection.empty() && !c.watch.intact(c.term) {
		c.view.selection = selection{}
	}
	c.view.back = c.view.back && c.view.top(c.term) < c.term.ScreenLine() // the history may be gone
	return c.term.TakeReplies(), c.term.TakeEvents(), c.holdBack()
}

// act carries out what the command did beside writing.
func (c *Console) act(e terminal.Events) {
	if e.Bell {
		c.ring(time.Now())
	}
	if e.HasTitle {
		title := e.Title
		if title == "" {
			title = c.config.Title
		}
		c.titles.Do(func() { c.fb.SetName(title) })
	}
	if e.Clipboard != "" && c.config.OSC52 {
		c.giveClipboard(e.Clipboard)
	}
	if e.Columns > 0 && sizeAllowed(e.Columns, e.Rows) {
		c.resize(image.Pt(e.Columns*c.cell.X, e.Rows*c.cell.Y))
	}
}

// titleRest is how long viewers are not told of another title after one: a program that
// writes nothing but titles would have them do nothing but change their windows.
const titleRest = 100 * time.Millisecond

// quiet is how long no bell rings after one, as in xterm: a program that writes
// nothing but bells would drown the viewers in messages.
const quiet = 200 * time.Millisecond

// ring rings the bell at every viewer, unless it just did.
func (c *Console) ring(now time.Time) {
	if c.rings(now) {
		c.fb.Bell()
	}
}

func (c *Console) rings(now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Sub(c.rung) < quiet {
		return false
	}
	c.rung = now
	return true
}
