package vncserve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"vncsec/vncserve/listen"
)

// RunOptions say where a server listens and how it ends.
type RunOptions struct {
	// Listen are the addresses; at least one.
	Listen []listen.Address
	// Policy is checked on each address, once it is known which one it really is.
	Policy Policy
	// Drain is how long viewers may stay when the context is done.
	Drain time.Duration
	// Ready is called with the addresses once viewers can connect; may be nil.
	Ready func([]net.Addr)
}

// Run listens on every address, serves until the context is done or a listener
// fails, and then lets the viewers leave. An unsafe address ends it before any viewer
// is accepted, with an *UnsafeError.
func (s *Server) Run(ctx context.Context, o RunOptions) error {
	listeners, err := openAll(ctx, o)
	if err != nil {
		return err
	}
	ended := make(chan error, len(listeners))
	for _, l := range listeners {
		// Addrs has to know them all before Ready is called; Serve adds them again.
		s.addListener(l)
		s.announce(l.Addr(), o.Policy)
		go func() { ended <- s.Serve(l) }()
	}
	if o.Ready != nil {
		o.Ready(addrsOf(listeners))
	}
	select {
	case <-ctx.Done():
		return s.drain(o.Drain)
	case err := <-ended:
		return errors.Join(err, s.drain(0))
	}
}

// openAll opens every listener, or none.
func openAll(ctx context.Context, o RunOptions) ([]net.Listener, error) {
	if len(o.Listen) == 0 {
		return nil, errors.New("vncserve: no address to listen on")
	}
	var open []net.Listener
	for _, address := range o.Listen {
		l, err := listen.Listen(ctx, address)
		if err == nil {
			open = append(open, l)
			err = o.Policy.Check(l.Addr())
		}
		if err != nil {
			for _, l := range open {
				_ = l.Close()
			}
			return nil, err
		}
	}
	return open, nil
}

func addrsOf(listeners []net.Listener) []net.Addr {
	addrs := make([]net.Addr, len(listeners))
	for i, l := range listeners {
		addrs[i] = l.Addr()
	}
	return addrs
}

func (s *Server) announce(addr net.Addr, policy Policy) {
	s.log().Info("listening", "address", addr.String(), "auth", s.config.Security.Name())
	if warning := policy.Warning(addr); warning != "" {
		s.log().Warn(warning, "address", addr.String())
	}
}

// drain shuts down; that viewers were still there when their time was over is no error.
func (s *Server) drain(patience time.Duration) error {
	if n := len(s.Clients()); n > 0 && patience > 0 {
		s.log().Info("stopping: no new viewers are accepted", "viewers", n, "they have", patience)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("shutting down: %w", err)
	}
	return nil
}
