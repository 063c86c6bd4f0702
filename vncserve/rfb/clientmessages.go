package rfb

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
)

// The client message types (RFC 6143 section 7.5, SetDesktopSize from rfbproto).
const (
	msgSetPixelFormat           = 0
	msgSetEncodings             = 2
	msgFramebufferUpdateRequest = 3
	msgKeyEvent                 = 4
	msgPointerEvent             = 5
	msgClientCutText            = 6
	msgSetDesktopSize           = 251
)

// MaxCutText bounds the text of ClientCutText and ServerCutText, in bytes. QEMU has
// the same bound.
const MaxCutText = 1 << 20

// ClientMessage is a message from viewer to server.
type ClientMessage interface {
	// AppendWire appends the message, its type byte first.
	AppendWire(b []byte) []byte
}

// SetPixelFormat asks for pixels in another format (RFC 6143 section 7.5.1).
type SetPixelFormat struct{ Format PixelFormat }

// SetEncodings lists what the viewer understands, the best first (section 7.5.2).
type SetEncodings struct{ Encodings []Encoding }

// FramebufferUpdateRequest asks for one framebuffer update (section 7.5.3).
type FramebufferUpdateRequest struct {
	// Incremental requests want only what changed.
	Incremental         bool
	X, Y, Width, Height uint16
}

// KeyEvent is a key pressed or released (section 7.5.4).
type KeyEvent struct {
	Down bool
	Key  Keysym
}

// PointerEvent is a pointer that moved, or buttons that changed (section 7.5.5).
type PointerEvent struct {
	// Buttons has bit 0 set while button 1 is down, and so on. Buttons 4 to 7 are
	// the wheel's steps up, down, left and right; 8 and 9 are back and forward.
	Buttons uint16
	X, Y    uint16
}

// ClientCutText is the viewer's new clipboard (section 7.5.6), in Latin-1.
type ClientCutText struct{ Text []byte }

// SetDesktopSize asks for another size of the desktop (rfbproto).
type SetDesktopSize struct {
	Width, Height uint16
	Screens       []Screen
}

// Bounds gives the rectangle asked for.
func (m FramebufferUpdateRequest) Bounds() image.Rectangle {
	return image.Rect(int(m.X), int(m.Y), int(m.X)+int(m.Width), int(m.Y)+int(m.Height))
}

// AppendWire implements ClientMessage.
func (m SetPixelFormat) AppendWire(b []byte) []byte {
	return m.Format.AppendWire(append(b, msgSetPixelFormat, 0, 0, 0))
}

// AppendWire implements ClientMessage. There is room for 65535 encodings.
func (m SetEncodings) AppendWire(b []byte) []byte {
	b = append(b, msgSetEncodings, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(len(m.Encodings)))
	for _, e := range m.Encodings {
		b = binary.BigEndian.AppendUint32(b, uint32(e))
	}
	return b
}

// AppendWire implements ClientMessage.
func (m FramebufferUpdateRequest) AppendWire(b []byte) []byte {
	b = append(b, msgFramebufferUpdateRequest, flag(m.Incremental))
	return appendUint16s(b, m.X, m.Y, m.Width, m.Height)
}

// AppendWire implements ClientMessage.
func (m KeyEvent) AppendWire(b []byte) []byte {
	b = append(b, msgKeyEvent, flag(m.Down), 0, 0)
	return binary.BigEndian.AppendUint32(b, uint32(m.Key))
}

// extendedButtons marks a pointer event with a second byte of buttons (rfbproto,
// ExtendedMouseButtons).
const extendedButtons = 1 << 7

// AppendWire implements ClientMessage. Buttons above the seventh take the form of the
// extension.
func (m PointerEvent) AppendWire(b []byte) []byte {
	if m.Buttons < extendedButtons {
		return appendUint16s(append(b, msgPointerEvent, uint8(m.Buttons)), m.X, m.Y)
	}
	b = appendUint16s(append(b, msgPointerEvent, uint8(m.Buttons)|extendedButtons), m.X, m.Y)
	return append(b, uint8(m.Buttons>>7))
}

// AppendWire implements ClientMessage.
func (m ClientCutText) AppendWire(b []byte) []byte {
	b = append(b, msgClientCutText, 0, 0, 0)
	b = binary.BigEndian.AppendUint32(b, uint32(len(m.Text)))
	return append(b, m.Text...)
}

// AppendWire implements ClientMessage. There is room for 255 screens.
func (m SetDesktopSize) AppendWire(b []byte) []byte {
	b = appendUint16s(append(b, msgSetDesktopSize, 0), m.Width, m.Height)
	b = append(b, uint8(len(m.Screens)), 0)
	for _, s := range m.Screens {
		b = s.AppendWire(b)
	}
	return b
}

