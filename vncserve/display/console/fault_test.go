package console

import (
	"bytes"
	"image"
	"log/slog"
	"strings"
	"testing"

	"vncsec/vncserve/display/console/terminal"
)

// TestFaultOfTheTerminal breaks the terminal, so that what the command writes meets a
// fault, again and again. The console logs it once, without what was on the screen, and
// goes on with an empty one of the same size.
func TestFaultOfTheTerminal(t *testing.T) {
	c := idle(t, 40, 5)
	var log bytes.Buffer
	c.log = slog.New(slog.NewTextHandler(&log, nil))
	c.output([]byte("secret before"))
	for range 3 {
		c.mu.Lock()
		c.term = new(terminal.Terminal) // it has no lines
		c.mu.Unlock()
		c.output([]byte("secret"))
	}
	if got := c.picture(); got != "" {
		t.Errorf("the picture shows %q", got)
	}
	c.output([]byte("\x1b[5;36Hafter"))
	if got := c.picture(); got != strings.Repeat("\n", 4)+strings.Repeat(" ", 35)+"after" {
		t.Errorf("then the picture shows %q", got)
	}
	if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "terminal.(*Terminal)") || strings.Contains(got, "secret") {
		t.Errorf("want one line with a stack, got\n%s", got)
	}
}

// TestFaultWhilePainting breaks the terminal, so that to draw it meets a fault. The viewers
// stay, and what the command writes then is shown.
func TestFaultWhilePainting(t *testing.T) {
	c := idle(t, 40, 5)
	c.output([]byte("before"))
	c.picture()
	c.mu.Lock()
	c.term = new(terminal.Terminal) // it has no lines
	c.mu.Unlock()
	c.fb.Invalidate()
	if got := c.picture(); got != "" {
		t.Errorf("the picture shows %q", got)
	}
	c.output([]byte("after"))
	if got := c.picture(); got != "after" {
		t.Errorf("then the picture shows %q", got)
	}
}

// TestFaultOfAResize leaves the console as a fault in the change of its size does. The command
// hears of the size that its new terminal has.
func TestFaultOfAResize(t *testing.T) {
	c := idle(t, 40, 5)
	c.mu.Lock()
	c.size = image.Pt(50*c.cell.X, 10*c.cell.Y)
	c.term = new(terminal.Terminal) // it has no lines
	c.mu.Unlock()
	c.output([]byte("text"))
	c.mu.Lock()
	defer c.mu.Unlock()
	if got := sizeOf(t, c.process); got.Col != 50 || got.Row != 10 {
		t.Errorf("the command was told of %d x %d", got.Col, got.Row)
	}
}
