package rfb

import (
	"encoding/binary"
	"fmt"
	"image"
	"io"
)

// The message types of the Fence and ContinuousUpdates extensions (rfbproto), the same
// in both directions.
const (
	msgContinuousUpdates = 150
	msgFence             = 248
)

// FenceFlags say when a fence is answered (rfbproto, ServerFence).
type FenceFlags uint32

// The flags.
const (
	FenceBlockBefore FenceFlags = 1 << 0 // after all that came before is done
	FenceBlockAfter  FenceFlags = 1 << 1 // before what comes after is begun
	FenceSyncNext    FenceFlags = 1 << 2
	FenceRequest     FenceFlags = 1 << 31 // it wants an answer

	// FenceFlagsKnown are those that an answer may keep.
	FenceFlagsKnown = FenceBlockBefore | FenceBlockAfter | FenceSyncNext | FenceRequest
)

// MaxFence bounds the payload of a fence, as rfbproto does.
const MaxFence = 64

// Fence is a mark in the stream that the other side sends back. Both sides send it.
type Fence struct {
	Flags   FenceFlags
	Payload []byte
}

// AppendWire implements ClientMessage and ServerMessage.
func (m Fence) AppendWire(b []byte) []byte {
	b = append(b, msgFence, 0, 0, 0)
	b = binary.BigEndian.AppendUint32(b, uint32(m.Flags))
	b = append(b, uint8(len(m.Payload)))
	return append(b, m.Payload...)
}

func readFence(r io.Reader) (Fence, error) {
	var head [8]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return Fence{}, err
	}
	n := int(head[7])
	if n > MaxFence {
		return Fence{}, fmt.Errorf("a fence of %d bytes, more than %d", n, MaxFence)
	}
	m := Fence{Flags: FenceFlags(binary.BigEndian.Uint32(head[3:])), Payload: make([]byte, n)}
	_, err := io.ReadFull(r, m.Payload)
	return m, err
}

// EnableContinuousUpdates asks for updates of an area without requests, or for an end of
// that.
type EnableContinuousUpdates struct {
	Enable              bool
	X, Y, Width, Height uint16
}

// Bounds gives the area.
func (m EnableContinuousUpdates) Bounds() image.Rectangle {
	return image.Rect(int(m.X), int(m.Y), int(m.X)+int(m.Width), int(m.Y)+int(m.Height))
}

// AppendWire implements ClientMessage.
func (m EnableContinuousUpdates) AppendWire(b []byte) []byte {
	return appendUint16s(append(b, msgContinuousUpdates, flag(m.Enable)), m.X, m.Y, m.Width, m.Height)
}

func readEnableContinuousUpdates(r io.Reader) (EnableContinuousUpdates, error) {
	var b [9]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return EnableContinuousUpdates{}, err
	}
	return EnableContinuousUpdates{
		Enable: b[0] != 0,
		X:      binary.BigEndian.Uint16(b[1:]),
		Y:      binary.BigEndian.Uint16(b[3:]),
		Width:  binary.BigEndian.Uint16(b[5:]),
		Height: binary.BigEndian.Uint16(b[7:]),
	}, nil
}

// EndOfContinuousUpdates tells a viewer that the server knows the extension, and later
// that no further update comes without a request.
type EndOfContinuousUpdates struct{}

// AppendWire implements ServerMessage.
func (EndOfContinuousUpdates) AppendWire(b []byte) []byte { return append(b, msgContinuousUpdates) }
