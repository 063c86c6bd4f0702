package e2e_test

import (
	"fmt"
	"image"
	"strings"
	"testing"

	"vncsec/internal/peertest"
	"vncsec/vncserve/rfb"
)

// matrixFormat is a pixel format and the viewers that ask for it beside those that take any:
// our own, gtk-vnc and libvncclient.
type matrixFormat struct {
	name     string
	format   peertest.PixelFormat
	hasTiger bool
	tiger    int // the number of colours by which TigerVNC calls it, 0 for full colour
	hasNoVNC bool
	// withRaceDetector says that it is among those that are shown with it.
	withRaceDetector bool
}

// matrixFormats are all that the viewers can be told. libvncclient has no colour maps.
var matrixFormats = []matrixFormat{
	{name: "32 bits", format: matrixColour(32, 24, false, 255, 255, 255, 16, 8, 0), hasTiger: true, withRaceDetector: true},
	{name: "32 bits, BGR", format: matrixColour(32, 24, false, 255, 255, 255, 0, 8, 16), hasNoVNC: true},
	{name: "32 bits, upper three bytes", format: matrixColour(32, 24, false, 255, 255, 255, 24, 16, 8)},
	{name: "32 bits, big endian", format: matrixColour(32, 24, true, 255, 255, 255, 16, 8, 0)},
	{name: "32 bits, big endian, upper three bytes", format: matrixColour(32, 24, true, 255, 255, 255, 24, 16, 8)},
	{name: "30 bits of colour", format: matrixColour(32, 30, false, 1023, 1023, 1023, 20, 10, 0)},
	{name: "16 bits", format: matrixColour(16, 16, false, 31, 63, 31, 11, 5, 0)},
	{name: "16 bits, big endian", format: matrixColour(16, 16, true, 31, 63, 31, 11, 5, 0), withRaceDetector: true},
	{name: "15 bits of colour", format: matrixColour(16, 15, false, 31, 31, 31, 10, 5, 0)},
	{name: "15 bits of colour, upper", format: matrixColour(16, 15, false, 31, 31, 31, 11, 6, 1)},
	{name: "8 bits", format: matrixColour(8, 8, false, 7, 7, 3, 5, 2, 0), hasTiger: true, tiger: 256},
	{name: "8 bits, BGR", format: matrixColour(8, 8, false, 7, 7, 3, 0, 3, 6)},
	{name: "6 bits of colour", format: matrixColour(8, 6, false, 3, 3, 3, 4, 2, 0), hasTiger: true, tiger: 64},
	{name: "3 bits of colour", format: matrixColour(8, 3, false, 1, 1, 1, 2, 1, 0), hasTiger: true, tiger: 8},
	{name: "a colour map", format: peertest.PixelFormat{BitsPerPixel: 8, Depth: 8}, withRaceDetector: true},
	{name: "3 bits of colour, upper", format: matrixColour(8, 3, false, 1, 1, 1, 7, 6, 5)},
}

func matrixColour(bits, depth uint8, bigEndian bool, redMax, greenMax, blueMax uint16, redShift, greenShift, blueShift uint8) peertest.PixelFormat {
	return peertest.PixelFormat(trueColour(bits, depth, bigEndian, redMax, greenMax, blueMax, redShift, greenShift, blueShift))
}

// The levels that make a difference: of compression one for each effort of the encoders,
// of JPEG the ends and the middle.
var (
	compressionLevels = []int{0, 5, 9}
	jpegQualities     = []int{0, 5, 9}
)

// matrixViewer is a viewer that is told one encoding, pixel format and level.
type matrixViewer struct {
	name    string
	start   func(*testing.T) (look func() *image.RGBA)
	look    func() *image.RGBA // once started
	shades  shades
	quality *int // of JPEG, nil if all is exact
}

// matrixTools are what the viewers of all pixel formats share.
type matrixTools struct {
	libvncclient string
	wall         *peertest.Wall
	browser      *peertest.Browser
}

func newMatrixTools(t *testing.T) *matrixTools {
	return &matrixTools{
		libvncclient: peertest.CompileLibVNCClient(t),
		wall:         peertest.NewWall(t, matrixSize, 40),
		browser:      peertest.StartBrowser(t),
	}
}

