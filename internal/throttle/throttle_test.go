package throttle

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestThrottle has things happen in bursts: the first one of a burst is passed on at once,
// and the last one after the rest.
func TestThrottle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rest = 100 * time.Millisecond
		th := New(rest)
		var mu sync.Mutex
		var passed []int
		do := func(from, to int) {
			for i := from; i <= to; i++ {
				th.Do(func() { mu.Lock(); passed = append(passed, i); mu.Unlock() })
			}
		}
		want := func(all ...int) {
			t.Helper()
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			if !slices.Equal(passed, all) {
				t.Fatalf("passed on %v, want %v", passed, all)
			}
		}
		do(1, 9)
		want(1)
		time.Sleep(rest)
		want(1, 9)
		do(10, 10) // it rests again
		want(1, 9)
		time.Sleep(rest)
		want(1, 9, 10)
		time.Sleep(rest)
		do(11, 12)
		want(1, 9, 10, 11)
		time.Sleep(10 * rest)
		want(1, 9, 10, 11, 12)
	})
}
