package console

import (
	"context"
	"fmt"
	"image"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"vncsec/internal/peertest"
	"vncsec/internal/throttle"
	"vncsec/vncserve/display"
	"vncsec/vncserve/rfb"
)

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

func newConsole(t testing.TB, config Config) *Console {
	t.Helper()
	c, err := New(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// sh runs a shell script in a console.
func sh(t testing.TB, script string) *Console {
	t.Helper()
	return newConsole(t, Config{Command: []string{"/bin/sh", "-c", script}})
}

// text gives the screen as text, lines without trailing blanks.
func (c *Console) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var b strings.Builder
	_, rows := c.term.Size()
	for y := range rows {
		var line strings.Builder
		for _, cell := range c.term.Row(y) {
			switch {
			case cell.Width == 0:
			case cell.Rune == 0:
				line.WriteByte(' ')
			default:
				line.WriteString(string(cell.Rune) + cell.Marks)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

// waitFor waits until the screen fulfils a condition.
func (c *Console) waitFor(t testing.TB, what string, is func(text string) bool) {
	t.Helper()
	for end := time.Now().Add(patience); !is(c.text()); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the screen does not show %s:\n%s", what, c.text())
		}
	}
}

func (c *Console) waitText(t testing.TB, want string) {
	t.Helper()
	c.waitFor(t, want, func(text string) bool { return strings.Contains(text, want) })
}

// typist types as a viewer does.
type typist struct{ input *viewerInput }

func newTypist(c *Console) typist { return typist{&viewerInput{console: c, peer: &fakePeer{}}} }

// fakePeer is the viewer's side of an input.
type fakePeer struct {
	clipboard string // that it was given
	fetches   bool   // whether it has one that must be fetched
}

func (p *fakePeer) SetClipboard(text string) { p.clipboard = text }
func (p *fakePeer) FetchClipboard() bool     { return p.fetches }

func (y typist) keys(keys ...rfb.Keysym) {
	for _, k := range keys {
		y.input.Key(rfb.KeyEvent{Down: true, Key: k})
		y.input.Key(rfb.KeyEvent{Key: k})
	}
}

func (y typist) text(s string) {
	for _, r := range s {
		if r == '\n' {
			y.keys(rfb.KeyReturn)
		} else {
			y.keys(rfb.KeysymOf(r))
		}
	}
}

func TestTypingRoundTrip(t *testing.T) {
	c := sh(t, "stty -echo; echo ready; while read -r line; do echo \"got <$line>\"; done")
	c.waitText(t, "ready")
	newTypist(c).text("hello wörld € 世界\n")
	c.waitText(t, "got <hello wörld € 世界>")
}

// TestControlKeys lets the line discipline act on the keys.
func TestControlKeys(t *testing.T) {
	c := sh(t, "trap 'echo interrupted' INT; echo ready; read x; read x; echo \"read <$x>\"; sleep 60")
	c.waitText(t, "ready")
	y := newTypist(c)
	y.input.Key(rfb.KeyEvent{Down: true, Key: rfb.KeyControlLeft})
	y.keys('c')
	y.input.Key(rfb.KeyEvent{Key: rfb.KeyControlLeft})
	c.waitText(t, "interrupted")
	y.text("abx")
	y.keys(rfb.KeyBackSpace)
	y.text("\nabx")
	y.keys(rfb.KeyBackSpace)
	y.text("c\n")
	c.waitFor(t, "what was read", func(s string) bool { return strings.Contains(s, "read <ab") })
}

// TestEditor drives a full-screen program to a known screen.
func TestEditor(t *testing.T) {
	peertest.Need(t, "vim.tiny")
	file := filepath.Join(t.TempDir(), "file.txt")
	if err := os.WriteFile(file, []byte("first line\nsecond line\nthird line\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := newConsole(t, Config{Command: []string{"/bin/sh", "-c", "echo before; vim.tiny -u NONE -N " + file + "; cat " + file + "; sleep 60"}, Columns: 40, Rows: 8})
	c.waitText(t, "third line")
	y := newTypist(c)
	y.keys(rfb.KeyDown)
	y.text("ddAX\u00e9")
	y.keys(rfb.KeyEscape)
	y.text(":set number\n")
	want := "      1 first line\n      2 third lineX\u00e9\n~\n~\n~\n~\n~\n:set number"
	c.waitFor(t, "the editor", func(s string) bool { return s == want })
	y.text(":wq\n")
	c.waitFor(t, "the screen from before", func(s string) bool {
		return strings.HasPrefix(s, "before") && strings.Contains(s, "first line\nthird lineX\u00e9")
	})
}

func TestResize(t *testing.T) {
	c := sh(t, "trap 'echo size $(stty size)' WINCH; echo size $(stty size); while :; do sleep 0.05; done")
	c.waitText(t, "size 25 80")
	in := &viewerInput{console: c}
	if status := in.Resize(100*c.cell.X+3, 30*c.cell.Y+5); status != rfb.ResizeOK {
		t.Fatalf("status %d", status)
	}
	c.waitText(t, "size 30 100")
	if got, want := c.fb.Snapshot().Bounds().Max, image.Pt(100*c.cell.X+3, 30*c.cell.Y+5); got != want {
		t.Errorf("the framebuffer has %v, want %v", got, want)
	}
	for _, size := range []image.Point{{}, {10, 10}, {65535, 65535}} {
		if status := in.Resize(size.X, size.Y); status != rfb.ResizeInvalidLayout {
			t.Errorf("%v: status %d, want a refusal", size, status)
		}
	}
	c.output([]byte("\x1b[8;40;90t"))
	c.waitText(t, "size 40 90")
	c.output([]byte("\x1b[8;65535;65535t\x1b[8;1;1t"))
	if got, want := c.fb.Snapshot().Bounds().Max, image.Pt(90*c.cell.X, 40*c.cell.Y); got != want {
		t.Errorf("the framebuffer has %v, want %v", got, want)
	}
}

// TestResizeByMany has many viewers resize at once: the command's size is then that
// of the screen.
func TestResizeByMany(t *testing.T) {
	c := sh(t, "echo ready; sleep 60")
	c.waitText(t, "ready")
	for range 500 {
		var all sync.WaitGroup
		for i := range 4 {
			all.Go(func() { c.resize(image.Pt((40+10*i)*c.cell.X, (20+i)*c.cell.Y)) })
		}
		all.Wait()
		c.mu.Lock()
		columns, rows := c.term.Size()
		got, want := sizeOf(t, c.process), c.process.winsize(columns, rows)
		c.mu.Unlock()
		if got != want {
			t.Fatalf("the command has %+v, the screen %+v", got, want)
		}
	}
}

// sizeOf gives the size that a command sees.
func sizeOf(t *testing.T, p *process) (size unix.Winsize) {
	t.Helper()
	conn, err := p.tty.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var failed error
	err = conn.Control(func(fd uintptr) {
		var got *unix.Winsize
		if got, failed = unix.IoctlGetWinsize(int(fd), unix.TIOCGWINSZ); failed == nil {
			size = *got
		}
	})
	if err != nil || failed != nil {
		t.Fatal(err, failed)
	}
	return size
}

// TestSizeAtStart checks that a command is not told of a new size when it starts.
func TestSizeAtStart(t *testing.T) {
	for range 5 {
		c := sh(t, "trap 'echo changed' WINCH; sleep 0.2; echo settled; sleep 60")
		c.waitText(t, "settled")
		if strings.Contains(c.text(), "changed") {
			t.Fatal("the command got SIGWINCH")
		}
		_ = c.Close()
	}
}

func TestExit(t *testing.T) {
	for script, want := range map[string]string{
		"exit 0":      "[process exited with status 0; press Enter to restart]",
		"exit 7":      "[process exited with status 7; press Enter to restart]",
		"kill -9 $$":  "[process ended by signal: killed; press Enter to restart]",
		"echo x; :":   "x\n\n[process exited with status 0",
		"printf last": "last\n[process exited",
	} {
		c := sh(t, script)
		c.waitText(t, want)
	}
}

// TestTitle follows the desktop's name: the configured one or that of the command and
// the host, the one that the command sets, and again the first when it has ended.
func TestTitle(t *testing.T) {
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for title, want := range map[string]string{"": "sh on " + host, "mine": "mine"} {
		c := newConsole(t, Config{Command: []string{"/bin/sh", "-c", "printf '\\033]2;set\\a'; read x"}, Title: title})
		if got := desktopName(t, c); got != want && got != "set" {
			t.Errorf("title %q: the desktop's name is %q at first, want %q", title, got, want)
		}
		waitName(t, c, "set")
		newTypist(c).keys(rfb.KeyReturn)
		c.waitText(t, "[process exited with status 0")
		waitName(t, c, want)
	}
}

// TestTitleFlood sets one title after another: viewers are told of the first and, when they
// may be told again, of the last.
func TestTitleFlood(t *testing.T) {
	c := idle(t, 20, 5)
	c.titles = throttle.New(500 * time.Millisecond)
	began := time.Now()
	c.output([]byte("\x1b]2;first\a"))
	c.output([]byte("\x1b]2;second\a"))
	c.output([]byte("\x1b]2;third\a"))
	if got := desktopName(t, c); got != "first" && time.Since(began) < 500*time.Millisecond {
		t.Errorf("the desktop's name is %q before the viewers may be told again", got)
	}
	waitName(t, c, "third")
}

func waitName(t *testing.T, c *Console, want string) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		got := desktopName(t, c)
		if got == want {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the desktop's name is %q, want %q", got, want)
		}
	}
}

// desktopName gives the name that a new viewer is told.
func desktopName(t *testing.T, c *Console) string {
	t.Helper()
	session, err := c.Open(t.Context(), display.Viewer{})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	near, far := net.Pipe()
	served := make(chan error, 1)
	go func() { served <- session.Serve(t.Context(), rfb.NewConn(far)) }()
	_, _ = near.Write(rfb.ClientInit{}.AppendWire(nil))
	hello, err := rfb.ReadServerInit(near)
	if err != nil {
		t.Fatal(err)
	}
	near.Close()
	<-served
	return hello.Name
}

// TestEndIsLegible ends a program that leaves a full screen behind, and the cursor in
// its midst.
func TestEndIsLegible(t *testing.T) {
	c := sh(t, "for i in $(seq 200); do printf 'xxxxxxxxxx'; done; printf '\\033[3;3H'")
	c.waitText(t, "[process exited with status 0; press Enter to restart]\n")
}

// TestBellFlood rings without end: viewers hear a few of the bells.
func TestBellFlood(t *testing.T) {
	c := sh(t, "read x")
	now, rang := time.Now(), 0
	for range 10_000 { // ten seconds of them
		if now = now.Add(time.Millisecond); c.rings(now) {
			rang++
		}
	}
	if rang < 10 || rang > 50 {
		t.Errorf("%d bells of 10000 rang", rang)
	}
}

// TestTerminalOpenedAgain runs a command that closes its terminal and opens it again.
func TestTerminalOpenedAgain(t *testing.T) {
	c := sh(t, "echo before; exec 0<&- 1>&- 2>&-; sleep 0.3; exec </dev/tty >/dev/tty; echo after; read x; echo \"read <$x>\"; sleep 60")
	c.waitText(t, "after")
	newTypist(c).text("typed\n")
	c.waitText(t, "read <typed>")
}

func TestRestart(t *testing.T) {
	dir := t.TempDir()
	c := sh(t, "echo run >>"+dir+"/runs; echo run $(wc -l <"+dir+"/runs); printf '\\033[?1049h\\033[?25l'; exit 3")
	c.waitText(t, "run 1")
	c.waitText(t, "status 3")
	y := newTypist(c)
	y.text("no restart")
	y.keys(rfb.KeyReturn)
	c.waitText(t, "run 2")
	c.waitText(t, "status 3")
	if text := c.text(); strings.Contains(text, "run 1") {
		t.Errorf("the screen was not cleared:\n%s", text)
	}
	y.held(rfb.KeyShiftLeft, func() { y.keys(rfb.KeyHome) })
	if text := c.picture(); !strings.HasPrefix(text, "run 1") {
		t.Errorf("the history does not begin with the first run:\n%s", text)
	}
	if c.term.Modes().HideCursor {
		t.Error("the cursor stayed hidden")
	}
}

// TestLateInput has a viewer type while the command ends: the next one does not get it.
func TestLateInput(t *testing.T) {
	c := sh(t, "read x; echo got:$x:")
	y := newTypist(c)
	y.text("first\n")
	c.waitText(t, "got:first:\n\n[process exited with status 0")
	c.input.push([]byte("late\n"))
	y.text("\n")
	c.waitFor(t, "the restart", func(text string) bool { _, running := c.state(); return running && text == "" })
	y.text("next\n")
	c.waitText(t, "got:next:")
}

// TestEnterBeforeTheEndIsShown has a viewer press Enter after the command has ended and
// before that is shown: how it ended stays to be seen.
func TestEnterBeforeTheEndIsShown(t *testing.T) {
	c := sh(t, "read x; exit 3")
	c.askRestart()
	newTypist(c).text("\n")
	c.waitText(t, "[process exited with status 3")
	time.Sleep(100 * time.Millisecond)
	if _, running := c.state(); running || !strings.Contains(c.text(), "[process exited with status 3") {
		t.Errorf("the command runs again; the screen shows\n%s", c.text())
	}
}

func TestRespawn(t *testing.T) {
	dir := t.TempDir()
	c := newConsole(t, Config{
		Command: []string{"/bin/sh", "-c", "echo x >>" + dir + "/runs; test $(wc -l <" + dir + "/runs) -lt 3 || { echo third run; sleep 60; }"},
		Respawn: true,
	})
	c.waitText(t, "restarting]")
	c.waitText(t, "third run")
}

func TestCommandCannotRun(t *testing.T) {
	_, err := New(t.Context(), Config{Command: []string{"/no/such/program"}})
	if err == nil || !strings.Contains(err.Error(), "/no/such/program") {
		t.Errorf("error %v", err)
	}
	if _, err := New(t.Context(), Config{Command: []string{"true"}, Columns: 10_000}); err == nil {
		t.Error("10000 columns were accepted")
	}
}

func TestEnvironment(t *testing.T) {
	t.Setenv("VNC_PASSWORD", "secret")
	t.Setenv("LC_ALL", "")
	t.Setenv("LANG", "")
	c := newConsole(t, Config{Command: []string{"env"}, Env: []string{"ADDED=yes"}})
	c.waitText(t, "exited")
	text := c.text()
	for _, want := range []string{"TERM=xterm-256color", "LANG=C.UTF-8", "PATH=", "ADDED=yes"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing:\n%s", want, text)
		}
	}
	if strings.Contains(text, "secret") {
		t.Errorf("our environment was passed on:\n%s", text)
	}
}

// TestClose ends a command that ignores SIGHUP, with its children, and leaves
// neither processes nor goroutines.
func TestClose(t *testing.T) {
	before := runtime.NumGoroutine()
	c, err := New(context.Background(), Config{Command: []string{"/bin/sh", "-c", "trap '' HUP; echo $$ ready; while :; do sleep 1; done"}})
	if err != nil {
		t.Fatal(err)
	}
	c.waitText(t, "ready")
	pid := c.process.cmd.Process.Pid
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(fmt.Sprintf("/proc/%d", pid)); err == nil {
		t.Error("the command is still there")
	}
	if _, err := c.Open(t.Context(), display.Viewer{}); err != ErrClosed {
		t.Errorf("Open after Close: %v", err)
	}
	for end := time.Now().Add(patience); runtime.NumGoroutine() > before; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("goroutines left:\n%s", stacks[:runtime.Stack(stacks, true)])
		}
	}
}

