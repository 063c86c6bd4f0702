package main

import (
	"fmt"
	"os"
	"os/exec"
	"time"
)

// xvncFanout shows a terminal in TigerVNC's Xvnc to as many viewers as measureFanout. It
// gives the same figures.
func xvncFanout(o options, self string) error {
	o.atOnce = min(o.atOnce, 4) // who makes more without logging in is shut out
	const (
		width, height = 720, 400
		rest          = 100 * time.Millisecond // it sends some changes in two updates
	)
	xvnc, display, err := o.runXvnc(width, height, "-AlwaysShared", "-maxclients", "2048")
	if err != nil {
		return err
	}
	defer xvnc.stop()
	// It ends with its X server. The pointer is in the middle, so it has the keys.
	terminal := exec.Command("xterm", "-fn", "fixed", "-b", "0", "-geometry", "120x31+0+0",
		"-e", "sh", "-c", fmt.Sprintf("stty raw -echo; exec %q peer-%s", self, o.change))
	terminal.Env = append(os.Environ(), "DISPLAY="+display)
	if err := terminal.Start(); err != nil {
		return err
	}
	go func() { _ = terminal.Wait() }()
	if err := o.settle(xvnc); err != nil {
		return err
	}
	all, _, _, err := o.show(xvnc, rest)
	if err != nil {
		return err
	}
	all.leave()
	return nil
}
