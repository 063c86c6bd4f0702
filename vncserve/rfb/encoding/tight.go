package encoding

import "vncsec/vncserve/rfb"

// The compression control byte of Tight rectangles (rfbproto, "Tight Encoding"). Its
// lower half resets streams, its upper half is the kind of compression.
const (
	tightKind = 0xf0

	tightFill = 0x80
	tightJPEG = 0x90
	tightPNG  = 0xa0

	tightNotBasic      = 0x80
	tightFilterFollows = 0x40
	tightResetStream   = 0x01 // the first of them
	tightStreamShift   = 4
	tightStreams       = 4
)

// The streams that rectangles of basic compression go on with, each with its kind.
const (
	tightCopyStream = iota
	tightMonoStream
	tightPaletteStream
	tightGradientStream
)

// The filters of basic compression.
const (
	tightCopy     = 0
	tightPalette  = 1
	tightGradient = 2
)

const (
	// maxTightWidth is the largest width of a rectangle.
	maxTightWidth = 2048
	// maxTightPalette is the largest palette.
	maxTightPalette = 256
	// minTightCompressed is the number of bytes from which on they are compressed.
	minTightCompressed = 12
	// maxTightLength bounds what follows a compact length.
	maxTightLength = 1 << 22
)

// hasTightPixel tells whether the TPIXEL of a format has three bytes, red, green and
// blue. Others are the format's pixels.
func hasTightPixel(f rfb.PixelFormat) bool {
	return f.TrueColour && f.BitsPerPixel == 32 && f.Depth == 24 &&
		f.RedMax == 255 && f.GreenMax == 255 && f.BlueMax == 255
}

// appendCompactLength appends a length below maxTightLength as one to three bytes of
// seven bits, the lowest first; the third has eight.
func appendCompactLength(dst []byte, n int) []byte {
	switch {
	case n < 1<<7:
		return append(dst, byte(n))
	case n < 1<<14:
		return append(dst, byte(n)|0x80, byte(n>>7))
	}
	return append(dst, byte(n)|0x80, byte(n>>7)|0x80, byte(n>>14))
}

// compactLength reads a length, and says how many bytes it has.
func compactLength(b []byte) (n, size int) {
	const more, low = 1 << 7, 1<<7 - 1
	n = int(b[0] & low)
	if b[0] < more {
		return n, 1
	}
	n |= int(b[1]&low) << 7
	if b[1] < more {
		return n, 2
	}
	return n | int(b[2])<<14, 3
}