// ReadClientMessage reads one message of a viewer, of RFC 6143 or of an extension that
// was agreed on. It allocates no more than the bounds of the message allow: 256 KiB for
// SetEncodings, twice MaxCutText for the clipboard. A message of unknown type is an
// error, since its length is unknown too. io.EOF means that the viewer left between two
// messages.
func ReadClientMessage(r io.Reader, agreed Extensions) (ClientMessage, error) {
	kind, err := ReadUint8(r)
	if err != nil {
		return nil, err
	}
	m, err := readClientMessage(r, kind, agreed)
	if errors.Is(err, errUnknownMessage) {
		return nil, fmt.Errorf("rfb: the viewer sent a message of unknown type %d", kind)
	}
	if err != nil {
		return nil, fmt.Errorf("rfb: client message %d: %w", kind, unexpectedEOF(err))
	}
	return m, nil
}

var errUnknownMessage = errors.New("unknown message")

func readClientMessage(r io.Reader, kind uint8, agreed Extensions) (ClientMessage, error) {
	switch {
	case kind == msgSetPixelFormat:
		return readSetPixelFormat(r)
	case kind == msgSetEncodings:
		return readSetEncodings(r)
	case kind == msgFramebufferUpdateRequest:
		return readUpdateRequest(r)
	case kind == msgKeyEvent:
		return readKeyEvent(r)
	case kind == msgPointerEvent:
		return readPointerEvent(r, agreed)
	case kind == msgClientCutText:
		return readClientCutText(r, agreed)
	case kind == msgSetDesktopSize:
		return readSetDesktopSize(r)
	case kind == msgContinuousUpdates && agreed.Has(ContinuousFlow):
		return readEnableContinuousUpdates(r)
	case kind == msgFence && agreed.Has(Fences):
		return readFence(r)
	case kind == msgQEMU && agreed&(ExtendedKeys|QEMUAudio) != 0:
		return readQEMU(r, agreed)
	}
	return nil, errUnknownMessage
}

// unexpectedEOF makes the end of the stream within a message an error that is not
// taken for an orderly end.
func unexpectedEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func readSetPixelFormat(r io.Reader) (ClientMessage, error) {
	var b [3 + PixelFormatLen]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return nil, err
	}
	return SetPixelFormat{parsePixelFormat(b[3:])}, nil
}

func readSetEncodings(r io.Reader) (ClientMessage, error) {
	var head [3]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	b := make([]byte, 4*int(binary.BigEndian.Uint16(head[1:])))
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, err
	}
	m := SetEncodings{make([]Encoding, len(b)/4)}
	for i := range m.Encodings {
		m.Encodings[i] = Encoding(binary.BigEndian.Uint32(b[4*i:]))
	}
	return m, nil
}

func readUpdateRequest(r io.Reader) (ClientMessage, error) {
	var b [9]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return nil, err
	}
	return FramebufferUpdateRequest{
		Incremental: b[0] != 0,
		X:           binary.BigEndian.Uint16(b[1:]),
		Y:           binary.BigEndian.Uint16(b[3:]),
		Width:       binary.BigEndian.Uint16(b[5:]),
		Height:      binary.BigEndian.Uint16(b[7:]),
	}, nil
}

func readKeyEvent(r io.Reader) (ClientMessage, error) {
	var b [7]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return nil, err
	}
	return KeyEvent{Down: b[0] != 0, Key: Keysym(binary.BigEndian.Uint32(b[3:]))}, nil
}

func readPointerEvent(r io.Reader, agreed Extensions) (ClientMessage, error) {
	var b [5]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return nil, err
	}
	m := PointerEvent{
		Buttons: uint16(b[0]),
		X:       binary.BigEndian.Uint16(b[1:]),
		Y:       binary.BigEndian.Uint16(b[3:]),
	}
	if m.Buttons&extendedButtons == 0 || !agreed.Has(ExtendedButtons) {
		m.Buttons &^= extendedButtons
		return m, nil
	}
	more, err := ReadUint8(r)
	m.Buttons = m.Buttons&^extendedButtons | uint16(more)<<7
	return m, err
}

func readClientCutText(r io.Reader, agreed Extensions) (ClientMessage, error) {
	text, extended, err := readCutText(r, agreed)
	if extended != nil {
		return ClientClipboard{*extended}, err
	}
	return ClientCutText{text}, err
}

// readCutText reads what ClientCutText and ServerCutText have in common: a text, or with
// a negative length an extended message.
func readCutText(r io.Reader, agreed Extensions) ([]byte, *Clipboard, error) {
	var head [7]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, nil, err
	}
	n := int32(binary.BigEndian.Uint32(head[3:]))
	switch {
	case n < 0 && !agreed.Has(ExtendedText):
		return nil, nil, fmt.Errorf("extended clipboard of %d bytes, which was not agreed on", -int64(n))
	case n < 0:
		c, err := readClipboard(r, -int64(n))
		return nil, &c, err
	case n > MaxCutText:
		return nil, nil, fmt.Errorf("clipboard text of %d bytes, more than %d", n, MaxCutText)
	}
	text := make([]byte, n)
	_, err := io.ReadFull(r, text)
	return text, nil, err
}

func readSetDesktopSize(r io.Reader) (ClientMessage, error) {
	var b [7]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return nil, err
	}
	screens, err := ReadScreens(r, b[5])
	if err != nil {
		return nil, err
	}
	return SetDesktopSize{
		Width:   binary.BigEndian.Uint16(b[1:]),
		Height:  binary.BigEndian.Uint16(b[3:]),
		Screens: screens,
	}, nil
}
