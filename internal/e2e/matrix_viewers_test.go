package e2e_test

import (
	"fmt"
	"image"
	"strings"
	"testing"

	"vncsec/internal/peertest"
	"vncsec/vncserve/rfb"
)

// matrixFormat is a pixel format and the viewers beside libvncclient that ask for it.
type matrixFormat struct {
	name   string
	format peertest.PixelFormat
	// tiger and gtk are the numbers of colours by which TigerVNC and gtk-vnc call it, 0
	// for full colour.
	hasTiger, hasGTK bool
	tiger, gtk       int
	hasNoVNC         bool
	// levels are the compression levels that are asked for: all in one format of each
	// size, as what is compressed are bytes, whatever their format.
	levels []int
}

// matrixFormats are all that the viewers can be told. libvncclient takes any.
var matrixFormats = []matrixFormat{
	{name: "32 bits", format: matrixColour(32, 24, false, 255, 255, 255, 16, 8, 0), hasTiger: true, hasGTK: true, levels: compressionLevels},
	{name: "32 bits, BGR", format: matrixColour(32, 24, false, 255, 255, 255, 0, 8, 16), hasNoVNC: true, levels: compressionLevels[1:2]},
	{name: "32 bits, upper three bytes", format: matrixColour(32, 24, false, 255, 255, 255, 24, 16, 8), levels: compressionLevels[:1]},
	{name: "32 bits, big endian", format: matrixColour(32, 24, true, 255, 255, 255, 16, 8, 0), levels: compressionLevels[1:2]},
	{name: "32 bits, big endian, upper three bytes", format: matrixColour(32, 24, true, 255, 255, 255, 24, 16, 8), levels: compressionLevels[2:]},
	{name: "30 bits of colour", format: matrixColour(32, 30, false, 1023, 1023, 1023, 20, 10, 0), levels: compressionLevels[:1]},
	{name: "16 bits", format: matrixColour(16, 16, false, 31, 63, 31, 11, 5, 0), levels: compressionLevels[1:2]},
	{name: "16 bits, big endian", format: matrixColour(16, 16, true, 31, 63, 31, 11, 5, 0), levels: compressionLevels[2:]},
	{name: "15 bits of colour", format: matrixColour(16, 15, false, 31, 31, 31, 10, 5, 0), levels: compressionLevels[:1]},
	{name: "15 bits of colour, upper", format: matrixColour(16, 15, false, 31, 31, 31, 11, 6, 1), hasGTK: true, gtk: 65536, levels: compressionLevels},
	{name: "8 bits", format: matrixColour(8, 8, false, 7, 7, 3, 5, 2, 0), hasTiger: true, tiger: 256, hasGTK: true, gtk: 256, levels: compressionLevels},
	{name: "8 bits, BGR", format: matrixColour(8, 8, false, 7, 7, 3, 0, 3, 6), levels: compressionLevels[1:2]},
	{name: "6 bits of colour", format: matrixColour(8, 6, false, 3, 3, 3, 4, 2, 0), hasTiger: true, tiger: 64, levels: compressionLevels[2:]},
	{name: "3 bits of colour", format: matrixColour(8, 3, false, 1, 1, 1, 2, 1, 0), hasTiger: true, tiger: 8, levels: compressionLevels[:1]},
	{name: "3 bits of colour, upper", format: matrixColour(8, 3, false, 1, 1, 1, 7, 6, 5), hasGTK: true, gtk: 8, levels: compressionLevels[1:2]},
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
	screen       *peertest.Screen
	browser      *peertest.Browser
}

func newMatrixTools(t *testing.T) *matrixTools {
	return &matrixTools{
		libvncclient: peertest.CompileLibVNCClient(t),
		wall:         peertest.NewWall(t, matrixSize, 40),
		screen:       peertest.NewScreen(t),
		browser:      peertest.StartBrowser(t),
	}
}

