package rfb

// Extensions are the messages beyond RFC 6143 that a viewer and a server agreed on: the
// viewer listed their pseudo-encodings. Without that a message of theirs is unknown, and
// its length with it.
type Extensions uint8

// The extensions whose messages a server understands.
const (
	ExtendedKeys    Extensions = 1 << iota // QEMU Extended Key Event
	ExtendedButtons                        // ExtendedMouseButtons
	ExtendedText                           // Extended Clipboard
	Fences                                 // Fence
	ContinuousFlow                         // ContinuousUpdates
	QEMUAudio                              // QEMU Audio

	AllExtensions = QEMUAudio<<1 - 1
)

// ExtensionsOf gives the extensions that a viewer's list opens.
func ExtensionsOf(list []Encoding) Extensions {
	var all Extensions
	for _, e := range list {
		switch e {
		case EncodingQEMUExtendedKey:
			all |= ExtendedKeys
		case EncodingExtendedMouseButtons:
			all |= ExtendedButtons
		case EncodingExtendedClipboard:
			all |= ExtendedText
		case EncodingFence:
			all |= Fences
		case EncodingContinuousUpdates:
			all |= ContinuousFlow
		case EncodingQEMUAudio:
			all |= QEMUAudio
		}
	}
	return all
}

// Has tells whether all of some extensions are in x.
func (x Extensions) Has(some Extensions) bool { return x&some == some }
