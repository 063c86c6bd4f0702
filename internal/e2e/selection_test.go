package e2e_test

import (
	"os"
	"path/filepath"
	"testing"

	"vncsec/internal/peertest"
	"vncsec/vncserve/display/console"
)

// TestSelectAndPaste has a real viewer's user scroll back, double-click a word there and
// paste it to the command, by the middle button and by the keys of other terminals.
func TestSelectAndPaste(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "typed")
	script := "echo first-word; seq 100; read -r x; read -r y; echo \"$x $y\" >" + file + "; sleep 1000"
	c, err := console.New(t.Context(), console.Config{Command: []string{"/bin/sh", "-c", script}, Columns: columns, Rows: rows})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	viewer := peertest.StartTigerVNC(t, peertest.TigerVNCOptions{Address: serveDisplay(t, c)})
	peertest.Eventually(t, "the viewer shows the console", func() bool {
		p := viewer.Picture()
		return p != nil && p.Bounds().Size() == c.Framebuffer().Snapshot().Bounds().Size()
	})
	viewer.Press("shift+Home") // the word is in the first line now
	viewer.Click(20, 5, 1, 2)
	viewer.Click(20, 5, 2, 1)
	viewer.Press("Return")
	viewer.Press("ctrl+shift+c")
	viewer.Press("ctrl+shift+v")
	viewer.Press("Return")
	peertest.Eventually(t, "the command has what was selected", func() bool {
		b, err := os.ReadFile(file)
		return err == nil && string(b) == "first-word first-word\n"
	})
}
