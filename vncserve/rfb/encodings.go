package rfb

import (
	"encoding/binary"
	"fmt"
	"image"
	"io"
)

// Encoding is the number of an encoding or pseudo-encoding (RFC 6143 sections 7.7
// and 7.8, and the registry of rfbproto).
type Encoding int32

// The encodings that vncsec knows.
const (
	EncodingRaw      Encoding = 0
	EncodingCopyRect Encoding = 1
	EncodingRRE      Encoding = 2
	EncodingHextile  Encoding = 5
	EncodingZlib     Encoding = 6
	EncodingTight    Encoding = 7
	EncodingZRLE     Encoding = 16
	EncodingTightPNG Encoding = -260

	EncodingDesktopSize         Encoding = -223
	EncodingLastRect            Encoding = -224
	EncodingPointerPosition     Encoding = -232
	EncodingCursor              Encoding = -239
	EncodingXCursor             Encoding = -240
	EncodingLEDState            Encoding = -261
	EncodingDesktopName         Encoding = -307
	EncodingExtendedDesktopSize Encoding = -308
	EncodingCursorWithAlpha     Encoding = -314
)

// The pseudo-encodings that carry a number: JPEG quality 0 to 9 and compression level
// 0 to 9, counted from the first of each.
const (
	EncodingQualityLow     Encoding = -32
	EncodingQualityHigh    Encoding = -23
	EncodingCompressionLow Encoding = -256
	EncodingCompressionMax Encoding = -247
)

// Pseudo-encodings that open further messages of the viewer.
const (
	EncodingQEMUExtendedKey      Encoding = -258
	EncodingQEMUAudio            Encoding = -259
	EncodingGII                  Encoding = -305
	EncodingXVP                  Encoding = -309
	EncodingFence                Encoding = -312
	EncodingContinuousUpdates    Encoding = -313
	EncodingExtendedMouseButtons Encoding = -316
	EncodingExtendedClipboard    Encoding = -0x3f5e1a32 // 0xc0a1e5ce
)

// encodingNames are those that rfbproto uses.
var encodingNames = map[Encoding]string{
	EncodingRaw:                  "Raw",
	EncodingCopyRect:             "CopyRect",
	EncodingRRE:                  "RRE",
	EncodingHextile:              "Hextile",
	EncodingZlib:                 "Zlib",
	EncodingTight:                "Tight",
	EncodingZRLE:                 "ZRLE",
	EncodingTightPNG:             "TightPNG",
	EncodingDesktopSize:          "DesktopSize",
	EncodingLastRect:             "LastRect",
	EncodingPointerPosition:      "PointerPos",
	EncodingCursor:               "Cursor",
	EncodingXCursor:              "XCursor",
	EncodingLEDState:             "LED State",
	EncodingDesktopName:          "DesktopName",
	EncodingExtendedDesktopSize:  "ExtendedDesktopSize",
	EncodingCursorWithAlpha:      "Cursor With Alpha",
	EncodingQEMUExtendedKey:      "QEMU Extended Key Event",
	EncodingQEMUAudio:            "QEMU Audio",
	EncodingGII:                  "gii",
	EncodingXVP:                  "xvp",
	EncodingFence:                "Fence",
	EncodingContinuousUpdates:    "ContinuousUpdates",
	EncodingExtendedMouseButtons: "ExtendedMouseButtons",
	EncodingExtendedClipboard:    "Extended Clipboard",
}

// String gives the name that rfbproto uses.
func (e Encoding) String() string {
	if name, ok := encodingNames[e]; ok {
		return name
	}
	switch {
	case e >= EncodingQualityLow && e <= EncodingQualityHigh:
		return fmt.Sprintf("JPEG quality %d", e-EncodingQualityLow)
	case e >= EncodingCompressionLow && e <= EncodingCompressionMax:
		return fmt.Sprintf("compression level %d", e-EncodingCompressionLow)
	}
	return fmt.Sprintf("encoding %d", int32(e))
}

