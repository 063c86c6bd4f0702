package worker

import (
	"testing"
	"time"

	"vncsec/saslconf/cyrus"
)

// TestOverdue: a host that begins many log-ins has to answer faster than one with a single
// one.
func TestOverdue(t *testing.T) {
	now := time.Now()
	paused := func(remote string, ago time.Duration) *exchange {
		return &exchange{conn: cyrus.ConnOptions{Remote: remote}, pausedAt: now.Add(-ago)}
	}
	e := &Engine{options: Options{Pause: time.Hour}}
	single := paused("198.51.100.1;5", 50*time.Minute)
	local := paused("", 50*time.Minute)
	local2 := paused("", 50*time.Minute)
	crowd := []*exchange{paused("2001:db8::1;1", 16*time.Minute), paused("2001:db8::2;2", 16*time.Minute),
		paused("2001:db8::3;3", 16*time.Minute), paused("2001:db8::4;4", 16*time.Minute)}
	e.paused = append([]*exchange{single, local, local2}, crowd...)
	if got := e.overdue(now); got != crowd[0] {
		t.Errorf("four of one origin: got %+v", got)
	}
	if got := e.overdue(now); got != nil || len(e.paused) != 6 {
		t.Errorf("three of one origin have 20 minutes each: got %+v, %d are left", got, len(e.paused))
	}
	if got := e.overdue(now.Add(10 * time.Minute)); got != single {
		t.Errorf("after an hour: got %+v", got)
	}
}
