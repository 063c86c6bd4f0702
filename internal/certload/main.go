// Certload measures what issuing one certificate costs as a whole process: the CPU
// time of vncsec certtool --generate-certificate and that of certtool, taken in turns
// in one run, and their ratio.
//
//	go run ./internal/certload [-n 200] [-key ecdsa|rsa|ed25519]
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
	"slices"
	"strings"
	"time"
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
	vncsec := flags.String("vncsec", "", "the vncsec binary (default: built from this module)")
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
	if *vncsec == "" {
		*vncsec = filepath.Join(dir, "vncsec")
		if out, err := exec.Command("go", "build", "-o", *vncsec, "vncsec").CombinedOutput(); err != nil {
			return fmt.Errorf("build vncsec: %w\n%s", err, out)
		}
	}
	m := measurement{dir: dir, programs: [][]string{{"certtool"}, {*vncsec, "certtool"}}}
	if err := m.prepare(*key); err != nil {
		return err
	}
	return m.run(*count)
}

// measurement is what both programs have in common.
type measurement struct {
	dir      string
	programs [][]string
}

// templates are those of the manuals: an authority, and a server.
var templates = map[string]string{
	"ca.info": "cn = Name of your organization\nca\ncert_signing_key\n",
	"server.info": "organization = Name of your organization\ncn = host.example.com\ndns_name = host.example.com\n" +
		"ip_address = 192.0.2.1\ntls_www_server\nsigning_key\nencryption_key\nexpiration_days = 30\n",
}

// prepare makes the keys and the authority with certtool.
func (m measurement) prepare(key string) error {
	for name, text := range templates {
		if err := os.WriteFile(filepath.Join(m.dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	for _, args := range []string{
		"--generate-privkey --outfile ca-key.pem --key-type " + key,
		"--generate-privkey --outfile key.pem --key-type " + key,
		"--generate-self-signed --load-privkey ca-key.pem --template ca.info --outfile ca.pem",
	} {
		if _, err := m.time(m.programs[0], strings.Fields(args)); err != nil {
			return err
		}
	}
	return nil
}

// run prints the medians: a few runs that the machine disturbed do not count.
func (m measurement) run(count int) error {
	args := strings.Fields("--generate-certificate --load-ca-certificate ca.pem --load-ca-privkey ca-key.pem " +
		"--load-privkey key.pem --template server.info --outfile cert.pem")
	times := make([][]time.Duration, len(m.programs))
	for range count {
		for i, program := range m.programs {
			used, err := m.time(program, args)
			if err != nil {
				return err
			}
			times[i] = append(times[i], used)
		}
	}
	var medians [2]time.Duration
	for i, program := range m.programs {
		slices.Sort(times[i])
		medians[i] = times[i][count/2]
		fmt.Printf("%-16s %v CPU (median of %d)\n", filepath.Base(strings.Join(program, " ")), medians[i], count)
	}
	fmt.Printf("ratio            %.2f\n", float64(medians[1])/float64(medians[0]))
	return nil
}

// time runs a program in the folder and returns the CPU time that it used.
func (m measurement) time(program, args []string) (time.Duration, error) {
	cmd := exec.Command(program[0], slices.Concat(program[1:], args)...)
	cmd.Dir = m.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
}
