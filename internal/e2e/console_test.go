package e2e_test

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vncsec/internal/peertest"
	"vncsec/vncserve/display/console"
)

// The size of a console in characters, when nothing else is asked for.
const columns, rows = 80, 25

// page is what a shell prints to show colours, styles, box drawing and scripts;
// the bars at the end are there for checks that know nothing of fonts.
const page = `printf '\033[?25l\033[2J\033[H'
printf 'plain \033[1mbold\033[0m \033[3mitalic\033[0m \033[4munderlined\033[0m \033[7mreverse\033[0m\r\n'
for i in 0 1 2 3 4 5 6 7; do printf "\033[3${i}m colour $i \033[4${i};37m    \033[0m"; done
printf '\r\n┌──────┬──────┐\r\n│ über │ λόγος│\r\n├──────┼──────┤\r\n│ ¿qué?│ Жук  │\r\n└──────┴──────┘\r\n'
printf '\033[20;10H\033[38;2;12;34;56m████\033[48;2;65;43;21m    \033[0m'
printf '\033[22;10H────────'
printf '\033[21;30H│\033[22;30H│\033[23;30H│'
printf '\033[25;80H\033[38;2;1;2;3m█'
exec sleep 1000`

var (
	// end is the colour of the last cell of the page, which is printed last.
	end = color.RGBA{1, 2, 3, 0xff}
	// black is the background.
	black = color.RGBA{A: 0xff}
)

// TestConsoleViewers shows a command's page to three viewers, each by its own
// way of authentication. All hold the picture that the console package draws of
// the same command, and that picture is right where it can be known without it.
func TestConsoleViewers(t *testing.T) {
	t.Parallel()
	s := newSite(t, "ecdsa-p256")
	want := drawn(t, "sh", "-c", page)
	checkPage(t, want)

	open := serve(t, "--listen", anyPort, "--x509", s.server, "--", "sh", "-c", page)
	tiger := peertest.StartTigerVNC(t, peertest.TigerVNCOptions{
		Address: open.address, SecurityTypes: "X509None", CAFile: s.caFile(),
	})
	peertest.WaitSame(t, "TigerVNC shows the page", want, tiger.Picture)
	gtk := peertest.StartGTKVNC(t, peertest.GTKVNCOptions{Address: open.address, Identity: s.anonymous()})
	peertest.WaitSame(t, "gtk-vnc shows the page", want, gtk.Picture)

	strict := serve(t, "--listen", anyPort, "--x509verify", s.server, "--", "sh", "-c", page)
	admin := peertest.StartGTKVNC(t, peertest.GTKVNCOptions{Address: strict.address, Identity: s.admin()})
	peertest.WaitSame(t, "gtk-vnc with a certificate shows the page", want, admin.Picture)
	lib := peertest.StartLibVNCClient(t, peertest.LibVNCClientOptions{
		Address: strict.address, Encoding: "zrle", Identity: s.admin(),
	})
	peertest.WaitSame(t, "libvncclient with a certificate shows the page", want, lib.Picture)

	local := serve(t, "--listen", "unix:"+socketPath(t), "--", "sh", "-c", page)
	gtk = peertest.StartGTKVNC(t, peertest.GTKVNCOptions{Address: local.address})
	peertest.WaitSame(t, "gtk-vnc on the UNIX socket shows the page", want, gtk.Picture)
	lib = peertest.StartLibVNCClient(t, peertest.LibVNCClientOptions{Address: local.address, Encoding: "raw"})
	peertest.WaitSame(t, "libvncclient on the UNIX socket shows the page", want, lib.Picture)
}

// checkPage looks at the parts of the page whose pixels are known: cells filled
// with one colour, and lines that go on from cell to cell.
func checkPage(t *testing.T, img *image.RGBA) {
	t.Helper()
	for column, want := range map[int]color.RGBA{
		9: {12, 34, 56, 0xff}, 12: {12, 34, 56, 0xff}, 13: {65, 43, 21, 0xff}, 16: {65, 43, 21, 0xff},
	} {
		area := cell(img, column, 19)
		for y := area.Min.Y; y < area.Max.Y; y++ {
			for x := area.Min.X; x < area.Max.X; x++ {
				if got := img.RGBAAt(x, y); got != want {
					t.Fatalf("pixel (%d, %d) of column %d is %v, want %v", x, y, column, got, want)
				}
			}
		}
	}
	across := cell(img, 9, 21).Union(cell(img, 16, 21))
	down := cell(img, 29, 20).Union(cell(img, 29, 22))
	if !hasLine(img, across, image.Pt(1, 0)) {
		t.Error("the horizontal line has gaps")
	}
	if !hasLine(img, down, image.Pt(0, 1)) {
		t.Error("the vertical line has gaps")
	}
}

