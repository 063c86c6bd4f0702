package certtool_test

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	tags "golang.org/x/crypto/cryptobyte/asn1"
)

// difference is the comparison of what is signed.
//
// What differs between two runs of certtool itself, before and after ours, is random
// or depends on the clock. There ours must lie between the two, or have the form of
// both.
// The kernel's clock for time(2), which certtool reads, is some milliseconds behind, so
// that a run can seem earlier than the one before it. A difference must show twice.
func difference(t testing.TB, c call) (found string, status int) {
	t.Helper()
	for range 2 {
		if found, status = differenceOnce(t, c); found == "" {
			break
		}
	}
	return found, status
}

func differenceOnce(t testing.TB, c call) (found string, status int) {
	t.Helper()
	before := runIn(t, realCerttool, c)
	ours := runIn(t, ourCerttool, c)
	found = compareResults(before, ours, before)
	if found != "" {
		found = compareResults(before, ours, runIn(t, realCerttool, c))
	}
	if found == "" && ours.status == 0 {
		found = checkSignatures(t, c, ours, before)
	}
	return found, before.status
}

// runIn runs a call in a folder of its own.
func runIn(t testing.TB, run program, c call) result {
	t.Helper()
	dir, err := os.MkdirTemp("", "differential-")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	return run(t, dir, c)
}

// compareResults compares ours with what certtool made before and after it.
func compareResults(before, ours, after result) string {
	if (before.status == 0) != (ours.status == 0) {
		return fmt.Sprintf("certtool ends with %d, we with %d\n-- certtool --\n%s-- ours --\n%s",
			before.status, ours.status, tail(before.stderr), tail(ours.stderr))
	}
	if ours.status != 0 {
		// certtool sometimes leaves an empty file. We never leave any.
		if ours.status != 1 || ours.left || len(ours.stdout) > 0 {
			return fmt.Sprintf("we end with %d, leaving a file: %t, output: %q", ours.status, ours.left, ours.stdout)
		}
		return ""
	}
	if line := missingWarning(before.stderr, ours.stderr); line != "" {
		return "we do not print: " + line
	}
	if ours.left != before.left || ours.mode != before.mode {
		return fmt.Sprintf("the output file: certtool %t %v, ours %t %v", before.left, before.mode, ours.left, ours.mode)
	}
	return compareOutputs(pemBlocks(before.output), pemBlocks(ours.output), pemBlocks(after.output))
}

// missingWarning is a warning of certtool that ours does not print; ours prints more of
// its own.
func missingWarning(certtool, ours []byte) string {
	for line := range strings.Lines(string(certtool)) {
		if strings.HasPrefix(strings.ToLower(line), "warning") && !bytes.Contains(ours, []byte(line)) {
			return line
		}
	}
	return ""
}

// checkSignatures verifies what we have signed, unless it is what certtool has signed
// byte by byte.
func checkSignatures(t testing.TB, c call, ours, certtool result) string {
	t.Helper()
	if bytes.Equal(ours.output, certtool.output) {
		return ""
	}
	for _, block := range pemBlocks(ours.output) {
		s, err := parseStructure(block.Type, block.Bytes)
		if err != nil {
			continue // not signed: a key
		}
		key := s.key
		if file := c.signer(); file != "" {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			signer, err := parseStructure("CERTIFICATE", pemBlocks(data)[0].Bytes)
			if err != nil {
				t.Fatal(err)
			}
			key = signer.key
		}
		if err := checkSignature(s, key); err != nil {
			return fmt.Sprintf("%s: %v\n%x", block.Type, err, block.Bytes)
		}
	}
	return ""
}

// signer is the file with the certificate of the key that signs; empty for what is
// signed with its own key.
func (c call) signer() string {
	option := "--load-ca-certificate"
	if slices.Contains(c.args, "--generate-proxy") {
		option = "--load-certificate"
	}
	if i := slices.Index(c.args, option); i >= 0 {
		return c.args[i+1]
	}
	return ""
}

