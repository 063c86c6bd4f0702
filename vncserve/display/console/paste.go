package console

import "unicode/utf8"

// pasted gives what a clipboard sends to the command. Only tabs and line ends are left
// of the control characters: no text can then end its brackets, or act as keys do.
func pasted(text string, bracketed bool) []byte {
	if len(text) == 0 {
		return nil
	}
	var b []byte
	if bracketed {
		b = append(b, "\x1b[200~"...)
	}
	for _, r := range text {
		switch {
		case r == '\n' || r == '\r':
			b = append(b, '\r') // as the Return key
		case r == '\t' || r >= 0x20 && r < 0x7f || r >= 0xa0:
			b = utf8.AppendRune(b, r)
		}
	}
	if bracketed {
		b = append(b, "\x1b[201~"...)
	}
	return b
}
