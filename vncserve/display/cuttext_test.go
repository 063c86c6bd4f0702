package display

import (
	"testing"

	"vncsec/vncserve/rfb"
)

// TestSelectingWithoutReading gives a viewer that does not read one text after another, as
// its selections do. Only the last one waits for it, whatever else does.
func TestSelectingWithoutReading(t *testing.T) {
	var to Peer
	session := NewSession(newScene(10, 10).fb, Viewer{}, func(p Peer) Input { to = p; return &recorder{} }).(*framebufferSession)
	for _, text := range []string{"first", "second", "third"} {
		to.SetClipboard(text)
		session.wish(func(w *wishes) { w.addMessage(rfb.Fence{}) })
	}
	var texts []string
	for _, m := range session.wishes.once.messages {
		if cut, ok := m.(rfb.ServerCutText); ok {
			texts = append(texts, string(cut.Text))
		}
	}
	if len(texts) != 1 || texts[0] != "third" {
		t.Errorf("these texts wait: %q, want the third alone", texts)
	}
	if n := len(session.wishes.once.messages); n != 4 {
		t.Errorf("%d messages wait, want the text and the fences", n)
	}
}