// tail is the end of a text, where the errors stand.
func tail(text []byte) string {
	lines := strings.SplitAfter(string(text), "\n")
	return strings.Join(lines[max(0, len(lines)-6):], "")
}

func compareOutputs(before, ours, after []*pem.Block) string {
	if labels(before) != labels(ours) || labels(before) != labels(after) {
		return fmt.Sprintf("certtool writes %s, we %s", labels(before), labels(ours))
	}
	for i := range before {
		if found := compareBlocks(before[i], ours[i], after[i]); found != "" {
			return before[i].Type + ": " + found
		}
	}
	return ""
}

func labels(blocks []*pem.Block) string {
	var names []string
	for _, block := range blocks {
		names = append(names, block.Type)
	}
	return fmt.Sprintf("%q", names)
}

// compareBlocks compares all that is signed, field by field.
func compareBlocks(before, ours, after *pem.Block) string {
	if bytes.Equal(before.Bytes, ours.Bytes) {
		return ""
	}
	var s [3]*signedStructure
	for i, block := range []*pem.Block{before, ours, after} {
		var err error
		if s[i], err = parseStructure(block.Type, block.Bytes); err != nil {
			return fmt.Sprintf("program %d: %v\n%x", i, err, block.Bytes)
		}
	}
	var found strings.Builder
	for i := range max(len(s[0].fields), len(s[1].fields)) {
		a, b, c := fieldAt(s[0], i), fieldAt(s[1], i), fieldAt(s[2], i)
		if reason := compareFields(a, b, c); reason != "" {
			fmt.Fprintf(&found, "%s\n  certtool %s %x\n  ours     %s %x\n", reason, a.name, a.value, b.name, b.value)
		}
	}
	return found.String()
}

// fieldAt returns a field with no name if there is none.
func fieldAt(s *signedStructure, i int) field {
	if i >= len(s.fields) {
		return field{}
	}
	return s.fields[i]
}

// compareFields says why ours is not what certtool makes.
func compareFields(before, ours, after field) string {
	switch {
	case before.name != ours.name:
		return "another field"
	case bytes.Equal(before.value, ours.value), bytes.Equal(ours.value, after.value):
		return ""
	case bytes.Equal(before.value, after.value):
		return "other contents"
	case before.name == "serial":
		return randomSerial(ours.value)
	case strings.HasSuffix(before.name, "(2.5.29.20)"): // cRLNumber
		// Five octets of seconds, four of nanoseconds, then random ones.
		end := len(before.value) - 20 + 9
		if len(ours.value) != len(before.value) || !between(before.value[:end], ours.value[:end], after.value[:end]) {
			return "not the time in the number"
		}
		return ""
	}
	return compareTimes(before.value, ours.value, after.value)
}

// randomSerial demands what 159 random bits give but once in 2^63 times: a positive
// INTEGER, minimal, of 12 to 20 octets.
func randomSerial(der []byte) string {
	var n big.Int
	in := cryptobyte.String(der)
	if !in.ReadASN1Integer(&n) || n.Sign() < 0 || len(der) < 2+12 || len(der) > 2+20 {
		return "not 159 random bits"
	}
	return ""
}

func between(low, value, high []byte) bool {
	return bytes.Compare(low, value) <= 0 && bytes.Compare(value, high) <= 0
}

// compareTimes demands the same type of time, and one between the two.
func compareTimes(before, ours, after []byte) string {
	var times [3]time.Time
	for i, der := range [][]byte{before, ours, after} {
		in := cryptobyte.String(der)
		var ok bool
		switch der[0] {
		case byte(tags.UTCTime):
			ok = in.ReadASN1UTCTime(&times[i])
		case byte(tags.GeneralizedTime):
			ok = in.ReadASN1GeneralizedTime(&times[i])
		}
		if !ok || der[0] != before[0] {
			return "not the same type of time"
		}
	}
	if times[1].Before(times[0]) || times[1].After(times[2]) {
		return "another time"
	}
	return ""
}
