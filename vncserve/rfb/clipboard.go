package rfb

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// ClipboardAction is what an extended clipboard message does (rfbproto, "Extended
// Clipboard Pseudo-Encoding"). A message has one action; caps lists those that its sender
// takes.
type ClipboardAction uint32

// The actions.
const (
	ClipboardCaps    ClipboardAction = 1 << 24 // what the sender understands
	ClipboardRequest ClipboardAction = 1 << 25 // wants the contents
	ClipboardPeek    ClipboardAction = 1 << 26 // wants a notification
	ClipboardNotify  ClipboardAction = 1 << 27 // tells that there are contents
	ClipboardProvide ClipboardAction = 1 << 28 // brings them

	clipboardActions = ClipboardCaps | ClipboardRequest | ClipboardPeek | ClipboardNotify | ClipboardProvide
)

// The formats of contents. Only text is dealt with here; of others the sizes are read.
const (
	clipboardText    = 1 << 0
	clipboardFormats = 0xffff
)

// Clipboard is an extended clipboard message, for both directions.
type Clipboard struct {
	// Actions has one action; with ClipboardCaps those that the sender takes as well.
	Actions ClipboardAction
	// HasText tells that the message is about text, rather than about nothing that is
	// understood here.
	HasText bool
	// MaxText, of caps, is the largest text that the sender wants unasked, in bytes.
	MaxText uint32
	// Text, of provide, is the contents, with line feeds alone at the ends of lines.
	Text string
}

// ClientClipboard is a Clipboard from a viewer.
type ClientClipboard struct{ Clipboard }

// ServerClipboard is a Clipboard from a server.
type ServerClipboard struct{ Clipboard }

// AppendWire implements ClientMessage.
func (m ClientClipboard) AppendWire(b []byte) []byte {
	return m.appendBody(append(b, msgClientCutText, 0, 0, 0))
}

// AppendWire implements ServerMessage.
func (m ServerClipboard) AppendWire(b []byte) []byte {
	return m.appendBody(append(b, msgServerCutText, 0, 0, 0))
}

// appendBody appends the length, which is negative, the flags and what the action has.
func (c Clipboard) appendBody(b []byte) []byte {
	var data []byte
	flags := uint32(c.Actions)
	if c.HasText {
		flags |= clipboardText
		switch {
		case c.Actions&ClipboardCaps != 0:
			data = binary.BigEndian.AppendUint32(nil, c.MaxText)
		case c.Actions&ClipboardProvide != 0:
			data = deflateText(c.Text)
		}
	}
	b = binary.BigEndian.AppendUint32(b, -uint32(4+len(data)))
	b = binary.BigEndian.AppendUint32(b, flags)
	return append(b, data...)
}

// deflateText makes the contents of a provide message: a length, the text with the line
// ends of Windows and a NUL, all in a zlib stream.
func deflateText(text string) []byte {
	text = strings.ReplaceAll(text, "\n", "\r\n") + "\x00"
	var out bytes.Buffer // does not fail
	z := zlib.NewWriter(&out)
	_, _ = z.Write(binary.BigEndian.AppendUint32(nil, uint32(len(text))))
	_, _ = io.WriteString(z, text)
	_ = z.Close()
	return out.Bytes()
}

// maxClipboardFlags bounds the sizes in caps: one for each format.
const maxClipboardFlags = 16

// readClipboard reads an extended message of n bytes.
func readClipboard(r io.Reader, n int64) (Clipboard, error) {
	if n < 4 || n > MaxCutText {
		return Clipboard{}, fmt.Errorf("extended clipboard of %d bytes, want 4 to %d", n, MaxCutText)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return Clipboard{}, err
	}
	flags, data := binary.BigEndian.Uint32(b), b[4:]
	c := Clipboard{Actions: ClipboardAction(flags) & clipboardActions, HasText: flags&clipboardText != 0}
	switch {
	case c.Actions&ClipboardCaps != 0:
		return c, c.readCaps(flags&clipboardFormats, data)
	case c.Actions&(c.Actions-1) != 0:
		return c, fmt.Errorf("extended clipboard with several actions (flags %#x)", flags)
	case c.Actions == ClipboardProvide && c.HasText:
		var err error
		c.Text, err = inflateText(data)
		return c, err
	}
	return c, nil
}

// readCaps takes the size of text, which comes first.
func (c *Clipboard) readCaps(formats uint32, data []byte) error {
	if len(data) > 4*maxClipboardFlags {
		return fmt.Errorf("extended clipboard: %d bytes of capabilities", len(data))
	}
	if formats&clipboardText == 0 {
		return nil
	}
	if len(data) < 4 {
		return errors.New("extended clipboard: capabilities without the size of text")
	}
	c.MaxText = binary.BigEndian.Uint32(data)
	return nil
}

// inflateText is the reverse of deflateText. Text comes first of all formats; what
// follows it is not looked at.
func inflateText(data []byte) (string, error) {
	z, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return "", fmt.Errorf("extended clipboard: %w", unexpectedEOF(err))
	}
	n, err := ReadUint32(z)
	if err != nil {
		return "", fmt.Errorf("extended clipboard: %w", unexpectedEOF(err))
	}
	if n > MaxCutText {
		return "", fmt.Errorf("extended clipboard: a text of %d bytes, more than %d", n, MaxCutText)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(z, text); err != nil {
		return "", fmt.Errorf("extended clipboard: %w", unexpectedEOF(err))
	}
	text, _, _ = bytes.Cut(text, []byte{0})
	return cleanText(string(text)), nil
}

// cleanText makes sure of what Clipboard.Text promises.
func cleanText(text string) string {
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\ufffd")
	}
	return strings.ReplaceAll(text, "\r\n", "\n")
}
