// Certload measures what issuing one certificate costs as a whole process: the CPU
// and the wall time of vncsec certtool --generate-certificate and of certtool, taken in
// turns in one run, and their ratios.
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
	m := measurement{dir: dir, programs: []program{{"certtool"}}}
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
		return buildVncsec(filepath.Join(dir, "vncsec"))
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

func buildVncsec(path string) ([]string, error) {
	cmd := exec.Command("go", "build", "-trimpath", "-o", path, "vncsec")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build vncsec: %w\n%s", err, out)
	}
	return []string{path}, nil
}
