package recording

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"vncsec/internal/peertest"
	"vncsec/vncserve/display/console/terminal"
)

// Event is a line of a recording.
type event struct {
	at         float64
	code, data string
}

// parse reads a recording and checks all that the format asks for.
func parse(t *testing.T, b []byte) (header map[string]any, events []event) {
	t.Helper()
	if !bytes.HasSuffix(b, []byte("\n")) {
		t.Fatal("the recording does not end with the end of a line")
	}
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, 1<<20)
	lines.Scan()
	if err := json.Unmarshal(lines.Bytes(), &header); err != nil {
		t.Fatalf("header %q: %v", lines.Text(), err)
	}
	if header["version"] != 2.0 || header["width"].(float64) < 1 || header["height"].(float64) < 1 {
		t.Fatalf("header %v", header)
	}
	last := 0.0
	for lines.Scan() {
		var fields []any
		if err := json.Unmarshal(lines.Bytes(), &fields); err != nil || len(fields) != 3 {
			t.Fatalf("line %q: %v", lines.Text(), err)
		}
		e := event{fields[0].(float64), fields[1].(string), fields[2].(string)}
		if e.at < last || !slices.Contains([]string{"o", "r", "m"}, e.code) {
			t.Fatalf("line %q", lines.Text())
		}
		last = e.at
		events = append(events, e)
	}
	return header, events
}

func create(t *testing.T) (*Recorder, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "console.cast")
	r, err := Create(path, Header{Columns: 20, Rows: 5, Start: time.Now(), Title: "top on host", Term: "xterm-256color"})
	if err != nil {
		t.Fatal(err)
	}
	return r, path
}

func TestRecording(t *testing.T) {
	r, path := create(t)
	output := "plain \x1b[1;31mred\x1b[0m 世界 \"quoted\" \\ <&> \x7f\r\n\xe2\x82\xac and broken \xe2\x82x\xff\xc3\xc3\xa9"
	for i := range len(output) {
		r.Output([]byte{output[i]})
		if i == 10 {
			r.Resize(30, 4)
			r.Mark("alice, \x1b[31m\u202e types")
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	header, events := parse(t, b)
	if header["title"] != "top on host" || header["width"] != 20.0 || header["height"] != 5.0 || header["env"].(map[string]any)["TERM"] != "xterm-256color" {
		t.Errorf("header %v", header)
	}
	played, want := terminal.New(20, 5), terminal.New(20, 5)
	marks := ""
	for _, e := range events {
		switch e.code {
		case "o":
			played.Write([]byte(e.data))
		case "r":
			var columns, rows int
			if _, err := fmt.Sscanf(e.data, "%dx%d", &columns, &rows); err != nil {
				t.Errorf("size %q: %v", e.data, err)
			}
			played.Resize(columns, rows)
		case "m":
			marks += e.data
		}
	}
	want.Write([]byte(output[:11]))
	want.Resize(30, 4)
	want.Write([]byte(output[11:]))
	for y := range 4 {
		if !slices.Equal(played.Row(y), want.Row(y)) {
			t.Errorf("line %d is %v, want %v", y, played.Row(y), want.Row(y))
		}
	}
	if marks != "alice, \x1b[31m\u202e types" {
		t.Errorf("marks %q", marks)
	}
}

// TestManySizes changes the size again and again: with nothing between them the last one
// counts, and the recording has no more of them than the time asks for.
func TestManySizes(t *testing.T) {
	const many = 10_000
	r, path := create(t)
	flood := func(last int) {
		for rows := range many {
			r.Resize(20, 5+rows)
		}
		r.Resize(20, last)
	}
	began := time.Now()
	r.Output([]byte("one"))
	flood(7)
	r.Output([]byte("two"))
	flood(8)
	r.Mark("a viewer comes")
	flood(9)
	most := 3 * (1 + int(time.Since(began)/together))
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, events := parse(t, b)
	var story []string // without the sizes that others follow
	for i, e := range events {
		if e.code != "r" || i+1 == len(events) || events[i+1].code != "r" {
			story = append(story, e.data)
		}
	}
	if want := []string{"one", "20x7", "two", "20x8", "a viewer comes", "20x9"}; !slices.Equal(story, want) {
		t.Errorf("the recording has %q, want %q", story, want)
	}
	if sizes := len(events) - 3; sizes > most {
		t.Errorf("%d lines of sizes, want at most %d", sizes, most)
	}
}

// TestAsciinema has asciinema itself read a recording.
func TestAsciinema(t *testing.T) {
	peertest.Need(t, "asciinema")
	r, path := create(t)
	r.Output([]byte("one "))
	r.Mark("alice opens the console")
	r.Resize(30, 4)
	r.Output([]byte("世界\r\n"))
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("asciinema", "cat", path)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "LC_ALL=C.UTF-8")
	tty, err := pty.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	defer tty.Close()
	out, _ := io.ReadAll(tty) // ends with EIO
	if err := cmd.Wait(); err != nil || strings.TrimRight(string(out), "\r\n") != "one 世界" {
		t.Errorf("asciinema shows %q: %v", out, err)
	}
}

func TestFileIsPrivateAndNew(t *testing.T) {
	_, path := create(t)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v: %v", info.Mode(), err)
	}
	if _, err := Create(path, Header{}); !errors.Is(err, os.ErrExist) || !strings.Contains(err.Error(), "move it away") {
		t.Errorf("an existing file: %v", err)
	}
	target, link := filepath.Join(t.TempDir(), "target"), filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(link, Header{}); err == nil {
		t.Error("a link was followed")
	}
	if _, err := os.Stat(target); err == nil {
		t.Error("the link's target was made")
	}
	if _, err := Create(filepath.Join(t.TempDir(), "none", "x"), Header{}); err == nil {
		t.Error("a file in no folder was made")
	}
}

