package authz

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
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
