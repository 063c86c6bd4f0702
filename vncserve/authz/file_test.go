package authz

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// TestEditedInPlace decides while an editor has emptied the file and not yet written all
// of it.
func TestEditedInPlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "view-only")
	write := func(content string) {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("alice\nbob\n")
	f, err := Open(path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	rest := []string{"al", "alice\nbo", "alice\nbob\ncarol\n"}
	write("")
	f.settle = func() {
		if len(rest) > 0 {
			write(rest[0])
			rest = rest[1:]
		}
	}
	for _, name := range []string{"alice", "bob", "carol"} {
		if !f.Restricts(name) {
			t.Errorf("%s was let go", name)
		}
	}

	// A file that never stays as it is changes nothing.
	n := 0
	f.settle = func() {
		n++
		write("eve\n"[:n%5])
	}
	write("")
	if !f.Restricts("alice") || f.Restricts("eve") {
		t.Error("half a file came into force")
	}
	if n != 2*mostReads { // for two decisions
		t.Errorf("the file was read again %d times", n)
	}
}

// TestSlowWriter has somebody write a file in place who takes longer than anybody waits:
// whom the file named before it was cut is held back meanwhile, and whom it does not name
// any more is let go when it has stayed as it is.
func TestSlowWriter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "view-only")
	clock := time.Now()
	f := &File{path: path, logger: slog.New(slog.DiscardHandler), settle: func() {}, now: func() time.Time { return clock }}
	expect := func(after time.Duration, content string, restricted ...string) {
		t.Helper()
		clock = clock.Add(after)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"alice", "bob", "carol"} {
			if got := f.Restricts(name); got != slices.Contains(restricted, name) {
				t.Errorf("%q: %s is restricted: %v", content, name, got)
			}
		}
	}
	expect(0, "alice\nbob\n", "alice", "bob")
	expect(leniencyDelay, "", "alice", "bob")
	expect(leniencyDelay, "", "alice", "bob")
	expect(0, "# the list\n", "alice", "bob")
	expect(leniencyDelay-1, "# the list\nalice\n", "alice", "bob")
	expect(leniencyDelay-1, "# the list\nalice\ncarol\n", "alice", "bob", "carol")
	expect(leniencyDelay-1, "# the list\nalice\ncarol\n", "alice", "bob", "carol")
	expect(1, "# the list\nalice\ncarol\n", "alice", "carol")
	for i := range 3 * maxFormer { // they do not pile up, and the first stays
		expect(1, fmt.Sprintf("#%d\n", i), "alice", "carol")
	}
	if len(f.former) != maxFormer {
		t.Errorf("%d lists are kept", len(f.former))
	}
	expect(leniencyDelay, "#47\n")
}
