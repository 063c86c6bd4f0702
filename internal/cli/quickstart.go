package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"vncsec/internal/quickstart"
	"vncsec/vncserve/listen"
)

// quickstartCommand is vncsec quickstart.
func quickstartCommand(env Env) *cli.Command {
	var dir string
	var address listen.Address
	o := newServeOptions()
	o.untilHangup = true
	return &cli.Command{
		Name:      "quickstart",
		Usage:     "try a secured console now: certificates, checks, server and a first connection",
		ArgsUsage: "[-- COMMAND [ARG]...]",
		Description: `In a private folder of yours it makes an authority, a certificate for this host
and one for you, installs and checks them, serves a console (of COMMAND, or your
shell) on loopback to viewers with your certificate, connects to it by itself,
writes a screenshot, and says how to connect with a viewer. It serves until it is
interrupted. A second run uses what is there.`,
		UsageText: `vncsec quickstart
vncsec quickstart -- top`,
		Flags: append([]cli.Flag{
			&cli.PathFlag{Name: "dir", Usage: "private `DIR` for all files (default: vncsec/quickstart in your data folder)", Destination: &dir},
			&cli.GenericFlag{Name: "listen", Aliases: []string{"l"}, Usage: "loopback `ADDRESS` to listen on (default: the first free display of 127.0.0.1)", Value: &oneAddress{&address, loopback}},
		}, o.logging.flags()...),
		Action: func(c *cli.Context) error {
			o.console.command = c.Args().Slice()
			return env.quickstart(c.Context, dir, address, o)
		},
	}
}

// quickstart prepares, serves, and connects once the server is ready.
func (env Env) quickstart(ctx context.Context, dir string, address listen.Address, o *serveOptions) error {
	dir, err := quickstartDir(dir)
	if err != nil {
		return err
	}
	me := currentUser()
	host := quickstart.ThisHost(ctx)
	site, err := quickstart.Prepare(ctx, quickstart.Options{Dir: dir, Host: host, User: me.Username, Now: env.Now})
	if err != nil {
		return err
	}
	if err := env.print(siteText(site)); err != nil {
		return err
	}
	if address == (listen.Address{}) {
		address = listen.FreeDisplay("127.0.0.1")
	}
	o.listen, o.verify = []listen.Address{address}, site.PKIDir
	failed := make(chan error, 1)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	o.ready = func(addrs []net.Addr) {
		go func() {
			if err := env.firstLook(ctx, site, addrs[0], me); err != nil {
				failed <- err
				cancel(err)
			}
		}()
	}
	err = env.serve(ctx, o)
	select {
	case firstErr := <-failed:
		return fmt.Errorf("the console does not answer: %w", firstErr)
	default:
		return err
	}
}

// currentUser is whom the client certificate is for. In a container the user may have
// a number only.
func currentUser() *user.User {
	me, err := user.Current()
	if err != nil {
		return &user.User{Username: "uid-" + strconv.Itoa(os.Getuid()), HomeDir: os.Getenv("HOME")}
	}
	return me
}

// loopback wants an address that the certificates are for, and no other machine reaches.
func loopback(a listen.Address) error {
	if ip := net.ParseIP(a.Host); a.Host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return errors.New("write a loopback address, such as 127.0.0.1:N for display N")
	}
	return nil
}

// quickstartDir is the folder, made absolute since command lines with it are printed.
func quickstartDir(dir string) (string, error) {
	if dir != "" {
		return filepath.Abs(dir)
	}
	if data := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(data) {
		return filepath.Join(data, "vncsec", "quickstart"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("no home folder: %w", err)
	}
	return filepath.Join(home, ".local", "share", "vncsec", "quickstart"), nil
}

// stepLine is one line of what was done.
func stepLine(state, name, path string) string {
	return fmt.Sprintf("%-7s  %-22s  %s\n", state, name, path)
}

// siteText tells what was done.
func siteText(site *quickstart.Site) string {
	var b strings.Builder
	for _, step := range site.Steps {
		b.WriteString(stepLine(string(step.State), step.Name, step.Path))
	}
	for _, w := range site.Warnings {
		fmt.Fprintf(&b, "warning: %s\n", printable(w.Message))
	}
	return b.String()
}
