package vncserve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime/debug"
	"time"

	"vncsec/vncserve/display"
	"vncsec/vncserve/listen"
	"vncsec/vncserve/reason"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// serve takes one connection from accept to its end.
func (s *Server) serve(socket net.Conn) {
	remote := listen.Peer(socket)
	conn := rfb.NewConn(socket)
	defer func() { _ = conn.Close() }()
	defer s.contain(remote)

	ctx, end := context.WithCancelCause(s.sessions)
	defer end(nil)
	place := s.pending.add(socket.RemoteAddr(), end)
	client, session, err := s.login(ctx, conn, socket, remote)
	s.pending.remove(place)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		s.logRefusal(remote, err)
		return
	}
	defer s.dismiss(client)
	s.log().Info("viewer connected", "remote", remote, "identity", client.Identity.DistinguishedName,
		"user", client.Identity.SASLUser, "view-only", client.ViewOnly)
	// The session ends politely when the context does; one that cannot is cut off.
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(sessionGrace, func() { _ = socket.Close() }) })
	defer stop()
	err = serveSession(ctx, session, conn)
	s.logLeave(remote, time.Since(client.Since), err)
}

// logRefusal writes the one line that says why a viewer is not let in. The user is the name
// that the viewer gave, true or not.
func (s *Server) logRefusal(remote string, err error) {
	attributes := []any{"remote", remote, "reason", reasonOf(err), "error", err}
	var refused *security.RefusedError
	if errors.As(err, &refused) && refused.User != "" {
		attributes = append(attributes, "user", refused.User)
	}
	s.log().Warn("viewer refused", attributes...)
}

func (s *Server) logLeave(remote string, after time.Duration, err error) {
	after = after.Round(time.Millisecond)
	if err != nil {
		s.log().Warn("viewer left", "remote", remote, "after", after, "error", err)
		return
	}
	s.log().Info("viewer left", "remote", remote, "after", after)
}

// contain keeps a fault in one connection from ending the others. It is a last line,
// and the log keeps what is needed to mend the fault.
func (s *Server) contain(remote string) {
	if fault := recover(); fault != nil {
		s.log().Error("fault while serving a viewer", "remote", remote, "fault", fault, "stack", string(debug.Stack()))
	}
}

// sessionGrace is how long a session may take to end when the server stops.
const sessionGrace = 2 * time.Second

// login runs the handshake under its deadlines and opens the display.
func (s *Server) login(ctx context.Context, conn *rfb.Conn, socket net.Conn, remote string) (*Client, display.Session, error) {
	stop := context.AfterFunc(ctx, func() { _ = socket.Close() })
	defer stop()
	if err := conn.SetDeadline(time.Now().Add(s.config.HandshakeTimeout)); err != nil {
		return nil, nil, fmt.Errorf("setting the deadline: %w", err)
	}
	h := handshake{conn: conn, security: s.config.Security}
	if err := h.login(ctx); err != nil {
		return nil, nil, err
	}
	client := &Client{Remote: socket.RemoteAddr(), Identity: h.identity, ViewOnly: s.config.ViewOnly(h.identity), Since: time.Now()}
	if !s.admit(client) {
		return nil, nil, h.tell(&security.RefusedError{Reason: reason.TooManyViewers, Told: "too many viewers are connected"})
	}
	// From here on a person may be looking at a certificate before ClientInit comes.
	if err := conn.SetDeadline(time.Now().Add(s.config.LoginTimeout)); err != nil {
		s.dismiss(client)
		return nil, nil, fmt.Errorf("setting the deadline: %w", err)
	}
	session, err := h.open(ctx, s.config.Display, remote, client.ViewOnly)
	if err != nil {
		s.dismiss(client)
		return nil, nil, err
	}
	return client, session, nil
}

// serveSession hands the viewer to the display.
func serveSession(ctx context.Context, session display.Session, conn *rfb.Conn) (err error) {
	defer func() { err = errors.Join(err, session.Close()) }() // also after a fault
	conn.Gather()
	if err = session.Serve(ctx, conn); isGone(err) || ctx.Err() != nil {
		return nil
	}
	return err
}
