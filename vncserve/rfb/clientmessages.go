package rfb

import (
	"encoding/binary"
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

// AppendWire implements ClientMessage.
func (m PointerEvent) AppendWire(b []byte) []byte {
	return appendUint16s(append(b, msgPointerEvent, uint8(m.Buttons)), m.X, m.Y)
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

// ReadClientMessage reads one message of a viewer. It allocates no more than the
// bounds of the message allow: 256 KiB for SetEncodings, MaxCutText for
// ClientCutText. A message of unknown type is an error, since its length is unknown
// too. io.EOF means that the viewer left between two messages.
func ReadClientMessage(r io.Reader) (ClientMessage, error) {
	kind, err := ReadUint8(r)
	if err != nil {
		return nil, err
	}
	read, ok := clientReaders[kind]
	if !ok {
		return nil, fmt.Errorf("rfb: the viewer sent a message of unknown type %d", kind)
	}
	m, err := read(r)
	if err != nil {
		return nil, fmt.Errorf("rfb: client message %d: %w", kind, unexpectedEOF(err))
	}
	return m, nil
}

var clientReaders = map[uint8]func(io.Reader) (ClientMessage, error){
	msgSetPixelFormat:           readSetPixelFormat,
	msgSetEncodings:             readSetEncodings,
	msgFramebufferUpdateRequest: readUpdateRequest,
	msgKeyEvent:                 readKeyEvent,
	msgPointerEvent:             readPointerEvent,
	msgClientCutText:            readClientCutText,
	msgSetDesktopSize:           readSetDesktopSize,
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

func readPointerEvent(r io.Reader) (ClientMessage, error) {
	var b [5]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return nil, err
	}
	return PointerEvent{
		Buttons: uint16(b[0]),
		X:       binary.BigEndian.Uint16(b[1:]),
		Y:       binary.BigEndian.Uint16(b[3:]),
	}, nil
}

func readClientCutText(r io.Reader) (ClientMessage, error) {
	text, err := readCutText(r)
	return ClientCutText{text}, err
}

// readCutText reads what ClientCutText and ServerCutText have in common.
func readCutText(r io.Reader) ([]byte, error) {
	var head [7]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := int32(binary.BigEndian.Uint32(head[3:]))
	if n < 0 {
		return nil, fmt.Errorf("extended clipboard of %d bytes, which was not agreed on", -int64(n))
	}
	if n > MaxCutText {
		return nil, fmt.Errorf("clipboard text of %d bytes, more than %d", n, MaxCutText)
	}
	text := make([]byte, n)
	_, err := io.ReadFull(r, text)
	return text, err
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
