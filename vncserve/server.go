package vncserve

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"syscall"
	"time"

	"vncsec/vncserve/security"
)

// ErrServerClosed is what Serve returns after Shutdown.
var ErrServerClosed = errors.New("vncserve: the server is closed")

// Server is a VNC server on any number of listeners.
type Server struct {
	config  Config
	pending *pending

	// sessions is cancelled when the viewers must go.
	sessions context.Context
	cancel   context.CancelCauseFunc
	running  sync.WaitGroup

	mu        sync.Mutex
	closing   bool
	listeners map[net.Listener]struct{}
	clients   map[*Client]struct{}
}

// New makes a server.
func New(config Config) (*Server, error) {
	config, err := config.validated()
	if err != nil {
		return nil, err
	}
	s := &Server{
		config:    config,
		pending:   newPending(config.MaxPending),
		listeners: map[net.Listener]struct{}{},
		clients:   map[*Client]struct{}{},
	}
	s.sessions, s.cancel = context.WithCancelCause(context.Background())
	return s, nil
}

// Security is how the server authenticates viewers.
func (s *Server) Security() security.Type { return s.config.Security }

// Serve accepts viewers on l until Shutdown, or until l fails for good. It closes l.
func (s *Server) Serve(l net.Listener) error {
	if !s.addListener(l) {
		_ = l.Close()
		return ErrServerClosed
	}
	defer s.removeListener(l)
	var delay backoff
	for {
		c, err := l.Accept()
		if err == nil {
			delay.reset()
			s.start(c)
			continue
		}
		if s.isClosing() {
			return ErrServerClosed
		}
		if !isPassing(err) {
			return err
		}
		s.log().Warn("cannot accept a viewer", "error", err)
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			s.pending.makeRoom(errNoDescriptor)
		}
		delay.wait(s.sessions)
	}
}

// isPassing tells an error of one accept from the end of the listener, see accept(2):
// EPERM is a firewall's.
func isPassing(err error) bool {
	for _, passing := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ECONNABORTED, syscall.EPERM, syscall.EPROTO} {
		if errors.Is(err, passing) {
			return true
		}
	}
	return false
}

// backoff waits longer from failure to failure: 5 ms to 1 s.
type backoff struct{ next time.Duration }

func (b *backoff) reset() { b.next = 0 }

func (b *backoff) wait(ctx context.Context) {
	b.next = min(max(2*b.next, 5*time.Millisecond), time.Second)
	select {
	case <-time.After(b.next):
	case <-ctx.Done():
	}
}

// start serves one connection on a goroutine of its own.
func (s *Server) start(c net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		_ = c.Close()
		return
	}
	s.running.Go(func() { s.serve(c) })
}

// Shutdown closes the listeners, ends the log-ins that are under way, and waits for
// the viewers to leave until ctx is done. Then it ends those that are left, waits
// for their goroutines and returns the context's error.
func (s *Server) Shutdown(ctx context.Context) error {
	s.close()
	s.pending.endAll()
	left := make(chan struct{})
	go func() {
		s.running.Wait()
		close(left)
	}()
	select {
	case <-left:
		s.cancel(errStopping)
		return nil
	case <-ctx.Done():
		s.cancel(errStopping)
		<-left
		return ctx.Err()
	}
}

func (s *Server) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closing = true
	for l := range s.listeners {
		_ = l.Close()
	}
}

func (s *Server) isClosing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closing
}

func (s *Server) addListener(l net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return false
	}
	s.listeners[l] = struct{}{}
	return true
}

func (s *Server) removeListener(l net.Listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.listeners, l)
	_ = l.Close()
}

func (s *Server) log() *slog.Logger { return s.config.Logger }
