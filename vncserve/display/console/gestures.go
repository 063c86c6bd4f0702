package console

import (
	"image"
	"time"

	"vncsec/vncserve/display/console/terminal"
)

// doubleClick is the longest time between the clicks of a double click.
const doubleClick = 400 * time.Millisecond

// wheelLines is what a step of the wheel scrolls.
const wheelLines = 3

// selecting is what a viewer's left button does: it selects text while it is down.
type selecting struct {
	active bool
	// unit grows with the clicks at one place; since is when the last one was.
	unit  unit
	since time.Time
	at    position
	// begun is the unit where the button was pressed, which stays selected.
	begun selection
	moved bool
}

// press begins a selection at a cell of the view.
func (v *viewerInput) press(cell image.Point) {
	s := &v.selecting
	v.console.change(func(t *terminal.Terminal, view *view) {
		at := view.position(t, cell)
		switch now := time.Now(); {
		case at != s.at || now.Sub(s.since) > doubleClick || s.unit == wholeLines:
			s.unit, s.since = characters, now
		default:
			s.unit, s.since = s.unit+1, now
		}
		s.active, s.moved, s.at = true, false, at
		s.begun = unitAt(t, at, s.unit)
		view.selection = selection{}
		if s.unit != characters {
			view.selection = s.begun
		}
	})
}

// drag makes the selection reach to a cell of the view.
func (v *viewerInput) drag(cell image.Point) {
	s := &v.selecting
	v.console.change(func(t *terminal.Terminal, view *view) {
		at := view.position(t, cell)
		if at == s.at && !s.moved {
			return
		}
		s.moved = true
		view.selection = s.begun.union(unitAt(t, at, s.unit))
		if !view.selection.exists(t) {
			view.selection = selection{} // what it began with was forgotten
		}
	})
}

// release ends the selection and gives the text to the viewer that selected it.
func (v *viewerInput) release() {
	v.selecting.active = false
	v.copySelected()
}

// copySelected gives the viewer the selected text, which another one may have selected.
func (v *viewerInput) copySelected() {
	text := ""
	v.console.change(func(t *terminal.Terminal, view *view) {
		if !view.selection.empty() {
			text = view.selection.text(t)
		}
	})
	if text != "" {
		v.setClipboard(text)
	}
}

// wheel scrolls the view by steps, up if they are negative. In the alternate screen,
// which has no history, it presses cursor keys for the program, as in xterm.
func (v *viewerInput) wheel(steps int, modes terminal.Modes, running bool) {
	if !modes.Alternate {
		v.console.change(func(t *terminal.Terminal, view *view) { view.scrollBy(t, wheelLines*steps) })
		return
	}
	if modes.NoWheelKeys || !running {
		return
	}
	letter := byte('B')
	if steps < 0 {
		letter, steps = 'A', -steps
	}
	var none keyboard
	for range wheelLines * steps {
		v.tell(none.lettered(letter, modes.AppCursor))
	}
}

// change lets f change what is in view.
func (c *Console) change(f func(*terminal.Terminal, *view)) {
	if c.changes(f) {
		c.fb.Invalidate()
	}
}

// changes is change without showing it, and tells whether there is something to show.
func (c *Console) changes(f func(*terminal.Terminal, *view)) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	was := c.view
	f(c.term, &c.view)
	if c.view.selection != was.selection {
		c.watch = watchSelection(c.term, c.view.selection)
	}
	return c.view != was
}

// follow brings the view back to the screen.
func (c *Console) follow() {
	c.change(func(_ *terminal.Terminal, view *view) { view.back = false })
}
