package console

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// The pauses between restarts of a command that ends at once: the first, the
// longest, and how long it has to run for the next pause to be the first again.
const (
	firstPause  = 500 * time.Millisecond
	longestRest = 30 * time.Second
	steadyRun   = 10 * time.Second
)

// supervise runs the command again and again until the context is done.
func (c *Console) supervise(ctx context.Context, p *process) {
	defer close(c.ended)
	defer c.endRecording()
	defer c.fb.Close()
	pause := firstPause
	for {
		began := time.Now()
		outcome := c.run(ctx, p)
		if ctx.Err() != nil {
			return
		}
		c.log.Info("the console's command ended", "outcome", outcome)
		if time.Since(began) >= steadyRun {
			pause = firstPause
		}
		for p = nil; p == nil; {
			if !c.rest(ctx, outcome, pause) {
				return
			}
			pause = min(2*pause, longestRest)
			var err error
			if p, err = c.start(); err != nil {
				outcome = "could not be started: " + err.Error()
				c.log.Error("the console's command could not be started", "error", err)
			}
		}
	}
}

// afterwards leaves the alternate screen, resets what a program may have left behind,
// its title and colours included, and begins a line.
const afterwards = "\x1b[?1049l\x1b[?1000;1002;1003;2004l\x1b[!p\x1b]2;\a" +
	"\x1b]104\a\x1b]110\a\x1b]111\a\x1b]112\a\r\n"

// rest says how the command ended and waits until it is to run again, false if the
// context is done first.
func (c *Console) rest(ctx context.Context, outcome string, pause time.Duration) bool {
	var later <-chan time.Time
	next := "press Enter to restart"
	if c.config.Respawn {
		timer := time.NewTimer(pause)
		defer timer.Stop()
		later = timer.C
		next = "restarting"
	}
	select { // an Enter that was pressed before is no answer
	case <-c.restart:
	default:
	}
	c.output([]byte(afterwards + "[process " + outcome + "; " + next + "]\x1b[K\r\n"))
	select {
	case <-ctx.Done():
		return false
	case <-later:
	case <-c.restart:
	}
	c.startAfresh()
	c.input.clear() // what was typed for the command that ended
	return true
}

// run shows the command until it ends, and says how.
func (c *Console) run(ctx context.Context, p *process) string {
	c.log.Info("the console's command runs", "command", c.config.Command[0], "pid", p.cmd.Process.Pid)
	c.mu.Lock()
	c.process = p
	c.tellSize() // it may have changed since the start
	c.mu.Unlock()

	stop := context.AfterFunc(ctx, p.hangUp)
	defer stop()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	written := make(chan struct{})
	go func() {
		defer close(written)
		c.input.drain(ctx, p.tty)
	}()
	shown := make(chan struct{})
	go func() {
		defer close(shown)
		p.copyOutput(c.output)
	}()
	err := p.wait()

	c.mu.Lock()
	c.process = nil
	c.mu.Unlock()
	p.finish(shown)
	cancel()
	<-written
	return describe(err)
}

// describe says how a command ended.
func describe(err error) string {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		if err != nil {
			return "ended: " + strings.TrimSpace(err.Error())
		}
		return "exited with status 0"
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return "ended by signal: " + status.Signal().String()
	}
	return fmt.Sprintf("exited with status %d", exit.ExitCode())
}
