package display

import "strings"

// peer is the viewer of a session, as its Input sees it.
type peer struct{ s *framebufferSession }

// SetClipboard implements Peer.
func (p peer) SetClipboard(text string) {
	p.s.wish(func(w *wishes) { w.cutText, w.sendCutText = toLatin1(text), true })
}

// FetchClipboard implements Peer: the classic clipboard comes unasked.
func (p peer) FetchClipboard() bool { return false }

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
