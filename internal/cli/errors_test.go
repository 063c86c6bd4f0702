package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"vncsec/ca"
	"vncsec/internal/atomicfile"
	"vncsec/layout"
)

func TestReport(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
		code int
		want string
	}{
		{"nothing", nil, 0, ""},
		{"failure", errors.New("ca: no"), 1, "vncsec: error: ca: no\n"},
		{"usage", usagef("no %s", "such").hint("try %d", 1).hint("or 2"), 2, "vncsec: error: no such\nvncsec: hint: try 1\nvncsec: hint: or 2\n"},
		{"hint", fmt.Errorf("outer: %w", withHint(errors.New("inner"), "do %s", "this")), 1, "vncsec: error: outer: inner\nvncsec: hint: do this\n"},
		{"silent", &exitError{code: 2}, 2, ""},
		{"own code", &exitError{code: 2, err: errors.New("no check")}, 2, "vncsec: error: no check\n"},
		{"interrupted", fmt.Errorf("ca: creating: %w", context.Canceled), 130, "vncsec: error: interrupted\n"},
		{"interrupted check", &exitError{code: 2, err: context.Canceled}, 130, "vncsec: error: interrupted\n"},
		{"several", errors.New("one\ntwo"), 1, "vncsec: error: one\nvncsec: error: two\n"},
		{"control characters", errors.New("a\x1b[31mb\x7fc\u009bd\te"), 1, "vncsec: error: a\uFFFD[31mb\uFFFDc\uFFFDd\te\n"},
		{
			"existing file", fmt.Errorf("ca: %w", &atomicfile.ExistsError{Path: "ca-key.pem"}), 1,
			"vncsec: error: ca: ca-key.pem exists already\nvncsec: hint: --force replaces it, and keeps the old file beside it\n",
		},
		{
			"findings", &layout.RefusedError{What: "no", Findings: []layout.Finding{
				{Message: "first", Code: "a", Cure: "cure first"}, {Message: "second", Code: "b", Cure: "cure second"},
			}}, 1,
			"vncsec: error: layout: no: first (a) and 1 more\nvncsec: hint: cure first\nvncsec: hint: second\nvncsec: hint: cure second\n",
		},
		{
			"no rights", fmt.Errorf("layout: %w", &fs.PathError{Op: "mkdir", Path: "/etc/pki", Err: syscall.EACCES}), 1,
			"vncsec: error: layout: mkdir /etc/pki: permission denied\nvncsec: hint: run it as a user who may do that (sudo), or name a folder of your own\n",
		},
		{
			"wrong passphrase", fmt.Errorf("ca-key.pem: %w", ca.ErrPassphraseWrong), 1,
			"vncsec: error: ca-key.pem: ca: the passphrase does not open the key\n" +
				"vncsec: hint: is it the passphrase of another CA? --ca-dir DIR names the folder of the CA\n",
		},
	} {
		var out bytes.Buffer
		if code := report(&out, test.err); code != test.code || out.String() != test.want {
			t.Errorf("%s: code %d, want %d; message\n%swant\n%s", test.name, code, test.code, &out, test.want)
		}
	}
}

// TestBrokenOutput runs commands whose output goes nowhere: that is a failure.
func TestBrokenOutput(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"man"}, {"--help"}, {"completion", "bash"}} {
		var messages bytes.Buffer
		env := Env{Stdin: &bytes.Buffer{}, Stdout: broken{}, Stderr: &messages}
		if code := Run(t.Context(), args, env); code != ExitFailure {
			t.Errorf("%q: exit code %d, messages %s", args, code, &messages)
		}
	}
}

// broken is a writer that fails, like that of a full disk.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }
