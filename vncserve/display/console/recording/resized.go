package recording

import (
	"strconv"
	"time"
)

// together is the time in which changes of size with nothing between them are one.
const together = 100 * time.Millisecond

// resized is a change of size that has no line yet; the zero value is none.
type resized struct {
	at            time.Duration
	columns, rows int
}

// Resize records a new size. Its line waits for what follows: a viewer may change the size
// without end.
func (r *Recorder) Resize(columns, rows int) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	at := time.Since(r.start)
	if waits := r.resized; waits.columns > 0 && at-waits.at < together {
		at = waits.at
	} else {
		r.addResized()
	}
	r.resized = resized{at, columns, rows}
}

// addResized adds the line of a change of size that has none yet; mu is held.
func (r *Recorder) addResized() {
	if size := r.resized; size.columns > 0 {
		r.resized = resized{}
		r.add(size.at, "r", strconv.Itoa(size.columns)+"x"+strconv.Itoa(size.rows))
	}
}