// viewers lists all that look at a display in a format.
func (m *matrixTools) viewers(f matrixFormat, address string) []*matrixViewer {
	viewers := append(m.probes(f, address), m.gVNCs(f, address)...)
	if f.format.TrueColour {
		viewers = append(viewers, m.libVNCClients(f, address)...)
	}
	if f.hasTiger {
		viewers = append(viewers, m.tigerVNCs(f, address)...)
	}
	if f.hasNoVNC {
		viewers = append(viewers, m.noVNCs(address)...)
	}
	return viewers
}

// matrixChoice is an encoding in a viewer's words, and levels.
type matrixChoice struct {
	encoding             string
	compression, quality *int
}

func (c matrixChoice) String() string {
	text := c.encoding
	if c.compression != nil {
		text += fmt.Sprintf(", compression %d", *c.compression)
	}
	if c.quality != nil {
		text += fmt.Sprintf(", JPEG quality %d", *c.quality)
	}
	return text
}

// rfbEncodings are the numbers of encodings by the names of the choices.
var rfbEncodings = map[string]rfb.Encoding{
	"Raw": rfb.EncodingRaw, "RRE": rfb.EncodingRRE, "Hextile": rfb.EncodingHextile, "Zlib": rfb.EncodingZlib,
	"ZRLE": rfb.EncodingZRLE, "Tight": rfb.EncodingTight, "TightPNG": rfb.EncodingTightPNG,
}

// numbers are the choice in RFB's terms, with CopyRect or without it.
func (c matrixChoice) numbers(copyRect bool) []rfb.Encoding {
	list := []rfb.Encoding{rfbEncodings[c.encoding]}
	if copyRect {
		list = append(list, rfb.EncodingCopyRect)
	}
	if c.compression != nil {
		list = append(list, rfb.EncodingCompressionLow+rfb.Encoding(*c.compression))
	}
	if c.quality != nil {
		list = append(list, rfb.EncodingQualityLow+rfb.Encoding(*c.quality))
	}
	return list
}

// choices are the encodings, those that have levels at each. Tight has qualities of JPEG
// beside what is exact.
func choices(qualities []int, encodings ...string) []matrixChoice {
	var list []matrixChoice
	for _, e := range encodings {
		switch strings.ToLower(e) {
		case "tight", "tightpng":
			for _, quality := range qualities {
				list = append(list, matrixChoice{encoding: e, quality: &quality})
			}
			fallthrough
		case "zlib", "zrle":
			for _, level := range compressionLevels {
				list = append(list, matrixChoice{encoding: e, compression: &level})
			}
		default:
			list = append(list, matrixChoice{encoding: e})
		}
	}
	return list
}

// qualities are those of JPEG that a format's viewers ask for. Eight bits have no JPEG.
func (f matrixFormat) qualities() []int {
	if f.format.BitsPerPixel == 8 {
		return nil
	}
	return jpegQualities
}

// inUpperBytes tells whether the colours are in the upper three bytes of 32 bits.
func (f matrixFormat) inUpperBytes() bool {
	return min(f.format.RedShift, f.format.GreenShift, f.format.BlueShift) >= 8
}

// libVNCClientChoices are what libvncclient 0.9.14 can, on a machine whose least byte comes
// first, in the format. Our own decoder reads the same in all formats. libvncclient
//
//   - takes Tight's colours of three bytes, and JPEG of any size, for pixels of the machine's
//     order even if they are to be big-endian (mended later, by its commit de7e92b2);
//   - takes ZRLE's of big-endian pixels with the colours in the lower three bytes for those
//     of a big-endian machine (HandleZRLE24Down);
//   - puts the colours of JPEG images into the lower three bytes of 32 bits
//     (DecompressJpegRect32).
func (f matrixFormat) libVNCClientChoices() []matrixChoice {
	p := f.format
	inLowerBytes := max(p.RedShift+8, p.BlueShift+8) == 24 && p.Depth == 24
	encodings, qualities := []string{"raw", "rre", "hextile", "zlib"}, f.qualities()
	if p.BitsPerPixel == 32 && !inLowerBytes || p.BigEndian {
		qualities = nil
	}
	if p.BitsPerPixel < 32 || !p.BigEndian {
		encodings = append(encodings, "tight")
	}
	if p.BitsPerPixel < 32 || !p.BigEndian || !inLowerBytes {
		encodings = append(encodings, "zrle")
	}
	return choices(qualities, encodings...)
}

