package probe

import (
	"errors"
	"image"
	"strings"

	"vncsec/vncserve/rfb"
)

// ErrAwaiting says that an update is on its way, whose pixels would be misread.
var ErrAwaiting = errors.New("the pixel format cannot change while an update is awaited")

// SetFormat asks for pixels in another format, from the next update on.
func (c *Client) SetFormat(f rfb.PixelFormat) error {
	if c.awaiting {
		return ErrAwaiting
	}
	if err := c.decoder.SetFormat(f); err != nil {
		return err
	}
	return c.Send(rfb.SetPixelFormat{Format: f})
}

// SetEncodings offers encodings, the best first, from the next update on.
func (c *Client) SetEncodings(list ...rfb.Encoding) error {
	return c.Send(rfb.SetEncodings{Encodings: list})
}

// SetDesktopSize asks for another size of the desktop, with one screen. The answer comes
// with an update, as Resize.
func (c *Client) SetDesktopSize(width, height int) error {
	screen := rfb.Screen{Width: uint16(width), Height: uint16(height)}
	if known := c.Screens(); len(known) > 0 {
		screen.ID, screen.Flags = known[0].ID, known[0].Flags
	}
	return c.Send(rfb.SetDesktopSize{Width: screen.Width, Height: screen.Height, Screens: []rfb.Screen{screen}})
}

// Key presses and releases a key.
func (c *Client) Key(key rfb.Keysym) error {
	b := rfb.KeyEvent{Down: true, Key: key}.AppendWire(nil)
	return c.write(rfb.KeyEvent{Key: key}.AppendWire(b))
}

// Type presses and releases the key of each character.
func (c *Client) Type(text string) error {
	for _, r := range text {
		if err := c.Key(keyOf(r)); err != nil {
			return err
		}
	}
	return nil
}

func keyOf(r rune) rfb.Keysym {
	if r == '\n' {
		return rfb.KeyReturn
	}
	return rfb.KeysymOf(r)
}

// Pointer moves the pointer, with the given buttons down; see rfb.PointerEvent.
func (c *Client) Pointer(at image.Point, buttons uint16) error {
	return c.Send(rfb.PointerEvent{Buttons: buttons, X: uint16(at.X), Y: uint16(at.Y)})
}

// CutText sends a new clipboard in the classic form, which has Latin-1 only: other
// characters become question marks.
func (c *Client) CutText(text string) error {
	b := make([]byte, 0, len(text))
	for _, r := range text {
		if r > 0xff {
			r = '?'
		}
		b = append(b, byte(r))
	}
	return c.Send(rfb.ClientCutText{Text: b})
}

// takeClipboard keeps the text of an extended message, and fetches the text that one
// announces.
func (c *Client) takeClipboard(m rfb.Clipboard) error {
	switch {
	case !m.HasText:
	case m.Actions == rfb.ClipboardProvide:
		c.Clipboard = m.Text
	case m.Actions == rfb.ClipboardNotify:
		return c.Send(rfb.ClientClipboard{Clipboard: rfb.Clipboard{Actions: rfb.ClipboardRequest, HasText: true}})
	}
	return nil
}

func fromLatin1(b []byte) string {
	var text strings.Builder
	for _, c := range b {
		text.WriteRune(rune(c))
	}
	return text.String()
}