// viewers lists all that look at a display in a format.
func (m *matrixTools) viewers(f matrixFormat, address string) []*matrixViewer {
	viewers := append(m.probes(f, address), m.libVNCClients(f, address)...)
	if f.hasTiger {
		viewers = append(viewers, m.tigerVNCs(f, address)...)
	}
	if f.hasGTK {
		viewers = append(viewers, m.gtkVNCs(f, address)...)
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

// choices are the encodings, for those that have levels at each of the format's. Tight has
// some qualities of JPEG beside what is exact.
func (f matrixFormat) choices(qualities []int, encodings ...string) []matrixChoice {
	var list []matrixChoice
	for _, e := range encodings {
		switch strings.ToLower(e) {
		case "tight", "tightpng":
			for _, quality := range qualities {
				list = append(list, matrixChoice{encoding: e, quality: &quality})
			}
			fallthrough
		case "zlib", "zrle":
			for _, level := range f.levels {
				list = append(list, matrixChoice{encoding: e, compression: &level})
			}
		default:
			list = append(list, matrixChoice{encoding: e})
		}
	}
	return list
}

// qualities are those of JPEG that a format's viewers ask for. Eight bits have no JPEG, and
// the images are the same in all other formats.
func (f matrixFormat) qualities() []int {
	switch {
	case f.format.BitsPerPixel == 8:
		return nil
	case len(f.levels) == 1:
		return jpegQualities[1:2]
	}
	return jpegQualities
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
	return f.choices(qualities, encodings...)
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
	for _, c := range f.choices(f.qualities(), "Raw", "Hextile", "ZRLE", "Tight") {
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

// gtkVNCs are one for each choice.
func (m *matrixTools) gtkVNCs(f matrixFormat, address string) []*matrixViewer {
	var viewers []*matrixViewer
	for i, c := range f.choices(f.qualities(), "Raw", "RRE", "Hextile", "ZRLE", "Tight") {
		encodings := []int32{int32(rfb.EncodingLastRect), int32(rfb.EncodingDesktopSize)}
		for _, e := range c.numbers(i%2 == 0) {
			encodings = append(encodings, int32(e))
		}
		viewers = append(viewers, &matrixViewer{
			name:    "gtk-vnc, " + c.String(),
			shades:  darkestShades,
			quality: c.quality,
			start: func(t *testing.T) func() *image.RGBA {
				return peertest.StartGTKVNC(t, peertest.GTKVNCOptions{
					Address: address, Encodings: encodings, Colours: f.gtk, Screen: m.screen,
				}).Picture
			},
		})
	}
	return viewers
}

// noVNCs are some for each encoding. Its list always names a quality, so that photographs
// in Tight and TightPNG come as JPEG. It has no ZRLE, and noVNC 1.3.0 shows parts of Raw
// black, as it makes the wrong bytes of it opaque (RawDecoder leaves out where the pixels
// begin). So RRE cannot be here either: noise in it is sent in Raw, which is smaller.
func (m *matrixTools) noVNCs(address string) []*matrixViewer {
	zero, five, nine := 0, 5, 9
	var viewers []*matrixViewer
	for _, v := range []struct {
		encoding             rfb.Encoding
		compression, quality *int
	}{
		{encoding: rfb.EncodingHextile},
		{rfb.EncodingTight, &zero, &zero},
		{rfb.EncodingTight, &five, &five},
		{rfb.EncodingTight, &nine, &nine},
		{rfb.EncodingTightPNG, &zero, &nine},
		{rfb.EncodingTightPNG, &five, &five},
		{rfb.EncodingTightPNG, &nine, &zero},
	} {
		c := matrixChoice{v.encoding.String(), v.compression, v.quality}
		viewers = append(viewers, &matrixViewer{
			name:    "noVNC, " + c.String(),
			shades:  nearestShades,
			quality: c.quality,
			start: func(t *testing.T) func() *image.RGBA {
				return peertest.StartNoVNC(t, peertest.NoVNCOptions{
					Address: address, Encodings: []int32{int32(v.encoding), int32(rfb.EncodingCopyRect)},
					Compression: v.compression, Quality: v.quality, Browser: m.browser,
				}).Picture
			},
		})
	}
	return viewers
}
