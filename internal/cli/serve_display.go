package cli

import (
	"errors"
	"log/slog"

	"github.com/urfave/cli/v2"

	"vncsec/vncserve/display"
	"vncsec/vncserve/display/proxy"
	"vncsec/vncserve/listen"
)

// backendOptions name another VNC server to show.
type backendOptions struct {
	address      listen.Address
	passwordFile string
}

func (o *backendOptions) flags() []cli.Flag {
	return []cli.Flag{
		&cli.GenericFlag{Name: "backend", Usage: "show the VNC server at `ADDRESS` (unix:PATH or tcp:HOST:PORT)", Value: &oneAddress{&o.address, callable}},
		&cli.PathFlag{Name: "backend-password-file", Usage: "log in to the backend with the VNC password in `FILE`", Destination: &o.passwordFile},
	}
}

// source makes the display, which dials the backend for each viewer.
func (o *backendOptions) source(env Env, logger *slog.Logger) (display.Source, error) {
	backend := &proxy.Backend{Address: o.address, Logger: logger}
	if o.passwordFile == "" {
		return backend, nil
	}
	secret, err := env.readSecret("backend password file", o.passwordFile)
	if err != nil {
		return nil, err
	}
	backend.Password = secret
	return backend, nil
}

// addressList is an option value that may be given several times: where to listen.
type addressList struct{ list *[]listen.Address }

// Set takes one more address from the command line.
func (a *addressList) Set(value string) error {
	address, err := listen.Parse(value)
	if err != nil {
		return err
	}
	*a.list = append(*a.list, address)
	return nil
}

// String is silent: the default is in the option's usage.
func (a *addressList) String() string { return "" }

// oneAddress is an option value that is one address of some kind.
type oneAddress struct {
	address *listen.Address
	fits    func(listen.Address) error
}

// Set takes the address from the command line.
func (a *oneAddress) Set(value string) error {
	address, err := listen.Parse(value)
	if err != nil {
		return err
	}
	if err := a.fits(address); err != nil {
		return err
	}
	*a.address = address
	return nil
}

// callable wants the address of a server.
func callable(a listen.Address) error {
	if a.Path == "" && (a.Host == "" || a.Port == 0) {
		return errors.New("write tcp:HOST:PORT or unix:PATH")
	}
	return nil
}

// String returns the address, empty if there is none.
func (a *oneAddress) String() string {
	if a.address == nil || *a.address == (listen.Address{}) {
		return ""
	}
	return a.address.String()
}