// TestHangUp lets a command see the SIGHUP.
func TestHangUp(t *testing.T) {
	file := filepath.Join(t.TempDir(), "hangup")
	c := sh(t, "trap 'echo yes >"+file+"; exit' HUP; echo ready; while :; do sleep 0.05; done")
	c.waitText(t, "ready")
	_ = c.Close()
	if b, _ := os.ReadFile(file); string(b) != "yes\n" {
		t.Errorf("the command wrote %q", b)
	}
}

func TestPasteNeedsAKey(t *testing.T) {
	c := sh(t, "stty -icanon -echo; printf '\\033[?2004hready'; dd bs=1 count=16 2>/dev/null | od -An -c; sleep 60")
	c.waitText(t, "ready")
	y := newTypist(c)
	y.input.CutText("pwd\n")
	y.keys('.')
	y.input.Key(rfb.KeyEvent{Down: true, Key: rfb.KeyShiftLeft})
	y.keys(rfb.KeyInsert)
	want := strings.Fields(". 033 [ 2 0 0 ~ p w d \\n 033 [ 2 0 1")
	c.waitFor(t, "the paste", func(s string) bool {
		fields := strings.Fields(strings.TrimPrefix(s, "ready"))
		return slices.Equal(fields, want)
	})
}

// TestInputIsBounded pastes to a command that does not read: typing goes on without
// waiting, and memory has a bound.
func TestInputIsBounded(t *testing.T) {
	c := sh(t, "stty -icanon -echo; echo ready; sleep 60")
	c.waitText(t, "ready")
	y := newTypist(c)
	y.input.CutText(strings.Repeat("x", rfb.MaxCutText))
	y.input.Key(rfb.KeyEvent{Down: true, Key: rfb.KeyShiftLeft})
	for range 50 {
		y.keys(rfb.KeyInsert)
	}
	c.input.mu.Lock()
	defer c.input.mu.Unlock()
	if n := len(c.input.waiting); n > maxInput {
		t.Errorf("%d bytes wait", n)
	}
}