// libVNCClients are one for each choice, of which every other knows CopyRect.
func (m *matrixTools) libVNCClients(f matrixFormat, address string) []*matrixViewer {
	var viewers []*matrixViewer
	for i, c := range f.libVNCClientChoices() {
		list := c.encoding
		if list == "zrle" {
			list = "zrle zlib" // else it would not ask for a level
		}
		if i%2 == 1 {
			list = "copyrect " + list
		}
		viewers = append(viewers, &matrixViewer{
			name:    "libvncclient, " + c.String(),
			shades:  nearestShades,
			quality: c.quality,
			start: func(t *testing.T) func() *image.RGBA {
				return peertest.StartLibVNCClient(t, peertest.LibVNCClientOptions{
					Address: address, Encoding: list, Format: &f.format,
					Compression: c.compression, Quality: c.quality, Program: m.libvncclient,
				}).Picture
			},
		})
	}
	return viewers
}

// tigerVNCs are one for each choice. It knows CopyRect always.
func (m *matrixTools) tigerVNCs(f matrixFormat, address string) []*matrixViewer {
	var viewers []*matrixViewer
	for _, c := range choices(f.qualities(), "Raw", "Hextile", "ZRLE", "Tight") {
		viewers = append(viewers, &matrixViewer{
			name:    "TigerVNC, " + c.String(),
			shades:  lowerShades,
			quality: c.quality,
			start: func(t *testing.T) func() *image.RGBA {
				return peertest.StartTigerVNC(t, peertest.TigerVNCOptions{
					Address: address, Encoding: c.encoding, Colours: f.tiger,
					Compression: c.compression, Quality: c.quality, Wall: m.wall,
				}).Picture
			},
		})
	}
	return viewers
}

// gVNCs are gtk-vnc's library, one for each choice. It puts ZRLE's pixels into the wrong
// bytes if their colours are in the upper three (vnc_connection_read_cpixel).
func (m *matrixTools) gVNCs(f matrixFormat, address string) []*matrixViewer {
	shades := darkestShades
	if !f.format.TrueColour {
		shades = mappedShades
	}
	encodings := []string{"Raw", "RRE", "Hextile", "Tight"}
	if f.format.BitsPerPixel < 32 || !f.inUpperBytes() {
		encodings = append(encodings, "ZRLE")
	}
	var viewers []*matrixViewer
	for i, c := range choices(f.qualities(), encodings...) {
		numbers := []int32{int32(rfb.EncodingLastRect), int32(rfb.EncodingDesktopSize)}
		for _, e := range c.numbers(i%2 == 0) {
			numbers = append(numbers, int32(e))
		}
		viewers = append(viewers, &matrixViewer{
			name:    "gtk-vnc, " + c.String(),
			shades:  shades,
			quality: c.quality,
			start: func(t *testing.T) func() *image.RGBA {
				return peertest.StartGVNC(t, peertest.GVNCOptions{Socket: strings.TrimPrefix(address, "unix:"), Format: f.format, Encodings: numbers}).Picture
			},
		})
	}
	return viewers
}

// noVNCs are one for each choice. Its list always names a quality, so that photographs
// in Tight and TightPNG come as JPEG. It has no ZRLE, and noVNC 1.3.0 shows parts of Raw
// black, as it makes the wrong bytes of it opaque (RawDecoder leaves out where the pixels
// begin). So RRE cannot be here either: noise in it is sent in Raw, which is smaller.
func (m *matrixTools) noVNCs(address string) []*matrixViewer {
	list := []matrixChoice{{encoding: "Hextile"}}
	for _, e := range []string{"Tight", "TightPNG"} {
		for _, compression := range compressionLevels {
			for _, quality := range jpegQualities {
				list = append(list, matrixChoice{e, &compression, &quality})
			}
		}
	}
	var viewers []*matrixViewer
	for _, c := range list {
		viewers = append(viewers, &matrixViewer{
			name:    "noVNC, " + c.String(),
			shades:  nearestShades,
			quality: c.quality,
			start: func(t *testing.T) func() *image.RGBA {
				return peertest.StartNoVNC(t, peertest.NoVNCOptions{
					Address: address, Encodings: []int32{int32(rfbEncodings[c.encoding]), int32(rfb.EncodingCopyRect)},
					Compression: c.compression, Quality: c.quality, Browser: m.browser,
				}).Picture
			},
		})
	}
	return viewers
}
