package display

import (
	"net"
	"testing"
	"time"

	"vncsec/vncserve/rfb"
)

// TestTogglingViewer lets a viewer that reads nothing learn and forget what it knows, and
// ask for things that are answered without a request, again and again: what waits for it
// has a bound.
func TestTogglingViewer(t *testing.T) {
	s := newScene(800, 600)
	c := connect(t, s.fb, Viewer{})
	session := c.peer.(peer).s
	s.flood(0x123456)
	c.request(false) // fills the buffers, so that the sender waits
	stalled := func() bool {
		session.mu.Lock()
		defer session.mu.Unlock()
		return len(session.wishes.once.messages) > 0
	}
	all := []rfb.Encoding{rfb.EncodingFence, rfb.EncodingContinuousUpdates, rfb.EncodingExtendedClipboard}
	var b []byte
	for range 200 {
		b = rfb.SetEncodings{Encodings: all}.AppendWire(b)
		b = rfb.EnableContinuousUpdates{Enable: true, Width: 1, Height: 1}.AppendWire(b)
		b = rfb.EnableContinuousUpdates{}.AppendWire(b)
		b = rfb.Fence{Flags: rfb.FenceRequest, Payload: []byte("x")}.AppendWire(b)
		b = rfb.ClientClipboard{Clipboard: rfb.Clipboard{Actions: rfb.ClipboardRequest, HasText: true}}.AppendWire(b)
		b = rfb.SetEncodings{}.AppendWire(b)
	}
	for range 20 {
		if _, err := c.conn.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	c.conn.(*net.TCPConn).CloseWrite()
	for end := time.Now().Add(patience); !session.left.Load(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the messages were not taken")
		}
	}
	if !stalled() {
		t.Fatal("the viewer did not stall")
	}
	session.mu.Lock()
	defer session.mu.Unlock()
	if n := len(session.wishes.once.messages); n > maxMessages {
		t.Errorf("%d messages wait for a viewer that does not read", n)
	}
}
