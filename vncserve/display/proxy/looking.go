package proxy

import (
	"bufio"
	"io"
	"slices"

	"vncsec/vncserve/rfb"
)

// relayLooking passes on only what a viewer needs to see: how it wants the picture, and
// that it wants it. Keys, pointer, clipboard and sizes stay here. What is no message of
// RFB that a viewer may send now ends the session.
func relayLooking(backend io.Writer, viewer io.Reader) error {
	messages := bufio.NewReaderSize(viewer, inputBuffer)
	for {
		m, err := rfb.ReadClientMessage(messages, 0)
		if err != nil {
			return err
		}
		switch m := m.(type) {
		case rfb.SetEncodings:
			m.Encodings = slices.DeleteFunc(m.Encodings, opensInput)
			_, err = backend.Write(m.AppendWire(nil))
		case rfb.SetPixelFormat, rfb.FramebufferUpdateRequest:
			_, err = backend.Write(m.AppendWire(nil))
		}
		if err != nil {
			return err
		}
	}
}

// opensInput finds the pseudo-encodings with which viewer and backend agree on messages
// of the viewer that are more than looking, or that are not understood here.
func opensInput(e rfb.Encoding) bool {
	switch e {
	case rfb.EncodingQEMUExtendedKey, rfb.EncodingQEMUAudio, rfb.EncodingGII, rfb.EncodingXVP,
		rfb.EncodingFence, rfb.EncodingContinuousUpdates, rfb.EncodingExtendedMouseButtons, rfb.EncodingExtendedClipboard:
		return true
	}
	return false
}
