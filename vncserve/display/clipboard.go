package display

import (
	"slices"
	"strings"

	"vncsec/vncserve/rfb"
)

// clipboardCaps tells a viewer with the extended clipboard that texts go both ways, and
// that none is wanted before it is asked for: a viewer's clipboard stays where it is
// until somebody pastes.
var clipboardCaps = rfb.ServerClipboard{Clipboard: rfb.Clipboard{
	Actions: rfb.ClipboardCaps | rfb.ClipboardRequest | rfb.ClipboardPeek | rfb.ClipboardNotify | rfb.ClipboardProvide,
	HasText: true,
}}

// clipboard is the state of a viewer's extended clipboard.
type clipboard struct {
	// takes are the actions that the viewer understands.
	takes rfb.ClipboardAction
	// notified is set while the viewer has a text that was not fetched.
	notified bool
	// offered is the text that the viewer may request.
	offered string
}

// newClipboard is that of a viewer that has not said what it understands (rfbproto).
func newClipboard() clipboard {
	return clipboard{takes: rfb.ClipboardRequest | rfb.ClipboardNotify | rfb.ClipboardProvide}
}

// peer is the viewer of a session, as its Input sees it.
type peer struct{ s *framebufferSession }

// SetClipboard implements Peer.
func (p peer) SetClipboard(text string) {
	p.s.wish(func(w *wishes) {
		c := &p.s.clipboard
		c.notified = false // what the viewer had is replaced
		if !w.known.extensions.Has(rfb.ExtendedText) || c.takes&rfb.ClipboardNotify == 0 {
			w.cut(rfb.ServerCutText{Text: toLatin1(text)})
			return
		}
		c.offered = text
		w.addMessage(serverClipboard(rfb.ClipboardNotify, text != ""))
	})
}

// FetchClipboard implements Peer. The classic clipboard comes unasked.
func (p peer) FetchClipboard() (coming bool) {
	p.s.wish(func(w *wishes) {
		c := &p.s.clipboard
		if coming = c.notified; coming {
			c.notified = false
			w.addMessage(serverClipboard(rfb.ClipboardRequest, true))
		}
	})
	return coming
}

func serverClipboard(action rfb.ClipboardAction, hasText bool) rfb.ServerClipboard {
	return rfb.ServerClipboard{Clipboard: rfb.Clipboard{Actions: action, HasText: hasText}}
}

// takeClipboard acts on a message of the extended clipboard.
func (s *framebufferSession) takeClipboard(m rfb.Clipboard) {
	if m.Actions&rfb.ClipboardCaps == 0 && m.Actions == rfb.ClipboardProvide {
		if m.HasText {
			s.wish(func(*wishes) { s.clipboard.notified = false })
			s.input.CutText(m.Text)
		}
		return
	}
	s.wish(func(w *wishes) {
		c := &s.clipboard
		switch {
		case m.Actions&rfb.ClipboardCaps != 0:
			c.takes = m.Actions
		case m.Actions == rfb.ClipboardNotify:
			c.notified = m.HasText
		case m.Actions == rfb.ClipboardPeek:
			w.addMessage(serverClipboard(rfb.ClipboardNotify, c.offered != ""))
		case m.Actions == rfb.ClipboardRequest && m.HasText:
			w.provide(c.offered)
		}
	})
}

// provide has a text sent, in place of one that waits: a viewer that asks without reading
// has no more than one packed for it.
func (w *wishes) provide(text string) {
	answer := serverClipboard(rfb.ClipboardProvide, true)
	answer.Text = text
	for i, m := range w.once.messages {
		if waiting, ok := m.(rfb.ServerClipboard); ok && waiting.Actions == rfb.ClipboardProvide {
			w.once.messages[i] = answer
			return
		}
	}
	w.addMessage(answer)
}

// cut has a classic clipboard sent, in place of one that waits: of what a viewer that does
// not read has selected, only the last matters.
func (w *wishes) cut(text rfb.ServerCutText) {
	w.once.messages = slices.DeleteFunc(w.once.messages, func(m rfb.ServerMessage) bool {
		_, waiting := m.(rfb.ServerCutText)
		return waiting
	})
	w.addMessage(text)
}

// fromLatin1 reads the classic clipboard (RFC 6143 section 7.5.6).
func fromLatin1(b []byte) string {
	var text strings.Builder
	text.Grow(len(b))
	for i, c := range b {
		switch {
		case c != '\r':
			text.WriteRune(rune(c))
		case i+1 == len(b) || b[i+1] != '\n':
			text.WriteByte('\n')
		}
	}
	return text.String()
}

// toLatin1 writes the classic clipboard; what Latin-1 does not have is a question mark.
func toLatin1(text string) []byte {
	b := make([]byte, 0, len(text))
	for _, r := range text {
		if r > 0xff {
			r = '?'
		}
		b = append(b, byte(r))
	}
	return b
}
