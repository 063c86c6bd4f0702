package vncserve

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"

	"vncsec/vncserve/display"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// loginFrom puts a log-in from an address into p; ended gives the cause of its end.
func loginFrom(p *pending, ip string) (ended func() error) {
	ctx, end := context.WithCancelCause(context.Background())
	p.add(&net.TCPAddr{IP: net.ParseIP(ip), Port: 1}, end)
	return func() error { return context.Cause(ctx) }
}

// TestFloodCostsItsOwnOrigin has a viewer type a password while somebody else opens
// many connections.
func TestFloodCostsItsOwnOrigin(t *testing.T) {
	p := newPending(4)
	typing := loginFrom(p, "192.0.2.1")
	var flood []func() error
	for _, ip := range []string{"2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::4", "2001:db8::5"} {
		flood = append(flood, loginFrom(p, ip))
	}
	if err := typing(); err != nil {
		t.Errorf("the viewer that types was ended: %v", err)
	}
	for i, ended := range flood {
		if err := ended(); (err != nil) != (i < 2) {
			t.Errorf("number %d of the flood: ended with %v", i, err)
		}
	}
	p.endAll()
	late := loginFrom(p, "192.0.2.2")
	for _, ended := range []func() error{typing, flood[4], late} {
		if err := ended(); !errors.Is(err, errStopping) {
			t.Errorf("after endAll: %v", err)
		}
	}
}

func TestMakeRoom(t *testing.T) {
	p := newPending(4)
	p.makeRoom(errNoDescriptor) // nobody is there
	first, second := loginFrom(p, "192.0.2.1"), loginFrom(p, "192.0.2.2")
	p.makeRoom(errNoDescriptor)
	if !errors.Is(first(), errNoDescriptor) || second() != nil {
		t.Errorf("ended with %v and %v", first(), second())
	}
}

// TestStoppingIsNamed tells in the log why a log-in ended.
func TestStoppingIsNamed(t *testing.T) {
	s := startServer(t, Config{Security: security.None{}})
	if _, err := io.ReadFull(s.dial(t), make([]byte, 12)); err != nil {
		t.Fatal(err)
	}
	if err := s.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	s.awaitLog(t, "reason=server-stopping")
}

// faulty is a display with a fault in its sessions.
type faulty struct{ closed chan struct{} }

func (f faulty) Open(context.Context, display.Viewer) (display.Session, error) { return f, nil }
func (f faulty) Serve(context.Context, rfb.Stream) error                       { panic("a fault") }
func (f faulty) Close() error                                                  { close(f.closed); return nil }

// TestFaultInASession ends that session only, and releases what it holds.
func TestFaultInASession(t *testing.T) {
	display := faulty{make(chan struct{})}
	s := startServer(t, Config{Security: security.None{}, Display: display})
	if _, err := security.Login(rfb.NewConn(s.dial(t)), security.Credentials{}); err != nil {
		t.Fatal(err)
	}
	<-display.closed
	s.awaitLog(t, "fault while serving a viewer")
	if _, err := io.ReadFull(s.dial(t), make([]byte, 12)); err != nil {
		t.Errorf("after the fault: %v", err)
	}
}
