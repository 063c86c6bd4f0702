package recording

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// Header is about the console.
type Header struct {
	// Columns and Rows are the size at the start.
	Columns, Rows int
	// Start is when the recording begins.
	Start time.Time
	// Title and Term are the console's name and its kind of terminal.
	Title, Term string
}

const (
	// maxWaiting bounds what waits for the disk; output waits beyond that.
	maxWaiting = 4 << 20
	// patience is how long output waits. A disk that is slower has failed.
	patience = 10 * time.Second
	// maxMarks is what marks and changes of size, which do not wait, may take beyond
	// the bound.
	maxMarks = 1 << 20
)

// ErrSlow is why a recording ends that cannot be written as fast as there is output.
var ErrSlow = errors.New("the disk is too slow, or does not answer")

// file is what a recording is written to.
type file interface {
	Write(b []byte) (int, error)
	Truncate(size int64) error
	Sync() error
	Close() error
}

// Recorder writes one recording. All methods of a nil Recorder do nothing. A Recorder
// that fails once writes nothing more; Failed tells.
type Recorder struct {
	file     file
	start    time.Time
	patience time.Duration

	mu      sync.Mutex
	waiting []byte // whole lines
	text    text
	resized resized
	err     error
	closed  bool

	work   chan struct{} // has an entry when something waits, or Close was called
	room   chan struct{} // has an entry when something was written
	failed chan struct{} // closed when err is set
	ended  chan struct{} // closed when the writer has ended
}

// Create makes the file, for the owner alone, and begins the recording. The file must
// not exist: what was recorded is not overwritten, and a link is not followed.
func Create(path string, header Header) (*Recorder, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND|syscall.O_NOFOLLOW, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("recording %s: there is such a file already, and a recording replaces none: move it away or choose another name: %w", path, err)
	}
	if err != nil {
		return nil, fmt.Errorf("recording: %w", err)
	}
	return newRecorder(f, header, patience)
}

func newRecorder(f file, header Header, patience time.Duration) (*Recorder, error) {
	first, err := json.Marshal(map[string]any{
		"version": 2, "width": header.Columns, "height": header.Rows, "timestamp": header.Start.Unix(),
		"title": header.Title, "env": map[string]string{"TERM": header.Term},
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("recording: %w", err), f.Close())
	}
	r := &Recorder{
		file: f, start: header.Start, patience: patience,
		waiting: append(first, '\n'),
		work:    make(chan struct{}, 1), room: make(chan struct{}, 1),
		failed: make(chan struct{}), ended: make(chan struct{}),
	}
	wake(r.work)
	go r.write()
	return r, nil
}

func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Wait waits until there is room for more output. If that takes too long, the
// recording has failed.
func (r *Recorder) Wait() {
	if r == nil || r.hasRoom() {
		return
	}
	late := time.NewTimer(r.patience)
	defer late.Stop()
	for !r.hasRoom() {
		select {
		case <-r.room:
		case <-r.failed:
			return
		case <-late.C:
			r.fail(ErrSlow)
			return
		}
	}
}

func (r *Recorder) hasRoom() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.waiting) < maxWaiting || r.err != nil
}

// Output records output. It does not wait; call Wait before it.
func (r *Recorder) Output(b []byte) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.text.add(b); s != "" {
		r.event("o", s)
	}
}

// Mark records a mark.
func (r *Recorder) Mark(label string) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.event("m", label)
}

// event adds the line of what happens now; mu is held.
func (r *Recorder) event(code, data string) {
	r.addResized()
	r.add(time.Since(r.start), code, data)
}

// add adds a line; mu is held.
func (r *Recorder) add(at time.Duration, code, data string) {
	if r.err != nil || r.closed {
		return
	}
	if len(r.waiting) > maxWaiting+maxMarks {
		r.failLocked(ErrSlow)
		return
	}
	r.waiting = appendEvent(r.waiting, at, code, data)
	wake(r.work)
}

// appendEvent appends the line of an event.
func appendEvent(b []byte, at time.Duration, code, data string) []byte {
	b = append(b, '[')
	b = strconv.AppendFloat(b, at.Seconds(), 'f', 6, 64)
	b = append(b, `, "`...)
	b = append(b, code...)
	b = append(b, `", `...)
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	_ = e.Encode(data) // a string can always be
	b = append(b, bytes.TrimSuffix(text.Bytes(), []byte{'\n'})...)
	return append(b, "]\n"...)
}

// write writes what waits until there is no more, or it cannot.
func (r *Recorder) write() {
	defer close(r.ended)
	written := int64(0)
	var batch []byte
	for {
		<-r.work
		r.mu.Lock()
		batch, r.waiting = r.waiting, batch[:0]
		closed, failed := r.closed, r.err != nil
		r.mu.Unlock()
		if failed {
			break
		}
		n, err := r.file.Write(batch)
		if err != nil {
			// Half a line would make the file useless for what is in it.
			_ = r.file.Truncate(written + int64(bytes.LastIndexByte(batch[:n], '\n')+1))
			r.fail(err)
			break
		}
		written += int64(n)
		wake(r.room)
		if closed {
			break
		}
	}
	if err := errors.Join(r.file.Sync(), r.file.Close()); err != nil {
		r.fail(err)
	}
}

func (r *Recorder) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failLocked(err)
}

func (r *Recorder) failLocked(err error) {
	if r.err == nil {
		r.err = err
		r.waiting = nil
		close(r.failed)
		wake(r.work)
	}
}

// Failed is closed when the recording cannot go on; Err says why. It is nil, which
// never is ready, without a Recorder.
func (r *Recorder) Failed() <-chan struct{} {
	if r == nil {
		return nil
	}
	return r.failed
}

// Err is why the recording failed, nil if it did not.
func (r *Recorder) Err() error {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// Close ends the recording when all is on the disk, and says whether that is so.
func (r *Recorder) Close() error {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	if s := r.text.end(); s != "" {
		r.event("o", s)
	}
	r.addResized()
	r.closed = true
	r.mu.Unlock()
	wake(r.work)
	select {
	case <-r.ended:
	case <-time.After(r.patience):
		r.fail(ErrSlow)
	}
	return r.Err()
}
