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
	env := cli.Env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	if name, args, ok := cli.AsCerttool(os.Args); ok {
		os.Exit(cli.Certtool(context.Background(), name, args, env))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second signal ends the process at once
	os.Exit(cli.Run(ctx, os.Args[1:], env))
}