// disk is a file that can be full, or slow.
type disk struct {
	mu    sync.Mutex
	data  []byte
	size  int           // that there is room for
	stuck chan struct{} // writes wait until it is closed; may be nil
}

func (d *disk) Write(b []byte) (int, error) {
	if d.stuck != nil {
		<-d.stuck
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	n := min(len(b), d.size-len(d.data))
	d.data = append(d.data, b[:n]...)
	if n < len(b) {
		return n, syscall.ENOSPC
	}
	return n, nil
}

func (d *disk) Truncate(size int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.data = d.data[:size]
	return nil
}

func (d *disk) Sync() error  { return nil }
func (d *disk) Close() error { return nil }

// TestFullDisk fails, and leaves a recording that can be read.
func TestFullDisk(t *testing.T) {
	d := &disk{size: 1000}
	r, err := newRecorder(d, Header{Columns: 80, Rows: 25, Start: time.Now()}, patience)
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		r.Wait()
		r.Output([]byte("some output that is recorded"))
	}
	<-r.Failed()
	if err := r.Close(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("error %v", err)
	}
	if _, events := parse(t, d.data); len(events) < 5 {
		t.Errorf("only %d events are left", len(events))
	}
}

// TestSlowDisk bounds what waits, and how long output does.
func TestSlowDisk(t *testing.T) {
	d := &disk{size: 1 << 30, stuck: make(chan struct{})}
	r, err := newRecorder(d, Header{Columns: 80, Rows: 25, Start: time.Now()}, 50*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	output := bytes.Repeat([]byte("x"), 64<<10)
	for range 200 {
		r.Wait()
		r.Output(output)
		r.mu.Lock()
		if len(r.waiting) > maxWaiting+len(output)+100 {
			t.Errorf("%d bytes wait", len(r.waiting))
		}
		r.mu.Unlock()
	}
	<-r.Failed()
	if err := r.Close(); !errors.Is(err, ErrSlow) {
		t.Errorf("error %v", err)
	}
	close(d.stuck)
	<-r.ended
}

// TestSlowDiskCatchesUp waits for a disk that answers in time, and loses nothing.
func TestSlowDiskCatchesUp(t *testing.T) {
	d := &disk{size: 1 << 30, stuck: make(chan struct{})}
	r, err := newRecorder(d, Header{Columns: 80, Rows: 25, Start: time.Now()}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(20*time.Millisecond, func() { close(d.stuck) })
	output := bytes.Repeat([]byte("x"), 64<<10)
	for range 200 {
		r.Wait()
		r.Output(output)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(d.data, []byte("x")); n != 200*len(output) {
		t.Errorf("%d characters were recorded of %d", n, 200*len(output))
	}
}

// FuzzText compares the terminal's view of output with that of its text.
func FuzzText(f *testing.F) {
	f.Add([]byte("a\xe2\x82b\xff\xc3\xc3\xa9\xed\xa0\x80"), uint8(2))
	f.Fuzz(func(t *testing.T, b []byte, piece uint8) {
		b = bytes.ReplaceAll(b, []byte{0x1b}, nil)
		raw, played := terminal.New(20, 5), terminal.New(20, 5)
		raw.Write(b)
		var text text
		for p := range slices.Chunk(b, 1+int(piece)) {
			played.Write([]byte(text.add(p)))
		}
		text.end()
		for y := range 5 {
			if !slices.Equal(raw.Row(y), played.Row(y)) {
				t.Fatalf("%q: line %d is %v, want %v", b, y, played.Row(y), raw.Row(y))
			}
		}
	})
}
