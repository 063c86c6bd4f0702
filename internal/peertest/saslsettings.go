package peertest

import (
	"bytes"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// SASLSettings lets libsasl2 read service files, and returns for each the values of
// the keys that are asked for in it. Keys that it does not have are missing there;
// nil stands for a file that libsasl2 refuses.
func SASLSettings(t testing.TB, files [][]byte, keys [][]string) []map[string]string {
	t.Helper()
	Need(t, "libsasl2-dev")
	dir := t.TempDir()
	var questions bytes.Buffer
	for i, content := range files {
		folder := filepath.Join(dir, strconv.Itoa(i))
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "qemu.conf"), content, 0o600); err != nil {
			t.Fatal(err)
		}
		questions.WriteString(folder)
		for _, key := range keys[i] {
			questions.WriteString(" =" + key)
		}
		questions.WriteByte('\n')
	}
	cmd := exec.Command(compile(t, "saslsettings.c", "-lsasl2"))
	cmd.Env = append(os.Environ(), "SASL_PATH="+dir) // without plugins it is faster
	cmd.Stdin = &questions
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("libsasl2 read no settings: %v", err)
	}
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(lines) != len(files) {
		t.Fatalf("libsasl2 read %d files of %d", len(lines), len(files))
	}
	answers := make([]map[string]string, len(files))
	for i, line := range lines {
		answers[i] = saslAnswer(t, line, keys[i])
	}
	return answers
}

// saslAnswer reads a line that saslsettings.c wrote.
func saslAnswer(t testing.TB, line string, keys []string) map[string]string {
	t.Helper()
	words := strings.Split(line, " ")
	if words[0] == "refused" {
		return nil
	}
	if words[0] != "read" || len(words) != len(keys)+1 {
		t.Fatalf("libsasl2 was asked for %q and answered %q", keys, line)
	}
	values := map[string]string{}
	for i, word := range words[1:] {
		if word == "-" {
			continue
		}
		value, err := hex.DecodeString(word)
		if err != nil {
			t.Fatal(err)
		}
		values[keys[i]] = string(value)
	}
	return values
}
