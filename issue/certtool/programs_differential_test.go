package certtool_test

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vncsec/issue/certtool"
)

// call is a command line with what it reads.
type call struct {
	args     []string // OUT stands for the output file, TEMPLATE for the template
	template []byte
	zone     string // TZ
	stdin    string
}

// result is what a program made of a call.
type result struct {
	status         int
	stdout, stderr []byte
	output         []byte // the output file
	left           bool   // there is an output file
	mode           fs.FileMode
}

// program runs calls in a folder, which is empty at first and the program's alone.
type program func(t testing.TB, dir string, c call) result

// realCerttool is GnuTLS's program.
func realCerttool(t testing.TB, dir string, c call) result {
	t.Helper()
	args := c.prepare(t, dir)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "certtool", args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8", "TZ=" + c.zone}
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(c.stdin), &stdout, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return c.result(t, dir, result{cmd.ProcessState.ExitCode(), stdout.Bytes(), stderr.Bytes(), nil, false, 0})
}

// ourCerttool is the drop-in, in this process.
func ourCerttool(t testing.TB, dir string, c call) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status := certtool.Run(t.Context(), c.prepare(t, dir), certtool.Env{
		Stdin:  strings.NewReader(c.stdin),
		Stdout: &stdout,
		Stderr: &stderr,
		Now:    func() time.Time { return time.Now().UTC() },
		Getenv: func(name string) string { return map[string]string{"TZ": c.zone}[name] },
	})
	return c.result(t, dir, result{status, stdout.Bytes(), stderr.Bytes(), nil, false, 0})
}

// prepare writes the template and returns the arguments.
func (c call) prepare(t testing.TB, dir string) []string {
	t.Helper()
	template := filepath.Join(dir, "template.info")
	if err := os.WriteFile(template, c.template, 0o600); err != nil {
		t.Fatal(err)
	}
	args := make([]string, len(c.args))
	for i, arg := range c.args {
		switch arg {
		case "OUT":
			arg = filepath.Join(dir, "out")
		case "TEMPLATE":
			arg = template
		}
		args[i] = arg
	}
	return args
}

// result adds what became of the output file.
func (c call) result(t testing.TB, dir string, r result) result {
	t.Helper()
	name := filepath.Join(dir, "out")
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return r
	}
	if err != nil {
		t.Fatal(err)
	}
	r.left, r.mode = true, info.Mode().Perm()
	if r.output, err = os.ReadFile(name); err != nil {
		t.Fatal(err)
	}
	return r
}

// pemBlocks returns all blocks of PEM data.
func pemBlocks(data []byte) []*pem.Block {
	var blocks []*pem.Block
	for {
		block, rest := pem.Decode(data)
		if block == nil {
			return blocks
		}
		blocks, data = append(blocks, block), rest
	}
}
