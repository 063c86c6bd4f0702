package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// raceOptions spare programs that were built with the race detector the second
// that they wait at their end.
const raceOptions = "atexit_sleep_ms=0"

// TestMain lets the test binary be vncsec: tests find it under that name in PATH.
func TestMain(m *testing.M) {
	if err := os.Setenv("GORACE", raceOptions); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"vncsec": main})
}

// TestScripts runs the command line as people do, see testdata/cli.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/cli",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits,
			"json":  isJSON,
			"modes": modes,
		},
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir+"/home")
			env.Setenv("VNCSEC_CA_DIR", env.WorkDir+"/ca")
			env.Setenv("GORACE", raceOptions)
			return nil
		},
	})
}

// exits is the script command "exits CODE PROGRAM ARG...": the program must end
// with exactly that exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARG...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("%s ended with exit code %d, not %d", args[1], got, want)
	}
}

// isJSON is the script command "json FILE": the file must be one JSON value.
func isJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: json FILE")
	}
	if text := ts.ReadFile(args[0]); !json.Valid([]byte(text)) {
		ts.Fatalf("%s is no JSON: %s", args[0], text)
	}
}

// modes is the script command "modes PATH MODE ...": files and folders must have
// exactly these modes.
func modes(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 || len(args)%2 != 0 {
		ts.Fatalf("usage: modes PATH MODE...")
	}
	for pair := range slices.Chunk(args, 2) {
		info, err := os.Lstat(ts.MkAbs(pair[0]))
		ts.Check(err)
		if got := fmt.Sprintf("%04o", info.Mode().Perm()); got != pair[1] {
			ts.Fatalf("%s has mode %s, not %s", pair[0], got, pair[1])
		}
	}
}
