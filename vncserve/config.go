// Package vncserve is a VNC server: it accepts viewers, authenticates each by the
// configured security type, and hands those that pass to a display.
//
// Everything before authentication is bounded: in size, in time and in the number
// of connections. References: RFC 6143, and QEMU's VNC server for what the manual's
// chapter "VNC security" promises.
package vncserve

import (
	"errors"
	"log/slog"
	"time"

	"vncsec/vncserve/display"
	"vncsec/vncserve/security"
)

// The defaults of Config.
const (
	// DefaultHandshakeTimeout bounds a viewer from accept to the end of TLS.
	DefaultHandshakeTimeout = 10 * time.Second
	// DefaultLoginTimeout bounds what may wait for a person: a password typed, a
	// certificate looked at.
	DefaultLoginTimeout = 2 * time.Minute
	// DefaultMaxPending bounds the viewers that are not authenticated yet.
	DefaultMaxPending = 256
	// DefaultMaxViewers bounds the viewers on the display.
	DefaultMaxViewers = 4096
)

// Config is what a Server is made of. It is copied; zero values take the defaults.
type Config struct {
	// Security authenticates viewers. Required.
	Security security.Type
	// Display is what authenticated viewers see. Required.
	Display display.Source
	// ViewOnly are those who may only look; nil is nobody. A viewer is one of them if any
	// of its names is.
	ViewOnly func(security.Identity) bool
	// HandshakeTimeout: see DefaultHandshakeTimeout.
	HandshakeTimeout time.Duration
	// LoginTimeout: see DefaultLoginTimeout.
	LoginTimeout time.Duration
	// MaxPending: see DefaultMaxPending. One more drops the oldest, as in QEMU, but of
	// the address that has the most.
	MaxPending int
	// MaxViewers: see DefaultMaxViewers. One more is refused.
	MaxViewers int
	// Logger takes one line for each phase of a connection; nil discards them.
	Logger *slog.Logger
}

// validated fills in the defaults.
func (c Config) validated() (Config, error) {
	if c.Security == nil {
		return c, errors.New("vncserve: no security type is configured")
	}
	if c.Display == nil {
		return c, errors.New("vncserve: no display is configured")
	}
	setDefault(&c.HandshakeTimeout, DefaultHandshakeTimeout)
	setDefault(&c.LoginTimeout, DefaultLoginTimeout)
	setDefault(&c.MaxPending, DefaultMaxPending)
	setDefault(&c.MaxViewers, DefaultMaxViewers)
	if c.ViewOnly == nil {
		c.ViewOnly = func(security.Identity) bool { return false }
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c, nil
}

func setDefault[T ~int | ~int64](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}
