package atomicfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// victimEnv makes the test binary a process that writes into a folder until it
// is killed.
const victimEnv = "VNCSEC_TEST_WRITE_UNTIL_KILLED"

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimEnv); dir != "" {
		writeUntilKilled(dir)
	}
	os.Exit(m.Run())
}

// contentSize is more than one page, so that a half-written file can be seen.
const contentSize = 200_000

// content is one byte repeated: a mixture or another length is a torn file.
func content(n int) []byte {
	return bytes.Repeat([]byte{byte('a' + n%26)}, contentSize)
}

// writeUntilKilled replaces one pair over and over, and makes new pairs.
func writeUntilKilled(dir string) {
	for n := 0; ; n++ {
		for _, suffix := range []string{"", fmt.Sprint(n)} {
			set := NewSet(dir)
			set.Add("key"+suffix, content(n), Options{Mode: 0o600, Force: suffix == ""})
			set.Add("cert"+suffix, content(n), Options{Mode: 0o644, Force: suffix == ""})
			if _, err := set.Commit(); err != nil {
				fmt.Println(err)
				os.Exit(1)
			}
		}
		if n == 0 {
			fmt.Println("started")
		}
	}
}

// TestKilledWriterLeavesWholeFiles kills writers at random moments.
func TestKilledWriterLeavesWholeFiles(t *testing.T) {
	rounds := 60
	if testing.Short() {
		rounds = 10
	}
	temporaries := 0
	for range rounds {
		dir := t.TempDir()
		killWriter(t, dir)
		if _, err := os.Stat(filepath.Join(dir, "key")); err != nil {
			t.Errorf("the file that was replaced all the time has no name: %v", err)
		}
		temporaries += checkFolder(t, dir, true)
		// What was killed blocks nobody.
		mustWrite(t, filepath.Join(dir, "key"), "next", Options{Mode: 0o600, Force: true})
	}
	if temporaries == 0 && rounds > 10 {
		t.Error("no writer was killed within a write: the test shows nothing")
	}
}

func killWriter(t *testing.T, dir string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), victimEnv+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	started := make([]byte, len("started\n"))
	if _, err := out.Read(started); err != nil || string(started) != "started\n" {
		cmd.Process.Kill()
		t.Fatalf("the writer said %q, %v", started, err)
	}
	// While it writes, no key may be seen with a wide mode, not even for a moment.
	for until := time.Now().Add(time.Duration(rand.IntN(20_000)) * time.Microsecond); time.Now().Before(until); {
		checkFolder(t, dir, false)
	}
	cmd.Process.Kill()
	cmd.Wait()
}

// checkFolder checks the modes of all files, and the content of those that have
// their names. It returns how many temporary files there are.
func checkFolder(t *testing.T, dir string, contents bool) (temporaries int) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // renamed since
		}
		if err != nil {
			t.Fatal(err)
		}
		name := entry.Name()
		if strings.HasPrefix(strings.TrimPrefix(name, "."), "key") && info.Mode().Perm()&^0o600 != 0 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
		if strings.HasPrefix(name, ".") {
			temporaries++
			continue
		}
		if contents {
			wantWhole(t, filepath.Join(dir, name))
		}
	}
	return temporaries
}

func wantWhole(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(data) != contentSize || bytes.Count(data, data[:1]) != contentSize {
		t.Errorf("%s is torn: %d bytes", path, len(data))
	}
}
