package console

import (
	"image"
	"time"

	"vncsec/vncserve/display"
	"vncsec/vncserve/display/console/terminal"
	"vncsec/vncserve/rfb"
)

// viewerInput is what one viewer does: its keyboard, its pointer and its clipboard.
type viewerInput struct {
	console   *Console
	peer      display.Peer
	name      string // for the recording
	keyboard  keyboard
	pointer   pointer
	selecting selecting
	clipboard clipboard
	// wanted is when a paste began to wait for the clipboard to come, zero if none
	// waits.
	wanted time.Time
}

// Key implements display.Input.
func (v *viewerInput) Key(e rfb.KeyEvent) {
	if v.keyboard.modifier(e) || !e.Down {
		return
	}
	v.wanted = time.Time{} // a paste after what is typed later would be a surprise
	modes, running := v.console.state()
	switch {
	case v.scrolls(e.Key, modes):
	case v.keyboard.copies(e.Key):
		v.copySelected() // with nothing selected too it must not interrupt the command
	case !running:
		if e.Key == rfb.KeyReturn || e.Key == rfb.KeyPadEnter {
			v.console.typed(v)
			v.console.askRestart()
		}
	case v.keyboard.pastes(e.Key):
		v.paste(modes)
	default:
		v.send(v.keyboard.encode(e.Key, modes))
	}
}

// send gives the command what the viewer typed, and shows the place where that goes.
func (v *viewerInput) send(b []byte) {
	if len(b) == 0 {
		return
	}
	v.tell(b)
	v.console.follow()
}

// tell gives the command input of the viewer.
func (v *viewerInput) tell(b []byte) {
	if len(b) == 0 {
		return
	}
	v.console.typed(v)
	if !v.console.input.push(b) {
		v.console.ring(time.Now())
	}
}

// scrolls scrolls the view if that is what a key is for: Shift with Page Up, Page
// Down, Home or End. The alternate screen has no history, so there they go to the
// program.
func (v *viewerInput) scrolls(key rfb.Keysym, modes terminal.Modes) bool {
	if v.keyboard.held != shift || modes.Alternate {
		return false
	}
	return v.console.scroll(key)
}

// scroll acts on a key that scrolls, false if it is none.
func (c *Console) scroll(key rfb.Keysym) bool {
	target := map[rfb.Keysym]func(*terminal.Terminal, *view) int{
		rfb.KeyPageUp:   func(t *terminal.Terminal, v *view) int { return v.top(t) - pageLines(t) },
		rfb.KeyPageDown: func(t *terminal.Terminal, v *view) int { return v.top(t) + pageLines(t) },
		rfb.KeyHome:     func(t *terminal.Terminal, _ *view) int { return t.FirstLine() },
		rfb.KeyEnd:      func(t *terminal.Terminal, _ *view) int { return t.ScreenLine() },
	}[unpadded(key)]
	if target == nil {
		return false
	}
	c.change(func(t *terminal.Terminal, v *view) { v.scrollTo(t, target(t, v)) })
	return true
}

// pageLines is what a page scrolls: a line of the last one stays in view.
func pageLines(t *terminal.Terminal) int {
	_, rows := t.Size()
	return max(1, rows-1)
}

// Pointer implements display.Input. It belongs to the program if that asked for it,
// else, and with Shift held, to the viewer: the left button selects, the middle one
// pastes, and the wheel scrolls.
func (v *viewerInput) Pointer(e rfb.PointerEvent) {
	modes, running := v.console.state()
	cell, pixel, back := v.console.cellAt(int(e.X), int(e.Y))
	mine := v.selecting.active || v.keyboard.held&shift != 0 || back
	if running && modes.Mouse != terminal.MouseOff && (!mine || v.pointer.told != 0) {
		report := v.pointer.report(e.Buttons, place{cell, pixel}, v.keyboard.held, modes)
		if e.Buttons&^v.pointer.buttons != 0 {
			v.tell(report)
		} else { // to move the pointer is not to act
			v.console.input.push(report)
		}
		v.pointer.buttons = e.Buttons
		return
	}
	pressed, released := e.Buttons&^v.pointer.buttons, v.pointer.buttons&^e.Buttons
	v.pointer.buttons = e.Buttons
	if v.selecting.active {
		v.drag(cell)
	}
	switch {
	case pressed&leftButton != 0:
		v.press(cell)
	case released&leftButton != 0 && v.selecting.active:
		v.release()
	case pressed&middleButton != 0 && running:
		v.paste(modes)
	case pressed&wheelUp != 0:
		v.wheel(-1, modes, running)
	case pressed&wheelDown != 0:
		v.wheel(1, modes, running)
	}
}

// patienceForClipboard is how long a paste waits for the viewer to send its
// clipboard.
const patienceForClipboard = 5 * time.Second

// CutText implements display.Input. The text is not given to the command before the
// viewer asks for it, by a key or the middle button: viewers send their
// clipboard whenever it changes, and a shell would run it.
func (v *viewerInput) CutText(text string) {
	v.clipboard.set(text)
	asked := v.wanted
	v.wanted = time.Time{}
	if asked.IsZero() || time.Since(asked) > patienceForClipboard {
		return
	}
	if modes, running := v.console.state(); running {
		v.send(pasted(text, modes.BracketedPaste))
	}
}

// paste types the viewer's clipboard, as soon as it is known.
func (v *viewerInput) paste(modes terminal.Modes) {
	if v.peer.FetchClipboard() {
		v.wanted = time.Now()
		return
	}
	v.send(pasted(v.clipboard.get(), modes.BracketedPaste))
}

// Resize implements display.Input.
func (v *viewerInput) Resize(width, height int) rfb.ResizeStatus {
	if !v.console.resize(image.Pt(width, height)) {
		return rfb.ResizeInvalidLayout
	}
	return rfb.ResizeOK
}

// Close implements display.Input: it lets go of the buttons that a program was told
// of. Keys need no release, as a terminal knows only presses.
func (v *viewerInput) Close() {
	if modes, running := v.console.state(); running && v.pointer.told != 0 && modes.Mouse != terminal.MouseOff {
		v.console.input.push(v.pointer.report(0, v.pointer.at, v.keyboard.held, modes))
	}
	v.console.left(v)
}

// state gives the terminal's modes, and whether the command runs.
func (c *Console) state() (modes terminal.Modes, running bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.term.Modes(), c.process != nil
}

// cellAt gives the cell in view at a pixel, or the nearest one, and the pixel counted
// to fit. Back is set if that is not the screen.
func (c *Console) cellAt(x, y int) (cell, pixel image.Point, back bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	columns, rows := c.term.Size()
	pixel = image.Pt(min(x, columns*c.cell.X-1), min(y, rows*c.cell.Y-1))
	return image.Pt(pixel.X/c.cell.X, pixel.Y/c.cell.Y), pixel, c.view.back
}

// askRestart makes a command that has ended run again.
func (c *Console) askRestart() {
	select {
	case c.restart <- struct{}{}:
	default:
	}
}
