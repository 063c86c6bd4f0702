package vncserve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"vncsec/vncserve/monitor"
)

// RunOptions say where a server listens and how it ends.
type RunOptions struct {
	// Listeners are where viewers connect; see Listen. Run closes them.
	Listeners Listeners
	// Policy is the one that Listen has checked. Its warnings are logged.
	Policy Policy
	// Drain is how long viewers may stay when the context is done, unless its cause
	// is monitor.ErrQuit.
	Drain time.Duration
	// Ready is called with the addresses once viewers can connect; may be nil.
	Ready func([]net.Addr)
}

// Run serves until the context is done or a listener fails, and then lets the viewers
// leave.
func (s *Server) Run(ctx context.Context, o RunOptions) error {
	ended := make(chan error, len(o.Listeners))
	for _, l := range o.Listeners {
		// Addrs has to know them all before Ready is called; Serve adds them again.
		s.addListener(l)
		s.announce(l.Addr(), o.Policy)
		go func() { ended <- s.Serve(l) }()
	}
	if o.Ready != nil {
		o.Ready(o.Listeners.Addrs())
	}
	select {
	case <-ctx.Done():
		if errors.Is(context.Cause(ctx), monitor.ErrQuit) {
			return s.drain(0)
		}
		return s.drain(o.Drain)
	case err := <-ended:
		return errors.Join(err, s.drain(0))
	}
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
