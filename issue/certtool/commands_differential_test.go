package certtool_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// commandCalls reads commands.txt, which tells its own format. Calls are named after
// their lines.
func commandCalls(t *testing.T, f fixtures) map[string]call {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(casesDir, "..", "commands.txt"))
	if err != nil {
		t.Fatal(err)
	}
	calls := make(map[string]call)
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "#") || line == "" {
			continue
		}
		c := call{zone: "UTC"}
		words, stdin, _ := strings.Cut(line, " < ")
		if stdin != "" {
			text, err := os.ReadFile(f.path(stdin))
			if err != nil {
				t.Fatal(err)
			}
			c.stdin = string(text)
		}
		for _, word := range strings.Fields(words) {
			if _, err := os.Stat(f.path(word)); err == nil {
				word = f.path(word)
			}
			c.args = append(c.args, word)
		}
		calls[line] = c
	}
	return calls
}

// commandDifference is the comparison of all that the programs print on
// standard output and write to files, line by line. Lines that differ between two runs
// of certtool are random: of those, ours only has to have as many.
func commandDifference(t testing.TB, c call) (found string, status int) {
	t.Helper()
	before, ours, after := runIn(t, realCerttool, c), runIn(t, ourCerttool, c), runIn(t, realCerttool, c)
	return comparePrinted(before, ours, after), before.status
}

func comparePrinted(before, ours, after result) string {
	if before.status != ours.status || before.left != ours.left && before.status == 0 {
		return fmt.Sprintf("certtool ends with %d, file %t, we with %d, file %t\n-- certtool --\n%s%s-- ours --\n%s%s",
			before.status, before.left, ours.status, ours.left,
			tail(before.stdout), tail(before.stderr), tail(ours.stdout), tail(ours.stderr))
	}
	if found := compareLines(before.stdout, ours.stdout, after.stdout); found != "" {
		return "standard output: " + found
	}
	if ours.status != 0 {
		return ""
	}
	return compareLines(before.output, ours.output, after.output)
}

func compareLines(before, ours, after []byte) string {
	a, b, c := bytes.Split(before, []byte("\n")), bytes.Split(ours, []byte("\n")), bytes.Split(after, []byte("\n"))
	for i := range min(len(a), len(b), len(c)) {
		if !bytes.Equal(a[i], b[i]) && !bytes.Equal(b[i], c[i]) && bytes.Equal(a[i], c[i]) {
			return fmt.Sprintf("line %d\n  certtool %q\n  ours     %q", i+1, a[i], b[i])
		}
	}
	if len(a) != len(b) && len(a) == len(c) {
		return fmt.Sprintf("certtool writes %d lines, we %d\n-- certtool --\n%s-- ours --\n%s", len(a), len(b), tail(before), tail(ours))
	}
	return ""
}
