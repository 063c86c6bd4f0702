package rfb

import (
	"encoding/binary"
	"fmt"
	"io"
)

// QEMU's messages share a type and are told apart by the byte that follows it (rfbproto,
// "QEMU Client Message").
const (
	msgQEMU         = 255
	qemuExtendedKey = 0
	qemuAudio       = 1
)

// ExtendedKeyEvent is a key pressed or released, with its position on the keyboard.
type ExtendedKeyEvent struct {
	Down bool
	// Key is what the viewer's keyboard layout makes of it, 0 if it does not know.
	Key Keysym
	// Code is the key's number in XT's set 1; 0x80 is added for those with the prefix
	// 0xe0.
	Code uint32
}

// AppendWire implements ClientMessage.
func (m ExtendedKeyEvent) AppendWire(b []byte) []byte {
	b = append(b, msgQEMU, qemuExtendedKey, 0, flag(m.Down))
	b = binary.BigEndian.AppendUint32(b, uint32(m.Key))
	return binary.BigEndian.AppendUint32(b, m.Code)
}

// AudioControl is what a viewer says of QEMU's audio. A server that did not announce
// audio has nothing to do for it.
type AudioControl struct {
	// Operation is 0 to enable, 1 to disable, 2 to set the format.
	Operation uint16
	// Format, Channels and Frequency belong to operation 2.
	Format, Channels uint8
	Frequency        uint32
}

const (
	audioSetFormat = 2
	audioLast      = audioSetFormat
)

// AppendWire implements ClientMessage.
func (m AudioControl) AppendWire(b []byte) []byte {
	b = binary.BigEndian.AppendUint16(append(b, msgQEMU, qemuAudio), m.Operation)
	if m.Operation != audioSetFormat {
		return b
	}
	return binary.BigEndian.AppendUint32(append(b, m.Format, m.Channels), m.Frequency)
}

func readQEMU(r io.Reader, agreed Extensions) (ClientMessage, error) {
	kind, err := ReadUint8(r)
	if err != nil {
		return nil, err
	}
	switch {
	case kind == qemuExtendedKey && agreed.Has(ExtendedKeys):
		return readExtendedKey(r)
	case kind == qemuAudio && agreed.Has(QEMUAudio):
		return readAudioControl(r)
	}
	return nil, fmt.Errorf("unknown QEMU message %d", kind)
}

func readExtendedKey(r io.Reader) (ClientMessage, error) {
	var b [10]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return nil, err
	}
	return ExtendedKeyEvent{
		Down: b[0]|b[1] != 0,
		Key:  Keysym(binary.BigEndian.Uint32(b[2:])),
		Code: binary.BigEndian.Uint32(b[6:]),
	}, nil
}

func readAudioControl(r io.Reader) (ClientMessage, error) {
	var b [6]byte
	if _, err := io.ReadFull(r, b[:2]); err != nil {
		return nil, err
	}
	m := AudioControl{Operation: binary.BigEndian.Uint16(b[:])}
	if m.Operation > audioLast {
		return nil, fmt.Errorf("unknown audio operation %d", m.Operation)
	}
	if m.Operation == audioSetFormat {
		if _, err := io.ReadFull(r, b[:]); err != nil {
			return nil, err
		}
		m.Format, m.Channels, m.Frequency = b[0], b[1], binary.BigEndian.Uint32(b[2:])
	}
	return m, nil
}
