package certtool_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"vncsec/internal/peertest"
)

// longEnv is the environment variable that asks for all values of all options and for
// COUNT,SEED random cases.
const longEnv = "VNCSEC_DIFFERENTIAL"

// TestDifferential runs certtool and the drop-in on the same inputs and compares
// what they accept and make. The list of differences in differences.md must be
// exactly what is found.
func TestDifferential(t *testing.T) {
	peertest.Need(t, "certtool")
	f := newFixtures(t)
	listed := listedDifferences(t)
	t.Run("cases", func(t *testing.T) {
		calls := callsOf(t, f, loadCases(t))
		commands := commandCalls(t, f)
		for name := range listed {
			if calls[name].args == nil && commands[name].args == nil {
				t.Errorf("differences.md names the case %s, which there is not", name)
			}
		}
		compareAll(t, difference, calls, listed)
	})
	t.Run("options", func(t *testing.T) {
		calls := callsOf(t, f, sweep())
		if os.Getenv(longEnv) == "" {
			thin(calls, 600)
		}
		compareAll(t, difference, calls, nil)
	})
	t.Run("random", func(t *testing.T) {
		count, seed := randomRuns(t, 300)
		var cases []differentialCase
		g := newGenerator(seed)
		for i := range count {
			cases = append(cases, g.randomCase(fmt.Sprintf("random/%d", i)))
		}
		compareAll(t, difference, callsOf(t, f, cases), nil)
	})
	t.Run("questions", func(t *testing.T) {
		count, seed := randomRuns(t, 100)
		calls := make(map[string]call)
		for i, g := 0, newGenerator(seed); i < count; i++ {
			name, c := g.randomAnswers(f, fmt.Sprintf("questions/%d", i))
			calls[name] = c
		}
		compareAll(t, difference, calls, nil)
	})
	t.Run("commands", func(t *testing.T) {
		compareAll(t, commandDifference, commandCalls(t, f), listed)
	})
}

// randomRuns is how many runs are made at random, and their seed.
func randomRuns(t *testing.T, usual int) (count int, seed uint64) {
	t.Helper()
	long := os.Getenv(longEnv)
	if long == "" {
		return usual, 1
	}
	if _, err := fmt.Sscanf(long, "%d,%d", &count, &seed); err != nil {
		t.Fatalf("%s must be COUNT,SEED: %v", longEnv, err)
	}
	return count, seed
}

// callsOf lists the calls of all cases by their names.
func callsOf(t *testing.T, f fixtures, cases []differentialCase) map[string]call {
	t.Helper()
	calls := make(map[string]call)
	for _, c := range cases {
		for name, call := range c.calls(f) {
			if _, twice := calls[name]; twice {
				t.Errorf("two cases have the name %s", name)
			}
			calls[name] = call
		}
	}
	return calls
}

// thin leaves that many calls, always the same ones.
func thin(calls map[string]call, count int) {
	names := slices.Sorted(maps.Keys(calls))
	rand.New(rand.NewPCG(1, 0)).Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	for _, name := range names[min(count, len(names)):] {
		delete(calls, name)
	}
}

// comparison runs a call with both programs. It says in what the results differ, empty
// if in nothing, and with what certtool ends.
type comparison func(t testing.TB, c call) (found string, status int)

// compareAll compares all calls. Those that are listed must differ, the others must
// not.
func compareAll(t *testing.T, compare comparison, calls map[string]call, listed map[string]bool) {
	t.Helper()
	names := make(chan string)
	var workers sync.WaitGroup
	var accepted atomic.Int64
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for name := range names {
				found, status := compare(t, calls[name])
				if status == 0 {
					accepted.Add(1)
				}
				judge(t, name, calls[name], found, listed[name])
			}
		})
	}
	for _, name := range slices.Sorted(maps.Keys(calls)) {
		names <- name
	}
	close(names)
	workers.Wait()
	t.Logf("compared %d calls, of which certtool accepts %d", len(calls), accepted.Load())
}

// judge fails the test for a difference that is not listed, or a listed one that is
// not there.
func judge(t *testing.T, name string, c call, found string, listed bool) {
	t.Helper()
	switch {
	case found != "" && !listed:
		t.Errorf("%s: %s\n-- call --\ncerttool %s\n-- template --\n%s", name, found, strings.Join(c.args, " "), c.template)
	case found == "" && listed:
		t.Errorf("%s is listed as a difference, but there is none", name)
	}
}

// listedDifferences returns the names of the cases in differences.md: what stands
// in backquotes on its lines that begin with "Cases:".
func listedDifferences(t *testing.T) map[string]bool {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(casesDir, "..", "differences.md"))
	if err != nil {
		t.Fatal(err)
	}
	listed := make(map[string]bool)
	for _, line := range regexp.MustCompile("(?m)^Cases:.*$").FindAllString(string(data), -1) {
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(line, -1) {
			listed[m[1]] = true
		}
	}
	return listed
}
