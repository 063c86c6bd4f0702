package peertest

import (
	"testing"
	"time"
)

// Patience bounds every wait of this package and of the tests that use it. It
// says nothing about how fast something should be; it only ends a test whose
// peer will never answer, on a machine that is busy with the race detector.
const Patience = 2 * time.Minute

// interval is the time between two looks at a condition that is waited for.
const interval = 20 * time.Millisecond

// Eventually waits until done returns true, and fails the test when it has not
// within Patience; what names the thing waited for.
func Eventually(t testing.TB, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(Patience); !done(); time.Sleep(interval) {
		if time.Now().After(end) {
			t.Fatalf("waited %v in vain: %s", Patience, what)
		}
	}
}
