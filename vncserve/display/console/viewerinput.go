package console

import (
	"image"
	"time"

	"vncsec/vncserve/display/console/terminal"
	"vncsec/vncserve/rfb"
)

// viewerInput is what one viewer does: its keyboard, its pointer and its clipboard.
type viewerInput struct {
	console   *Console
	keyboard  keyboard
	pointer   pointer
	clipboard string
}

// Key implements display.Input.
func (v *viewerInput) Key(e rfb.KeyEvent) {
	if v.keyboard.modifier(e) || !e.Down {
		return
	}
	modes, running := v.console.state()
	switch {
	case !running:
		if e.Key == rfb.KeyReturn || e.Key == rfb.KeyPadEnter {
			v.console.askRestart()
		}
	case v.keyboard.pastes(e.Key):
		v.paste(modes)
	default:
		v.console.input.push(v.keyboard.encode(e.Key, modes))
	}
}

// Pointer implements display.Input. Programs that did not ask for the pointer get
// nothing of it, but its middle button pastes.
func (v *viewerInput) Pointer(e rfb.PointerEvent) {
	modes, running := v.console.state()
	if !running {
		return
	}
	if modes.Mouse == terminal.MouseOff {
		if v.pointer.pressedMiddle(e) {
			v.paste(modes)
		}
		return
	}
	at := v.console.cellAt(int(e.X), int(e.Y))
	v.console.input.push(v.pointer.report(e.Buttons, at, v.keyboard.held, modes))
}

// CutText implements display.Input. The text is not given to the command before the
// viewer asks for it, by Shift+Insert or the middle button: viewers send their
// clipboard whenever it changes, and a shell would run it.
func (v *viewerInput) CutText(text string) { v.clipboard = text }

func (v *viewerInput) paste(modes terminal.Modes) {
	if !v.console.input.push(pasted(v.clipboard, modes.BracketedPaste)) {
		v.console.ring(time.Now())
	}
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
	if modes, running := v.console.state(); running && v.pointer.buttons != 0 && modes.Mouse != terminal.MouseOff {
		v.console.input.push(v.pointer.report(0, v.pointer.at, v.keyboard.held, modes))
	}
}

// state gives the terminal's modes, and whether the command runs.
func (c *Console) state() (modes terminal.Modes, running bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.term.Modes(), c.process != nil
}

// cellAt gives the cell at a pixel, or the nearest one.
func (c *Console) cellAt(x, y int) image.Point {
	c.mu.Lock()
	defer c.mu.Unlock()
	columns, rows := c.term.Size()
	return image.Pt(min(x/c.cell.X, columns-1), min(y/c.cell.Y, rows-1))
}

// askRestart makes a command that has ended run again.
func (c *Console) askRestart() {
	select {
	case c.restart <- struct{}{}:
	default:
	}
}
