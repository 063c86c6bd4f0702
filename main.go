// Vncsec gives administrators secure VNC consoles: it creates the certificates,
// puts them where VNC servers and viewers look for them, checks them, and serves
// a console that uses them.
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
	os.Exit(cli.Run(ctx, os.Args[1:], cli.Env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}))
}
