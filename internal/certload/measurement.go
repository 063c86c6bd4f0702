package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// measurement is what the programs have in common.
type measurement struct {
	dir      string
	programs []program // the first is the one that the others are compared with
}

// program is a command, and the arguments that stand before certtool's.
type program []string

// templates are those of the manuals: an authority, and a server.
var templates = map[string]string{
	"ca.info": "cn = Name of your organization\nca\ncert_signing_key\n",
	"server.info": "organization = Name of your organization\ncn = host.example.com\ndns_name = host.example.com\n" +
		"ip_address = 192.0.2.1\ntls_www_server\nsigning_key\nencryption_key\nexpiration_days = 30\n",
}

// prepare makes the keys and the authority with the first program.
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
func (m measurement) run(out io.Writer, count int) error {
	args := strings.Fields("--generate-certificate --load-ca-certificate ca.pem --load-ca-privkey ca-key.pem " +
		"--load-privkey key.pem --template server.info --outfile cert.pem")
	samples := make([][]usage, len(m.programs))
	for range count {
		for i, p := range m.programs {
			used, err := m.time(p, args)
			if err != nil {
				return err
			}
			samples[i] = append(samples[i], used)
		}
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "medians of %d\tCPU\twall\tCPU ratio\twall ratio\n", count)
	first := medians(samples[0])
	for i, p := range m.programs {
		own := medians(samples[i])
		fmt.Fprintf(table, "%s\t%v\t%v\t%.2f\t%.2f\n", filepath.Base(strings.Join(p, " ")),
			own.cpu, own.wall, ratio(own.cpu, first.cpu), ratio(own.wall, first.wall))
	}
	return table.Flush()
}

// usage is what one process took: the CPU time of all its threads, and the time from its
// start until its end was seen.
type usage struct{ cpu, wall time.Duration }

func medians(samples []usage) usage {
	return usage{
		cpu:  median(samples, func(u usage) time.Duration { return u.cpu }),
		wall: median(samples, func(u usage) time.Duration { return u.wall }),
	}
}

func median(samples []usage, field func(usage) time.Duration) time.Duration {
	times := make([]time.Duration, 0, len(samples))
	for _, u := range samples {
		times = append(times, field(u).Round(time.Microsecond))
	}
	slices.Sort(times)
	return times[len(times)/2]
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }

// time runs a program in the folder.
func (m measurement) time(p program, args []string) (usage, error) {
	cmd := exec.Command(p[0], slices.Concat(p[1:], args)...)
	cmd.Dir = m.dir
	start := time.Now()
	out, err := cmd.CombinedOutput()
	wall := time.Since(start)
	if err != nil {
		return usage{}, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return usage{cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), wall: wall}, nil
}
