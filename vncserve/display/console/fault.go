package console

import (
	"fmt"
	"runtime"
	"strings"
	"time"

	"vncsec/vncserve/display/console/terminal"
)

// faultQuiet is how long no fault is logged after one: a program may cause the same one
// again and again.
const faultQuiet = time.Minute

// containFault, when deferred, has the console go on with an empty screen after a fault
// of the terminal emulator; draw has that screen drawn. What a program writes must not end the
// server, with all the other consoles, nor send the viewers away.
func (c *Console) containFault(draw func()) {
	fault := recover()
	if fault == nil {
		return
	}
	if c.renew(time.Now()) {
		c.log.Error("a fault in the terminal emulator: the console goes on with an empty screen", "fault", fmt.Sprint(fault), "stack", stack())
	}
	draw()
}

// renew gives the console a new terminal in place of one that cannot be relied on, and
// tells whether that is to be logged.
func (c *Console) renew(now time.Time) (tell bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.term = terminal.New(c.size.X/c.cell.X, c.size.Y/c.cell.Y)
	c.term.KeepHistory(c.config.history())
	c.painter.forget(c.term)
	c.view = view{}
	c.holdBack() // nothing, from now on
	c.tellSize() // which a fault while it changed has not done
	c.recorder.Output([]byte(reset))
	tell = now.Sub(c.faulted) >= faultQuiet
	if tell {
		c.faulted = now
	}
	return tell
}

// stack lists the functions that led to a fault. Their arguments, which may be characters
// of the screen, are not in it.
func stack() string {
	var callers [64]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(4, callers[:])])
	var b strings.Builder
	for {
		frame, more := frames.Next()
		fmt.Fprintf(&b, "%s %s:%d\n", frame.Function, frame.File, frame.Line)
		if !more {
			return b.String()
		}
	}
}
