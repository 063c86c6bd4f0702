package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"vncsec/vncserve/rfb"
)

// measureOutput has a console's command write a long text at once, while nobody looks and
// while viewers do, and gives the speed, the updates that a viewer gets and the memory.
func measureOutput(o options) error {
	text, done := filepath.Join(o.dir, "text"), filepath.Join(o.dir, "done")
	var content bytes.Buffer
	for n := 0; content.Len() < o.megabytes*1e6; n++ {
		fmt.Fprintf(&content, "Nov 28 04:55:35 console systemd[%d]: Started Session %d of User admin, and other things.\r\n", n%977, n)
	}
	if err := os.WriteFile(text, content.Bytes(), 0o600); err != nil {
		return err
	}
	for _, viewers := range []int{0, 1, 20} {
		if err := o.writeOut(viewers, content.Len(), text, done); err != nil {
			return err
		}
	}
	return nil
}

func (o options) writeOut(viewers, size int, text, done string) error {
	ours, err := startServer("vncsec", o.vncsec, "serve", "--listen", "127.0.0.1::0", "--x509", o.dir,
		"--", "sh", "-c", fmt.Sprintf("stty raw; head -c 1 >/dev/null; cat %q; echo >%q; sleep 1000", text, done))
	if err != nil {
		return err
	}
	defer ours.stop()
	c := &crowd{continuous: true}
	o.viewers = max(1, viewers)
	if c, err = o.crowd(ours.addr); err != nil {
		return err
	}
	defer c.leave()
	if err := c.join(); err != nil {
		return err
	}
	time.Sleep(500 * time.Millisecond) // until the command waits for the key
	began := time.Now()
	if _, err := c.viewers[0].conn.Write(rfb.KeyEvent{Down: true, Key: 'x'}.AppendWire(nil)); err != nil {
		return err
	}
	if viewers == 0 {
		time.Sleep(10 * time.Millisecond)
		c.leave()
	}
	updates, highest := 0, 0
	for {
		select {
		case a := <-c.arrived:
			if a.err == nil {
				updates++
			}
			continue
		case <-time.After(time.Millisecond):
		}
		if memory, err := ours.memory(); err == nil {
			highest = max(highest, memory)
		}
		if _, err := os.Stat(done); err == nil {
			break
		} else if !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	took := time.Since(began)
	fmt.Printf("%d viewers: %.0f MB/s, %.0f updates a second to each, %d MiB of memory at the most\n", viewers,
		float64(size)/1e6/took.Seconds(), float64(updates)/float64(max(1, viewers))/took.Seconds(), highest>>20)
	return os.Remove(done)
}