// TestLargestPaste pastes the largest classic clipboard, of characters that take twice as
// much in UTF-8.
func TestLargestPaste(t *testing.T) {
	const size = 2 * rfb.MaxCutText
	c := newConsole(t, Config{Command: []string{"/bin/sh", "-c",
		fmt.Sprintf("stty raw -echo; echo ready; printf '%%s bytes' $(head -c %d | wc -c); sleep 60", size)}})
	c.waitText(t, "ready")
	y := newTypist(c)
	y.input.CutText(strings.Repeat("é", rfb.MaxCutText))
	y.held(rfb.KeyShiftLeft, func() { y.keys(rfb.KeyInsert) })
	c.waitText(t, fmt.Sprintf("%d bytes", size))
}

// TestBurst shows a command that writes much faster than anybody can look.
func TestBurst(t *testing.T) {
	c := sh(t, "stty -onlcr; yes 'some text that is a line of output, äöü' | head -c 5000000; printf '\\033[2J\\033[Hdone'; sleep 60")
	stop := make(chan struct{})
	go func() { // somebody looks meanwhile
		defer close(stop)
		for !strings.Contains(c.text(), "done") {
			c.fb.Snapshot()
			time.Sleep(time.Millisecond)
		}
	}()
	var most uint64
	for {
		select {
		case <-stop:
			if most > 200<<20 {
				t.Errorf("the heap grew to %d MiB", most>>20)
			}
			return
		case <-time.After(20 * time.Millisecond):
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
	}
}
