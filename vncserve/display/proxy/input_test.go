package proxy

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"vncsec/vncserve/rfb"
)

// TestBackendHangs has a backend that reads ClientInit and then nothing any more, while its
// viewer types and leaves: the session ends, and says why.
func TestBackendHangs(t *testing.T) {
	for name, viewOnly := range map[string]bool{"input": false, "requests of one who only looks": true} {
		t.Run(name, func(t *testing.T) {
			backend, far := net.Pipe()
			viewer, screen := net.Pipe()
			defer func() { _ = far.Close() }()
			s := newSession(backend, viewOnly)
			s.input.patience = 20 * time.Millisecond
			go func() {
				_, _ = screen.Write([]byte{1})
				_, _ = rfb.ReadUint8(far)
				_, _ = screen.Write(rfb.FramebufferUpdateRequest{}.AppendWire(nil))
				_ = screen.Close()
			}()
			if err := s.Serve(context.Background(), rfb.NewConn(viewer)); !errors.Is(err, errNoInput) {
				t.Errorf("the session ended with %v", err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestInterruptedInput shows that a write which begins after the end of a session does not
// wait for a backend that hangs.
func TestInterruptedInput(t *testing.T) {
	backend, far := net.Pipe()
	defer func() { _ = far.Close() }()
	viewer, _ := net.Pipe()
	s := newSession(backend, false)
	s.input.patience = time.Hour
	s.interrupt(rfb.NewConn(viewer))
	if _, err := s.input.Write([]byte{0}); err == nil || errors.Is(err, errNoInput) {
		t.Errorf("the write ended with %v", err)
	}
}
