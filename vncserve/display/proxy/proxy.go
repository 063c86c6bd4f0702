// Package proxy shows another RFB server's display: QEMU's VNC socket, for one. The
// viewer is authenticated by us; the backend, which no viewer reaches but through
// us, speaks its own handshake with us. From ServerInit on bytes are passed on as
// they are, so every encoding that the two have in common works.
package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"vncsec/vncserve/display"
	"vncsec/vncserve/listen"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// DialTimeout bounds the way to a backend that is ready to serve.
const DialTimeout = 5 * time.Second

// Backend is a display.Source on another RFB server.
type Backend struct {
	// Address is where the backend listens.
	Address listen.Address
	// Password answers the backend's VNC authentication; nil if it wants none.
	Password []byte
	// Logger takes the details that viewers are not told; nil discards them.
	Logger *slog.Logger
}

// UnavailableError tells a viewer that the backend cannot be used. The detail, which
// names addresses, is for the log.
type UnavailableError struct {
	Told string
	Err  error
}

// Error is what the viewer is told.
func (e *UnavailableError) Error() string { return e.Told }

// Unwrap gives the detail.
func (e *UnavailableError) Unwrap() error { return e.Err }

// Open dials the backend and logs in to it.
func (b *Backend) Open(ctx context.Context, v display.Viewer) (display.Session, error) {
	ctx, cancel := context.WithTimeout(ctx, DialTimeout)
	defer cancel()
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, b.Address.Network(), b.Address.Endpoint())
	if err != nil {
		return nil, b.unavailable(v, "the machine behind this console is not running or not reachable", err)
	}
	if err := b.login(ctx, conn); err != nil {
		_ = conn.Close()
		return nil, b.unavailable(v, "the machine behind this console does not let us in", err)
	}
	return newSession(conn, v.ViewOnly), nil
}

func (b *Backend) unavailable(v display.Viewer, told string, err error) error {
	if b.Logger != nil {
		b.Logger.Error("backend unavailable", "backend", b.Address.String(), "remote", v.Remote, "error", err)
	}
	return &UnavailableError{Told: told, Err: err}
}

func (b *Backend) login(ctx context.Context, conn net.Conn) error {
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	_, err := security.Login(rfb.NewConn(conn), security.Credentials{Password: b.Password})
	return errors.Join(err, ctx.Err())
}

// session is one viewer on its own connection to the backend.
type session struct {
	backend  net.Conn
	input    *input // is written to backend
	viewOnly bool
}

func newSession(backend net.Conn, viewOnly bool) *session {
	return &session{backend: backend, input: &input{backend: backend, patience: inputPatience}, viewOnly: viewOnly}
}

// Close ends the connection to the backend.
func (s *session) Close() error {
	if err := s.backend.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// Serve passes bytes both ways until one side ends; of a viewer that may only look, not all.
func (s *session) Serve(ctx context.Context, viewer rfb.Stream) error {
	if err := s.passClientInit(viewer); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { s.interrupt(viewer) })
	defer stop()
	toBackend := make(chan error, 1)
	go func() {
		err := s.relayInput(viewer)
		s.interrupt(viewer)
		toBackend <- err
	}()
	fromBackend := relayPicture(viewer, s.backend)
	s.interrupt(viewer)
	return firstCause(ctx, fromBackend, <-toBackend)
}

// passClientInit reads ClientInit and asks the backend for a shared session whatever
// the viewer asks: QEMU, for one, would throw the other viewers out.
func (s *session) passClientInit(viewer rfb.Stream) error {
	if _, err := rfb.ReadUint8(viewer); err != nil {
		return fmt.Errorf("reading ClientInit: %w", err)
	}
	if err := errors.Join(viewer.SetReadDeadline(time.Time{}), viewer.SetWriteDeadline(time.Time{})); err != nil {
		return err
	}
	const shared = 1
	if _, err := s.backend.Write([]byte{shared}); err != nil {
		return fmt.Errorf("sending ClientInit to the backend: %w", err)
	}
	return nil
}

func (s *session) relayInput(viewer io.Reader) error {
	if s.viewOnly {
		return relayLooking(s.input, viewer)
	}
	return relayInput(s.input, viewer)
}

// interrupt ends the reads and writes of both directions.
func (s *session) interrupt(viewer rfb.Stream) {
	past := time.Unix(1, 0)
	s.input.interrupted.Store(true)
	_ = s.backend.SetDeadline(past)
	_ = viewer.SetReadDeadline(past)
	_ = viewer.SetWriteDeadline(past)
}

// firstCause gives the error that ended the session, nil when a side just left.
func firstCause(ctx context.Context, errs ...error) error {
	if ctx.Err() != nil {
		return nil
	}
	for _, err := range errs {
		var timeout net.Error
		interrupted := errors.As(err, &timeout) && timeout.Timeout()
		if err != nil && !interrupted && !errors.Is(err, io.EOF) {
			return err
		}
	}
	return nil
}
