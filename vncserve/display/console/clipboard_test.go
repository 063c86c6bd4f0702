package console

import (
	"encoding/base64"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vncsec/internal/peertest"
	"vncsec/vncserve/display"
	"vncsec/vncserve/display/console/terminal"
)

// lockedPeer is a fakePeer for several goroutines.
type lockedPeer struct{ clipboard clipboard }

func (p *lockedPeer) SetClipboard(text string) { p.clipboard.set(text) }
func (p *lockedPeer) FetchClipboard() bool     { return false }

func (p *lockedPeer) wait(t *testing.T, want string) {
	t.Helper()
	for end := time.Now().Add(patience); p.clipboard.get() != want; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the clipboard is %.50q, want %.50q", p.clipboard.get(), want)
		}
	}
}

// come has a viewer come who types.
func (c *Console) come(v display.Viewer) (typist, *lockedPeer) {
	p := &lockedPeer{}
	return typist{c.newInput(v, p)}, p
}

func osc52(text string) string {
	return "\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(text)) + "\x07"
}

// TestProgramSetsClipboard lets programs set the clipboard of whoever typed last, and paste
// it, but nothing else.
func TestProgramSetsClipboard(t *testing.T) {
	c := newConsole(t, Config{Command: []string{"/bin/sh", "-c", "stty raw -echo; printf ready; exec cat -v"}, Columns: 40, Rows: 5, OSC52: true})
	c.waitText(t, "ready")
	alice, alices := c.come(display.Viewer{Name: "alice"})
	bob, bobs := c.come(display.Viewer{Name: "bob"})
	c.output([]byte(osc52("nobody's")))
	bob.text("b")
	alice.text("a")
	c.waitText(t, "ba") // which must not come between the parts of what is written here
	c.output([]byte(osc52("line 1\r\n\x1b\tl\u0085ine 2 世界\x7f\n")))
	alices.wait(t, "line 1\n\tline 2 世界\n")
	largest := strings.Repeat("0123456789abcdef", terminal.MaxClipboard/16)
	c.output([]byte(osc52(largest)))
	alices.wait(t, largest)
	for _, bad := range []string{osc52(largest + "x"), osc52(""), osc52("\xff"), "\x1b]52;c;?\x07", "\x1b]52;c;*\x07", "\x1b]52;c\x07", "\x1b]52\x07", "\x1b]52;c;aGk\x18"} {
		c.output([]byte(bad))
	}
	c.output([]byte("\x1b]52;;cGFzdGU\x1b\\")) // without padding
	alices.wait(t, "paste")
	alice.input.paste(terminal.Modes{})
	c.waitText(t, "bapaste")
	bob.text(".")
	c.waitText(t, "bapaste.")
	c.output([]byte(osc52("bob's")))
	bobs.wait(t, "bob's")
	if got := alices.clipboard.get(); got != "paste" {
		t.Errorf("one who did not type has %q", got)
	}
	bob.input.Close()
	c.output([]byte(osc52("who left"))) // nobody's
	if got := c.text(); got != "readybapaste." {
		t.Errorf("the screen shows %q", got)
	}
}

// TestClipboardIsOff shows that programs need leave to set a clipboard.
func TestClipboardIsOff(t *testing.T) {
	c := idle(t, 40, 5)
	y, p := c.come(display.Viewer{Name: "alice"})
	y.text("x")
	c.output([]byte(osc52("hostile")))
	time.Sleep(2 * clipboardRest)
	if got := p.clipboard.get(); got != "" {
		t.Errorf("the clipboard is %q", got)
	}
}

// TestTmuxSetsClipboard copies in tmux.
func TestTmuxSetsClipboard(t *testing.T) {
	peertest.Need(t, "tmux")
	socket := filepath.Join(t.TempDir(), "tmux")
	c := newConsole(t, Config{
		Command: []string{"tmux", "-S", socket, "-f", "/dev/null", "new-session", "printf ready; read x; tmux set-buffer -w 'copied in tmux, 世界'; sleep 1000"},
		OSC52:   true,
	})
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", socket, "kill-server").Run() })
	c.waitText(t, "ready")
	y, p := c.come(display.Viewer{Name: "alice"})
	y.text("x\n")
	p.wait(t, "copied in tmux, 世界")
}
