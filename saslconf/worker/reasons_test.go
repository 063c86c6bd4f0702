package worker

import (
	"errors"
	"io"
	"strings"
	"testing"
)

// TestLongFailure: what a viewer makes libsasl2 quote fits into an answer, whatever JSON
// makes of it, so that no viewer can end a worker with it.
func TestLongFailure(t *testing.T) {
	long := strings.Repeat("\xff\x01<", 64<<10)
	var s service
	f := s.explain(errors.New(long), request{User: long})
	if err := writeFrame(io.Discard, reply{Failure: f}, nil); err != nil {
		t.Error(err)
	}
	if f.Text == "" || f.User == "" {
		t.Errorf("nothing is left: %+v", f)
	}
}
