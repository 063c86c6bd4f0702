package certtool_test

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
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

// compareLines compares text, in which PEM blocks and long numbers do not count as
// lines of their own.
func compareLines(before, ours, after []byte) string {
	a, b, c := outputLines(before), outputLines(ours), outputLines(after)
	for i := range min(len(a), len(b), len(c)) {
		if a[i] != b[i] && b[i] != c[i] && a[i] == c[i] && !sameKey(a[i], b[i]) {
			return fmt.Sprintf("line %d\n  certtool %q\n  ours     %q", i+1, a[i], b[i])
		}
		if label(a[i]) != label(b[i]) {
			return fmt.Sprintf("line %d\n  certtool writes %s\n  we       %s", i+1, label(a[i]), label(b[i]))
		}
	}
	if len(a) != len(b) && len(a) == len(c) {
		return fmt.Sprintf("certtool writes %d lines, we %d\n-- certtool --\n%s-- ours --\n%s", len(a), len(b), tail(before), tail(ours))
	}
	return ""
}

// pemBegin and pemEnd are how the first and the last line of a PEM block begin.
const pemBegin, pemEnd = "-----BEGIN ", "-----END "

// numberLine is a line of a long number: octets with colons.
var numberLine = regexp.MustCompile(`^\t+([0-9a-f]{2}:?)*\n$`)

// outputLines splits text into lines, PEM blocks and long numbers. DER stays whole.
func outputLines(text []byte) []string {
	if len(text) > 0 && text[0] == 0x30 {
		return []string{string(text)} // DER
	}
	var lines []string
	inside := false
	for line := range strings.Lines(string(text)) {
		if inside || len(lines) > 0 && numberLine.MatchString(line) {
			lines[len(lines)-1] += line
		} else {
			lines = append(lines, line)
		}
		inside = strings.HasPrefix(line, pemBegin) || inside && !strings.HasPrefix(line, pemEnd)
	}
	return lines
}

// label is the first line of a PEM block, and empty for other text.
func label(block string) string {
	if !strings.HasPrefix(block, pemBegin) {
		return ""
	}
	first, _, _ := strings.Cut(block, "\n")
	return first
}

// sameKey tells whether both are the same elliptic curve key, PEM or DER. certtool
// writes the number that is the key with as many octets as it happens to have, and
// names the curve twice in PKCS #8; SEC 1 has the length of the curve.
func sameKey(a, b string) bool {
	x, y := ecKey([]byte(a)), ecKey([]byte(b))
	return x != nil && y != nil && label(a) == label(b) && x.Equal(y)
}

func ecKey(data []byte) *ecdsa.PrivateKey {
	if block, _ := pem.Decode(data); block != nil {
		data = block.Bytes
	}
	if key, err := x509.ParseECPrivateKey(data); err == nil {
		return key
	}
	key, _ := x509.ParsePKCS8PrivateKey(data)
	ec, _ := key.(*ecdsa.PrivateKey)
	return ec
}
