// Vncload measures what a vncsec server costs, as ratios of the CPU time that it and
// a peer use for the same work, taken in turns in one run:
//
//	go run ./internal/vncload setup    connections: against a bare Go loop
//	go run ./internal/vncload proxy    proxied bytes: against an io.Copy relay
//	go run ./internal/vncload fanout   a change for many viewers: against bare TLS writes
//	go run ./internal/vncload picture  a picture that changes: against Xvnc and QEMU
//	go run ./internal/vncload output   a command that writes much at once
//
// Each server is a process of its own, so that the load's own CPU does not count.
// Linux only: CPU times come from /proc.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "vncload:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("usage: vncload setup|proxy|fanout|picture|output [options]")
	}
	flags := flag.NewFlagSet("vncload "+args[0], flag.ContinueOnError)
	o := options{}
	flags.IntVar(&o.rounds, "rounds", 7, "rounds of both servers in turn")
	flags.IntVar(&o.connections, "n", 2000, "setup: connections in a round")
	flags.IntVar(&o.atOnce, "c", 32, "setup, fanout: connections made at once")
	flags.IntVar(&o.megabytes, "mb", 1000, "proxy, output: megabytes in a round")
	flags.IntVar(&o.viewers, "viewers", 1000, "fanout: viewers of the console")
	flags.IntVar(&o.changes, "changes", 100, "fanout: changes of the console")
	flags.StringVar(&o.change, "change", "echo", "fanout: what a change is: echo (a letter) or page (a screen of text)")
	flags.BoolVar(&o.continuous, "continuous", false, "fanout: viewers use ContinuousUpdates rather than requests")
	flags.BoolVar(&o.xvnc, "xvnc", false, "fanout: then show the same to as many viewers of Xvnc")
	flags.IntVar(&o.frames, "frames", 60, "picture: full pictures of each encoding")
	flags.StringVar(&o.picture, "picture", "", "peer processes: the folder of the pictures")
	flags.StringVar(&o.vncsec, "vncsec", "", "the vncsec binary (default: built from this module)")
	flags.StringVar(&o.profile, "record", "", "setup, fanout: path of a perf.data file to write for vncsec (needs perf)")
	flags.StringVar(&o.dir, "dir", "", "peer processes: the folder of the credentials")
	flags.StringVar(&o.backend, "backend", "", "peer processes: the socket of the backend")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	switch args[0] {
	case "setup":
		return o.inFolder(measureSetup)
	case "proxy":
		return o.inFolder(measureProxy)
	case "fanout":
		return o.inFolder(measureFanout)
	case "picture":
		return o.inFolder(measurePicture)
	case "output":
		return o.inFolder(measureOutput)
	case "peer-picture":
		return servePicture(o)
	case "peer-echo":
		return echo()
	case "peer-page":
		return page()
	case "peer-fanout":
		return serveFanout(o.dir)
	case "peer-bare":
		return serveBare(o.dir)
	case "peer-relay":
		return serveRelay(o.dir, o.backend)
	case "peer-backend":
		return serveBackend(o.backend)
	}
	return fmt.Errorf("unknown measurement %q", args[0])
}

// options are the command line's.
type options struct {
	rounds, connections, atOnce, megabytes int
	viewers, changes                       int
	frames                                 int
	change, picture                        string
	continuous, xvnc                       bool
	vncsec, profile, dir, backend          string
}

// inFolder runs a measurement with fresh credentials and a vncsec binary.
func (o options) inFolder(measure func(o options) error) error {
	folder, err := os.MkdirTemp("", "vncload")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	o.dir, o.backend = folder, filepath.Join(folder, "backend")
	if err := makeCredentials(folder); err != nil {
		return err
	}
	if o.vncsec == "" {
		if o.vncsec, err = buildVncsec(folder); err != nil {
			return err
		}
	}
	return measure(o)
}
