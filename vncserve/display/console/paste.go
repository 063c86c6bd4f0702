package console

import "unicode/utf8"

// pasted gives what a clipboard, in Latin-1, sends to the command. Only tabs and
// line ends are left of the control characters: no text can then end its brackets,
// or act as keys do.
func pasted(text []byte, bracketed bool) []byte {
	if len(text) == 0 {
		return nil
	}
	var b []byte
	if bracketed {
		b = append(b, "\x1b[200~"...)
	}
	for i, c := range text {
		switch {
		case c == '\n' && i > 0 && text[i-1] == '\r':
			// The end of the line has been sent.
		case c == '\n' || c == '\r':
			b = append(b, '\r') // as the Return key
		case c == '\t' || c >= 0x20 && c < 0x7f || c >= 0xa0:
			b = utf8.AppendRune(b, rune(c))
		}
	}
	if bracketed {
		b = append(b, "\x1b[201~"...)
	}
	return b
}
