package rfb

import (
	"encoding/binary"
	"fmt"
	"io"
)

// The server message types (RFC 6143 section 7.6).
const (
	msgFramebufferUpdate   = 0
	msgSetColourMapEntries = 1
	msgBell                = 2
	msgServerCutText       = 3
)

// MaxDesktopName bounds the desktop name of ServerInit, in bytes.
const MaxDesktopName = 4096

// ClientInit ends the handshake on the viewer's side (RFC 6143 section 7.3.1).
type ClientInit struct {
	// Shared viewers let other viewers stay.
	Shared bool
}

// ReadClientInit reads a ClientInit.
func ReadClientInit(r io.Reader) (ClientInit, error) {
	b, err := ReadUint8(r)
	if err != nil {
		return ClientInit{}, fmt.Errorf("reading ClientInit: %w", err)
	}
	return ClientInit{Shared: b != 0}, nil
}

// AppendWire appends the single byte of m.
func (m ClientInit) AppendWire(b []byte) []byte { return append(b, flag(m.Shared)) }

// ServerInit describes the display (RFC 6143 section 7.3.2).
type ServerInit struct {
	Width, Height uint16
	Format        PixelFormat
	Name          string
}

// ReadServerInit reads a ServerInit, with a name of at most MaxDesktopName bytes and
// a format that can be used.
func ReadServerInit(r io.Reader) (ServerInit, error) {
	var b [4 + PixelFormatLen + 4]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return ServerInit{}, fmt.Errorf("reading ServerInit: %w", err)
	}
	m := ServerInit{
		Width:  binary.BigEndian.Uint16(b[0:]),
		Height: binary.BigEndian.Uint16(b[2:]),
		Format: parsePixelFormat(b[4:]),
	}
	if err := m.Format.Validate(); err != nil {
		return ServerInit{}, fmt.Errorf("rfb: ServerInit: %w", err)
	}
	name, err := readText(r, binary.BigEndian.Uint32(b[4+PixelFormatLen:]), MaxDesktopName)
	if err != nil {
		return ServerInit{}, fmt.Errorf("rfb: ServerInit: desktop name: %w", err)
	}
	m.Name = name
	return m, nil
}

// AppendWire appends m; a name longer than MaxDesktopName is cut.
func (m ServerInit) AppendWire(b []byte) []byte {
	b = appendUint16s(b, m.Width, m.Height)
	b = m.Format.AppendWire(b)
	return AppendText(b, m.Name)
}

// AppendText appends a text after its length, as ServerInit and DesktopName have
// it; more than MaxDesktopName bytes are cut.
func AppendText(b []byte, text string) []byte {
	text = text[:min(len(text), MaxDesktopName)]
	b = binary.BigEndian.AppendUint32(b, uint32(len(text)))
	return append(b, text...)
}

// ReadText reads what AppendText appends.
func ReadText(r io.Reader) (string, error) {
	n, err := ReadUint32(r)
	if err != nil {
		return "", err
	}
	return readText(r, n, MaxDesktopName)
}

func readText(r io.Reader, n, limit uint32) (string, error) {
	if n > limit {
		return "", fmt.Errorf("%d bytes announced, more than %d", n, limit)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return "", unexpectedEOF(err)
	}
	return string(b), nil
}

// ServerMessage is a message from server to viewer.
type ServerMessage interface {
	// AppendWire appends the message, its type byte first.
	AppendWire(b []byte) []byte
}

// FramebufferUpdate is the beginning of an update (RFC 6143 section 7.6.1); its
// rectangles follow it and are the business of package encoding.
type FramebufferUpdate struct {
	// Rectangles is their number, or ManyRectangles.
	Rectangles uint16
}

// ManyRectangles in a FramebufferUpdate means as many as come before a LastRect.
const ManyRectangles = 0xffff

// Colour is an entry of a colour map, 65535 being full intensity.
type Colour struct{ Red, Green, Blue uint16 }

// SetColourMapEntries changes part of the colour map (section 7.6.2).
type SetColourMapEntries struct {
	First   uint16
	Colours []Colour
}

// Bell rings the viewer's bell (section 7.6.3).
type Bell struct{}

// ServerCutText is the server's new clipboard (section 7.6.4), in Latin-1.
type ServerCutText struct{ Text []byte }

// AppendWire implements ServerMessage.
func (m FramebufferUpdate) AppendWire(b []byte) []byte {
	return binary.BigEndian.AppendUint16(append(b, msgFramebufferUpdate, 0), m.Rectangles)
}

// AppendWire implements ServerMessage.
func (m SetColourMapEntries) AppendWire(b []byte) []byte {
	b = append(b, msgSetColourMapEntries, 0)
	b = appendUint16s(b, m.First, uint16(len(m.Colours)))
	for _, c := range m.Colours {
		b = appendUint16s(b, c.Red, c.Green, c.Blue)
	}
	return b
}

// AppendWire implements ServerMessage.
func (Bell) AppendWire(b []byte) []byte { return append(b, msgBell) }

// AppendWire implements ServerMessage.
func (m ServerCutText) AppendWire(b []byte) []byte {
	b = append(b, msgServerCutText, 0, 0, 0)
	b = binary.BigEndian.AppendUint32(b, uint32(len(m.Text)))
	return append(b, m.Text...)
}

// ReadServerMessage reads one message of a server, of a FramebufferUpdate only the
// beginning, extensions included: a viewer can take those that it did not ask for as
// well. Its bounds are those of ReadClientMessage.
func ReadServerMessage(r io.Reader) (ServerMessage, error) {
	kind, err := ReadUint8(r)
	if err != nil {
		return nil, err
	}
	var m ServerMessage
	switch kind {
	case msgFramebufferUpdate:
		m, err = readFramebufferUpdate(r)
	case msgSetColourMapEntries:
		m, err = readSetColourMapEntries(r)
	case msgBell:
		m = Bell{}
	case msgServerCutText:
		m, err = readServerCutText(r)
	case msgContinuousUpdates:
		m = EndOfContinuousUpdates{}
	case msgFence:
		m, err = readFence(r)
	default:
		return nil, fmt.Errorf("rfb: the server sent a message of unknown type %d", kind)
	}
	if err != nil {
		return nil, fmt.Errorf("rfb: server message %d: %w", kind, unexpectedEOF(err))
	}
	return m, nil
}

func readFramebufferUpdate(r io.Reader) (ServerMessage, error) {
	var b [3]byte
	_, err := io.ReadFull(r, b[:])
	return FramebufferUpdate{binary.BigEndian.Uint16(b[1:])}, err
}

func readSetColourMapEntries(r io.Reader) (ServerMessage, error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	b := make([]byte, 6*int(binary.BigEndian.Uint16(head[3:])))
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, err
	}
	m := SetColourMapEntries{
		First:   binary.BigEndian.Uint16(head[1:]),
		Colours: make([]Colour, len(b)/6),
	}
	for i := range m.Colours {
		m.Colours[i] = Colour{
			Red:   binary.BigEndian.Uint16(b[6*i:]),
			Green: binary.BigEndian.Uint16(b[6*i+2:]),
			Blue:  binary.BigEndian.Uint16(b[6*i+4:]),
		}
	}
	return m, nil
}

func readServerCutText(r io.Reader) (ServerMessage, error) {
	text, extended, err := readCutText(r, ExtendedText)
	if extended != nil {
		return ServerClipboard{*extended}, err
	}
	return ServerCutText{text}, err
}