// cell is the area of a character, counted from 0, on a console of the usual size.
func cell(img *image.RGBA, column, row int) image.Rectangle {
	width, height := img.Rect.Dx()/columns, img.Rect.Dy()/rows
	return image.Rect(column*width, row*height, (column+1)*width, (row+1)*height)
}

// hasLine tells whether an unbroken line of pixels that are not black crosses the
// area in the direction.
func hasLine(img *image.RGBA, area image.Rectangle, direction image.Point) bool {
	across := image.Pt(direction.Y, direction.X)
	for start := area.Min; start.In(area); start = start.Add(across) {
		p := start
		for p.In(area) && img.RGBAAt(p.X, p.Y) != black {
			p = p.Add(direction)
		}
		if !p.In(area) {
			return true
		}
	}
	return false
}

// drawn runs the command on a console of this process, and returns the picture
// once the cell at the lower right has the end's colour.
func drawn(t *testing.T, command ...string) *image.RGBA {
	t.Helper()
	look := reference(t, command...)
	var img *image.RGBA
	peertest.Eventually(t, "the console draws the page", func() bool {
		img = look()
		return img.RGBAAt(img.Rect.Max.X-1, img.Rect.Max.Y-1) == end
	})
	return img
}

// reference runs the command on a console of this process and returns the way to
// look at it.
func reference(t *testing.T, command ...string) func() *image.RGBA {
	t.Helper()
	c, err := console.New(context.Background(), console.Config{Command: command})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Errorf("close the console: %v", err)
		}
	})
	return func() *image.RGBA { return rgba(c.Framebuffer().Snapshot()) }
}

// TestConsoleTyping strikes keys in both viewers and reads what the command got.
func TestConsoleTyping(t *testing.T) {
	t.Parallel()
	for name, start := range keyboards {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			received := filepath.Join(t.TempDir(), "received")
			script := fmt.Sprintf(`stty raw -echo; : > '%[1]s'; exec cat > '%[1]s'`, received)
			console := serve(t, "--listen", "unix:"+socketPath(t), "--", "sh", "-c", script)
			viewer := start(t, console.address)
			peertest.Eventually(t, "the command waits for keys", func() bool {
				_, err := os.Stat(received)
				return err == nil
			})

			viewer.Type("Hello, World! ~|\\")
			viewer.Press("Return", "Escape", "Tab", "BackSpace", "ctrl+c", "ctrl+d")
			viewer.Press("Up", "Down", "Right", "Left", "Home", "End", "Prior", "Next", "Insert", "Delete")
			viewer.Press("F1", "F4", "F5", "F12", "ctrl+Right", "alt+x")
			viewer.Type("äé€λЖ")
			waitFile(t, received, "Hello, World! ~|\\"+
				"\r\x1b\t\x7f\x03\x04"+
				"\x1b[A\x1b[B\x1b[C\x1b[D\x1b[H\x1b[F\x1b[5~\x1b[6~\x1b[2~\x1b[3~"+
				"\x1bOP\x1bOS\x1b[15~\x1b[24~\x1b[1;5C\x1bx"+
				"äé€λЖ")
		})
	}
}

// TestConsoleEcho types a line that the command repeats: every viewer sees both.
func TestConsoleEcho(t *testing.T) {
	t.Parallel()
	const line = "typed by one, seen by all: äöü"
	want := settled(t, 40, reference(t, "sh", "-c", "printf '%s\\n' '"+line+"' '"+line+"'; exec cat"))
	console := serve(t, "--listen", "unix:"+socketPath(t), "--", "cat")
	typing := peertest.StartTigerVNC(t, peertest.TigerVNCOptions{Address: console.address})
	watching := peertest.StartGTKVNC(t, peertest.GTKVNCOptions{Address: console.address})
	watching.WaitInitialized()

	typing.Type(line)
	typing.Press("Return")
	peertest.WaitSame(t, "TigerVNC shows the line twice", want, typing.Picture)
	peertest.WaitSame(t, "gtk-vnc shows the line twice", want, watching.Picture)
}

// TestConsoleEditor edits a file with vim in a viewer.
func TestConsoleEditor(t *testing.T) {
	t.Parallel()
	peertest.Need(t, "vim.tiny")
	file := filepath.Join(t.TempDir(), "file")
	var text strings.Builder
	for i := range 60 {
		fmt.Fprintf(&text, "line %d\tof the file ─ %s\n", i, strings.Repeat("=", i))
	}
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	editor := []string{"vim.tiny", "-u", "NONE", "-i", "NONE", "-n", file}
	console := serve(t, append([]string{"--listen", "unix:" + socketPath(t), "--"}, editor...)...)
	viewer := peertest.StartTigerVNC(t, peertest.TigerVNCOptions{Address: console.address})
	const full = 600 // characters of the file that the screen has room for, at least
	look := func() *image.RGBA { return withoutStatus(viewer.Picture()) }
	want := withoutStatus(settled(t, full, reference(t, editor...)))
	peertest.WaitSame(t, "the viewer shows the file", want, look)

	viewer.Type("Goat the end")
	viewer.Press("Escape")
	viewer.Type("ggOat the start ü")
	viewer.Press("Escape")
	viewer.Type("jdd:w")
	viewer.Press("Return")
	changed := "at the start ü\n" + text.String()[strings.Index(text.String(), "\n")+1:] + "at the end\n"
	waitFile(t, file, changed)

	viewer.Type("gg0")
	want = withoutStatus(settled(t, full, reference(t, editor...)))
	peertest.WaitSame(t, "the viewer shows the changed file", want, look)

	viewer.Type(":q")
	viewer.Press("Return")
	console.waitLog("exited with status 0")
}

