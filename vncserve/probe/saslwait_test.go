package probe

import (
	"context"
	"strings"
	"testing"
	"time"

	"vncsec/internal/peertest"
	"vncsec/vncserve/security"
)

// stuckSASL is a log-in whose calls do not end before they are allowed to.
type stuckSASL struct {
	security.SASLClient // nil: nothing else is called
	stuck, end, closed  chan struct{}
}

func (s *stuckSASL) Start([]string) (string, security.SASLStep, error) {
	close(s.stuck)
	<-s.end
	return "GSSAPI", security.SASLStep{}, nil
}

func (s *stuckSASL) Close() error {
	select {
	case <-s.end:
	default:
		panic("closed in the middle of a call")
	}
	close(s.closed)
	return nil
}

// TestLogInEndsInTime waits for libsasl2, and it for a Kerberos server that does not answer:
// the report comes in time. What the log-in has is freed when it has come to its end.
func TestLogInEndsInTime(t *testing.T) {
	address := hostile(t, true, "RFB 003.008\n\x01\x14"+"\x00\x00\x00\x06GSSAPI")
	s := &stuckSASL{stuck: make(chan struct{}), end: make(chan struct{}), closed: make(chan struct{})}
	reported := make(chan *Report, 1)
	go func() {
		reported <- Inspect(context.Background(), Target{
			Address: address, Timeout: patience,
			Login: Login{SASL: func(security.SASLParams) (security.SASLClient, error) { return s, nil }},
		})
	}()
	waitFor(t, "the log-in", s.stuck)
	report := waitFor(t, "the report", reported)
	if len(report.Findings) != 1 || report.Findings[0].Code != LoginFailed || !strings.Contains(report.Findings[0].Message, "KDC") {
		t.Errorf("findings %+v", report.Findings)
	}
	close(s.end)
	waitFor(t, "the end of the log-in", s.closed)
}

// waitFor takes what comes from a channel, or is told by its end.
func waitFor[T any](t *testing.T, what string, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(peertest.Patience):
		t.Fatalf("%s does not come", what)
	}
	panic("not reached")
}
