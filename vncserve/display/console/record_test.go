package console

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vncsec/vncserve/display"
	"vncsec/vncserve/display/console/terminal"
	"vncsec/vncserve/rfb"
)

// TestRecord has two viewers type, plays the recording and compares screens.
func TestRecord(t *testing.T) {
	file := filepath.Join(t.TempDir(), "console.cast")
	c := newConsole(t, Config{
		Command: []string{"/bin/sh", "-c", "echo ready; while read -r x; do printf '\\033[1;31mgot\\033[0m <%s> 世界\\n' \"$x\"; done"},
		Columns: 40, Rows: 8, Record: file,
	})
	c.waitText(t, "ready")
	viewer := func(v display.Viewer) (typist, func()) {
		in := c.newInput(v, &fakePeer{})
		return typist{in}, in.Close
	}
	alice, aliceLeaves := viewer(display.Viewer{Remote: "192.0.2.1:5", Name: "alice"})
	viewer(display.Viewer{Remote: "192.0.2.2:6", Name: "CN=\x1bbob", ViewOnly: true})
	carol, carolLeaves := viewer(display.Viewer{Remote: "192.0.2.3:7"})
	alice.text("secret\x7f\x7f one\n")
	c.waitText(t, "one>")
	carol.text("two\n")
	c.waitText(t, "two>")
	carol.input.Resize(50*c.cell.X, 10*c.cell.Y)
	alice.held(rfb.KeyShiftLeft, func() {}) // no typing
	carol.text("three\n")
	c.waitText(t, "three>")
	aliceLeaves()
	carolLeaves()
	want := c.text()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.Err(); err != nil {
		t.Error(err)
	}

	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	played := &Console{term: terminal.New(40, 8)}
	var marks []string
	lines := bufio.NewScanner(f)
	lines.Scan() // the header
	for lines.Scan() {
		var e []any
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		switch data := e[2].(string); e[1] {
		case "o":
			played.term.Write([]byte(data))
		case "r":
			if data != "50x10" {
				t.Errorf("size %q", data)
			}
			played.term.Resize(50, 10)
		case "m":
			marks = append(marks, data)
		}
	}
	if got := played.text(); got != want {
		t.Errorf("the recording shows\n%s\nwant\n%s", got, want)
	}
	const alices, bobs, carols = "alice at 192.0.2.1:5", "CN=\ufffdbob at 192.0.2.2:6, view-only", "somebody without a name at 192.0.2.3:7"
	wantMarks := []string{"viewer comes: " + alices, "viewer comes: " + bobs, "viewer comes: " + carols,
		"viewer types: " + alices, "viewer types: " + carols,
		"viewer leaves: " + alices, "viewer leaves: " + carols, "viewer leaves: " + bobs} // who is there to the end
	if got := strings.Join(marks, "\n"); got != strings.Join(wantMarks, "\n") {
		t.Errorf("marks\n%s", got)
	}
}