// TestConsoleResize makes the viewer's window larger: the console follows, and
// the command is told.
func TestConsoleResize(t *testing.T) {
	t.Parallel()
	size := filepath.Join(t.TempDir(), "size")
	script := fmt.Sprintf(`trap "stty size > '%[1]s.new' && mv '%[1]s.new' '%[1]s'" WINCH
while :; do sleep 0.1; done`, size)
	console := serve(t, "--listen", "unix:"+socketPath(t), "--", "sh", "-c", script)
	viewer := peertest.StartGTKVNC(t, peertest.GTKVNCOptions{Address: console.address})
	before := viewer.WaitInitialized().Size
	width, height := before.X/columns, before.Y/rows
	settled(t, 1, viewer.Picture) // the cursor

	viewer.Resize(100*width, 40*height)
	waitFile(t, size, "40 100\n")
	peertest.Eventually(t, "the viewer shows the larger screen", func() bool {
		img := viewer.Picture()
		return img != nil && img.Rect.Size() == image.Pt(100*width, 40*height)
	})
}

// TestConsoleExit ends the command under a viewer that stays and starts it again.
func TestConsoleExit(t *testing.T) {
	t.Parallel()
	runs := filepath.Join(t.TempDir(), "runs")
	script := fmt.Sprintf(`echo run >> '%s'; read line; exit 3`, runs)
	console := serve(t, "--listen", "unix:"+socketPath(t), "--", "sh", "-c", script)
	viewer := peertest.StartTigerVNC(t, peertest.TigerVNCOptions{Address: console.address})
	waitFile(t, runs, "run\n")
	viewer.Press("Return")
	console.waitLog("exited with status 3")
	peertest.Eventually(t, "the viewer is told how the command ended", func() bool {
		return shown(viewer.Picture()) >= len("exited with status 3")-3 // without blanks
	})
	viewer.Press("Return")
	waitFile(t, runs, "run\nrun\n")
}

// TestConsoleRespawn has the command run again by itself.
func TestConsoleRespawn(t *testing.T) {
	t.Parallel()
	runs := filepath.Join(t.TempDir(), "runs")
	script := fmt.Sprintf(`echo run >> '%s'; read line`, runs)
	console := serve(t, "--listen", "unix:"+socketPath(t), "--respawn", "--", "sh", "-c", script)
	viewer := peertest.StartTigerVNC(t, peertest.TigerVNCOptions{Address: console.address})
	for run := 1; run <= 3; run++ {
		waitFile(t, runs, strings.Repeat("run\n", run))
		viewer.Press("Return")
	}
}

// waitFile waits until the file holds the text.
func waitFile(t *testing.T, file, want string) {
	t.Helper()
	var got []byte
	defer func() {
		if t.Failed() {
			t.Logf("%s holds %q, want %q", file, got, want)
		}
	}()
	peertest.Eventually(t, filepath.Base(file)+" is written", func() bool {
		got, _ = os.ReadFile(file)
		return string(got) == want
	})
}

// settled waits until a picture shows something in so many cells at least, and
// does not change any more.
func settled(t *testing.T, cells int, look func() *image.RGBA) *image.RGBA {
	t.Helper()
	return peertest.WaitStable(t, "the picture is complete", func() *image.RGBA {
		if img := look(); shown(img) >= cells {
			return img
		}
		return nil
	})
}

// shown counts the cells that are not all black: characters and the cursor.
func shown(img *image.RGBA) int {
	count := 0
	if img == nil {
		return count
	}
	for row := range rows {
		for column := range columns {
			if hasInk(img, cell(img, column, row)) {
				count++
			}
		}
	}
	return count
}

// hasInk tells whether a pixel in the area is not black.
func hasInk(img *image.RGBA, area image.Rectangle) bool {
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			if img.RGBAAt(x, y) != black {
				return true
			}
		}
	}
	return false
}

// withoutStatus is the picture without its last row of characters, where vim
// tells what it did last, as long as nothing it does later wipes that away.
func withoutStatus(img *image.RGBA) *image.RGBA {
	if img == nil {
		return nil
	}
	area := img.Rect
	area.Max.Y -= area.Dy() / rows
	return img.SubImage(area).(*image.RGBA)
}
