// Certload measures what issuing one certificate costs as a whole process: the CPU
// and the wall time of vncsec certtool --generate-certificate and of certtool, taken in
// turns in one run, and their ratios. Beside them stands a Go program that does nothing.
//
//	go run ./internal/certload [-n 200] [-key ecdsa|rsa|ed25519] [-vncsec binary,...]
//
// It needs certtool.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "certload:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("certload", flag.ContinueOnError)
	count := flags.Int("n", 200, "certificates of each program")
	key := flags.String("key", "ecdsa", "type of the keys, as --key-type has it")
	vncsecs := flags.String("vncsec", "", "vncsec binaries, with commas between them (default: built from this module)")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *count < 1 {
		return errors.New("-n must be at least 1")
	}
	dir, err := os.MkdirTemp("", "certload")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	idle := filepath.Join(dir, "idle")
	if err := build(idle, "vncsec/internal/certload/idle"); err != nil {
		return err
	}
	m := measurement{dir: dir, programs: []program{{"certtool"}, {idle}}}
	binaries, err := vncsecBinaries(*vncsecs, dir)
	if err != nil {
		return err
	}
	for _, binary := range binaries {
		m.programs = append(m.programs, program{binary, "certtool"})
	}
	if err := m.prepare(*key); err != nil {
		return err
	}
	return m.run(os.Stdout, *count)
}

// vncsecBinaries gives the absolute paths of a list of binaries, or that of one which is
// built in the folder as releases are.
func vncsecBinaries(list, dir string) ([]string, error) {
	if list == "" {
		path := filepath.Join(dir, "vncsec")
		return []string{path}, build(path, "vncsec")
	}
	var binaries []string
	for name := range strings.SplitSeq(list, ",") {
		path, err := filepath.Abs(name)
		if err != nil {
			return nil, err
		}
		binaries = append(binaries, path)
	}
	return binaries, nil
}

// build builds a program as releases are.
func build(path, name string) error {
	cmd := exec.Command("go", "build", "-trimpath", "-o", path, name)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", name, err, out)
	}
	return nil
}
