package main

import (
	"bufio"
	"fmt"
	"os"
)

// The programs whose console the viewers of measureFanout see. Each key changes it. The
// terminal is a raw one.

// echo writes the keys that it reads.
func echo() error { return eachKey(func(w *bufio.Writer, _ int) { _ = w.WriteByte('x') }) }

// page writes a full screen of text for each key.
func page() error {
	return eachKey(func(w *bufio.Writer, n int) {
		_, _ = w.WriteString("\x1b[H")
		for line := range 24 {
			fmt.Fprintf(w, "\x1b[3%dm%8d\x1b[0m -rw-r--r-- 1 root root %7d Nov 28 04:55 file-%d.conf\x1b[K\r\n",
				line%7+1, n*31+line, n*line*977%9999999, n*17+line)
		}
	})
}

func eachKey(change func(w *bufio.Writer, n int)) error {
	out := bufio.NewWriterSize(os.Stdout, 64<<10)
	key := make([]byte, 1)
	for n := 1; ; n++ {
		if _, err := os.Stdin.Read(key); err != nil {
			return err
		}
		change(out, n)
		if err := out.Flush(); err != nil {
			return err
		}
	}
}
