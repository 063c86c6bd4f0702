package cli

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"vncsec/internal/peertest"
)

// TestManPage lets groff and man read the manual page: they must have nothing to
// complain about, and every command and option must be there to read.
func TestManPage(t *testing.T) {
	peertest.Need(t, "groff", "man")
	page := manPage(tree()[0])
	for _, line := range strings.Split(page, "\n") {
		if strings.TrimRight(line, " ") != line {
			t.Errorf("a line ends in blanks: %q", line)
		}
	}

	formatted := format(t, page, "groff", "-man", "-ww", "-Tascii", "-P-cbou", "-rLL=400n")
	format(t, page, "man", "--warnings", "-l", "-")

	walk(tree(), func(path []*cli.Command) {
		command := path[len(path)-1]
		if command.Hidden || len(command.Subcommands) > 0 {
			return
		}
		if !strings.Contains(formatted, usageLine(path)) {
			t.Errorf("the page lacks %q", usageLine(path))
		}
		for _, r := range flagRows(command) {
			if !strings.Contains(formatted, strings.TrimSpace(r.term)) {
				t.Errorf("the page lacks %q", r.term)
			}
		}
		for example := range strings.Lines(command.UsageText) {
			if !strings.Contains(formatted, strings.TrimSpace(example)) {
				t.Errorf("the page lacks the example %q", example)
			}
		}
	})
}

// format runs a formatter on a page; a warning is an error.
func format(t *testing.T, page, name string, args ...string) string {
	t.Helper()
	command := exec.Command(name, args...)
	command.Env = append(command.Environ(), "LC_ALL=C", "MANWIDTH=100")
	command.Stdin = strings.NewReader(page)
	var warnings strings.Builder
	command.Stderr = &warnings
	out, err := command.Output()
	if err != nil || warnings.Len() > 0 {
		t.Errorf("%s: %v\n%s", command, err, &warnings)
	}
	return string(out)
}

func TestRoff(t *testing.T) {
	for text, want := range map[string]string{
		`.dot`:      `\&.dot`,
		`'quote'`:   `\&\(aqquote\(aq`,
		`--dir a\b`: `\-\-dir a\eb`,
		`plain`:     `plain`,
	} {
		if got := roffLine(text); got != want {
			t.Errorf("roffLine(%q) = %q, want %q", text, got, want)
		}
	}
}
