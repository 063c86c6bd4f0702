package console

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
	"unicode"

	"vncsec/vncserve/display"
	"vncsec/vncserve/display/console/recording"
)

// record begins the recording, nil for none.
func (c *Console) record() (*recording.Recorder, error) {
	if c.config.Record == "" {
		return nil, nil
	}
	return recording.Create(c.config.Record, recording.Header{
		Columns: c.config.Columns, Rows: c.config.Rows, Start: time.Now(), Title: c.config.Title, Term: termName,
	})
}

// endUnrecorded ends the console if it cannot be recorded any more: what nobody can
// look into later must not be done on a console that is watched.
func (c *Console) endUnrecorded(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-c.recorder.Failed():
		c.log.Error("the console ends, because it cannot be recorded any more", "file", c.config.Record, "error", c.recorder.Err())
		c.stop()
	}
}

// endRecording ends the recording with the console, which the viewers leave.
func (c *Console) endRecording() {
	c.mu.Lock()
	viewers := slices.Collect(maps.Keys(c.viewers))
	c.mu.Unlock()
	for _, v := range viewers {
		c.left(v)
	}
	if err := c.recorder.Close(); err != nil {
		c.log.Error("the recording is not complete", "file", c.config.Record, "error", err)
	}
}

// Err tells why the console ended by itself, nil if it did not.
func (c *Console) Err() error {
	if err := c.recorder.Err(); err != nil {
		return fmt.Errorf("the console has ended: the recording %s cannot go on: %w", c.config.Record, err)
	}
	return nil
}

// maxName bounds a viewer's name in a mark, in characters.
const maxName = 256

// viewerName is what marks call a viewer. Players may print it, so it is printable.
func viewerName(v display.Viewer) string {
	name := []rune(cmp.Or(v.Name, "somebody without a name"))
	name = name[:min(len(name), maxName)]
	for i, r := range name {
		if !unicode.IsPrint(r) {
			name[i] = unicode.ReplacementChar
		}
	}
	s := string(name) + " at " + v.Remote
	if v.ViewOnly {
		s += ", view-only"
	}
	return s
}

// newInput makes the input of a viewer that comes, and marks it in the recording.
func (c *Console) newInput(v display.Viewer, p display.Peer) *viewerInput {
	in := &viewerInput{console: c, peer: p, name: viewerName(v)}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.viewers[in] = struct{}{}
	c.recorder.Mark("viewer comes: " + in.name)
	return in
}

// left marks that a viewer has left, once.
func (c *Console) left(v *viewerInput) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, here := c.viewers[v]; here {
		delete(c.viewers, v)
		c.recorder.Mark("viewer leaves: " + v.name)
	}
}

// typed marks that another viewer types than before.
func (c *Console) typed(v *viewerInput) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.typing != v {
		c.typing = v
		c.recorder.Mark("viewer types: " + v.name)
	}
}