// RectHeader begins each rectangle of a framebuffer update (RFC 6143 section 7.6.1).
// Pseudo-encodings give the four numbers meanings of their own.
type RectHeader struct {
	X, Y, Width, Height uint16
	Encoding            Encoding
}

// RectHeaderLen is the size of a RectHeader on the wire.
const RectHeaderLen = 12

// NewRectHeader describes r, which must lie within 0..65535.
func NewRectHeader(r image.Rectangle, e Encoding) RectHeader {
	return RectHeader{uint16(r.Min.X), uint16(r.Min.Y), uint16(r.Dx()), uint16(r.Dy()), e}
}

// Bounds gives the rectangle of a real encoding.
func (h RectHeader) Bounds() image.Rectangle {
	return image.Rect(int(h.X), int(h.Y), int(h.X)+int(h.Width), int(h.Y)+int(h.Height))
}

// AppendWire appends the 12 bytes of h.
func (h RectHeader) AppendWire(b []byte) []byte {
	b = appendUint16s(b, h.X, h.Y, h.Width, h.Height)
	return binary.BigEndian.AppendUint32(b, uint32(h.Encoding))
}

// ReadRectHeader reads the 12 bytes of a RectHeader.
func ReadRectHeader(r io.Reader) (RectHeader, error) {
	var b [RectHeaderLen]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return RectHeader{}, fmt.Errorf("reading a rectangle header: %w", unexpectedEOF(err))
	}
	return RectHeader{
		X:        binary.BigEndian.Uint16(b[0:]),
		Y:        binary.BigEndian.Uint16(b[2:]),
		Width:    binary.BigEndian.Uint16(b[4:]),
		Height:   binary.BigEndian.Uint16(b[6:]),
		Encoding: Encoding(binary.BigEndian.Uint32(b[8:])),
	}, nil
}

func appendUint16s(b []byte, numbers ...uint16) []byte {
	for _, n := range numbers {
		b = binary.BigEndian.AppendUint16(b, n)
	}
	return b
}

// Screen is one screen of an extended desktop layout (rfbproto,
// ExtendedDesktopSize).
type Screen struct {
	ID                  uint32
	X, Y, Width, Height uint16
	Flags               uint32
}

const screenLen = 16

// AppendWire appends the 16 bytes of s.
func (s Screen) AppendWire(b []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, s.ID)
	b = appendUint16s(b, s.X, s.Y, s.Width, s.Height)
	return binary.BigEndian.AppendUint32(b, s.Flags)
}

// ReadScreens reads n screens.
func ReadScreens(r io.Reader, n uint8) ([]Screen, error) {
	b := make([]byte, int(n)*screenLen)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, fmt.Errorf("reading %d screens: %w", n, unexpectedEOF(err))
	}
	screens := make([]Screen, n)
	for i := range screens {
		s := b[i*screenLen:]
		screens[i] = Screen{
			ID:     binary.BigEndian.Uint32(s),
			X:      binary.BigEndian.Uint16(s[4:]),
			Y:      binary.BigEndian.Uint16(s[6:]),
			Width:  binary.BigEndian.Uint16(s[8:]),
			Height: binary.BigEndian.Uint16(s[10:]),
			Flags:  binary.BigEndian.Uint32(s[12:]),
		}
	}
	return screens, nil
}

// ResizeReason is the X of an ExtendedDesktopSize rectangle: who changed the size.
type ResizeReason uint16

// The reasons of rfbproto.
const (
	ResizedByServer      ResizeReason = 0
	ResizedByThisViewer  ResizeReason = 1
	ResizedByOtherViewer ResizeReason = 2
)

// ResizeStatus is the Y of an ExtendedDesktopSize rectangle: what became of a
// SetDesktopSize.
type ResizeStatus uint16

// The states of rfbproto.
const (
	ResizeOK            ResizeStatus = 0
	ResizeProhibited    ResizeStatus = 1
	ResizeOutOfMemory   ResizeStatus = 2
	ResizeInvalidLayout ResizeStatus = 3
)
