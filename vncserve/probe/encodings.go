package probe

import (
	"fmt"
	"slices"
	"strings"

	"vncsec/vncserve/rfb"
)

// decodable are the encodings that the decoder understands, the smallest first.
var decodable = []rfb.Encoding{
	rfb.EncodingTight, rfb.EncodingZRLE, rfb.EncodingCopyRect, rfb.EncodingHextile, rfb.EncodingZlib, rfb.EncodingRRE, rfb.EncodingTightPNG, rfb.EncodingRaw,
}

// pseudo are the pseudo-encodings that the client follows.
var pseudo = []rfb.Encoding{
	rfb.EncodingDesktopSize, rfb.EncodingExtendedDesktopSize, rfb.EncodingDesktopName, rfb.EncodingLastRect,
	rfb.EncodingCursor, rfb.EncodingPointerPosition, rfb.EncodingLEDState,
}

// Decodable lists the encodings that the client understands, the smallest first.
func Decodable() []rfb.Encoding { return slices.Clone(decodable) }

// DefaultEncodings is all that the client understands, the smallest first.
func DefaultEncodings() []rfb.Encoding { return slices.Concat(decodable, pseudo) }

// Offering lists some encodings and the pseudo-encodings that the client follows. A server
// may always fall back to Raw.
func Offering(encodings ...rfb.Encoding) []rfb.Encoding { return slices.Concat(encodings, pseudo) }

// ParseEncoding reads the name of an encoding that the client understands, in any case.
func ParseEncoding(name string) (rfb.Encoding, error) {
	var names []string
	for _, e := range decodable {
		if strings.EqualFold(e.String(), name) {
			return e, nil
		}
		names = append(names, strings.ToLower(e.String()))
	}
	return 0, fmt.Errorf("unknown encoding %q: one of %s", name, strings.Join(names, ", "))
}
