// Vncsec gives administrators secure VNC consoles: it creates the certificates,
// puts them where VNC servers and viewers look for them, checks them, and serves
// a console that uses them. Under the name certtool it is GnuTLS's certtool.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"vncsec/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second signal ends the process at once
	run := cli.Run
	if cli.CalledAsCerttool(os.Args[0]) {
		run = cli.Certtool
	}
	os.Exit(run(ctx, os.Args[1:], cli.Env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}))
}
