package probe

import (
	"image"
	"slices"
	"time"

	"vncsec/vncserve/rfb"
)

// Severity tells how bad a finding is.
type Severity string

// The severities. Unknown means that there was nothing to look at.
const (
	Warning  Severity = "warning"
	Critical Severity = "critical"
	Unknown  Severity = "unknown"
)

// Finding is one thing that is wrong with a server.
type Finding struct {
	Severity Severity `json:"severity"`
	Code     Code     `json:"code"`
	Message  string   `json:"message"` // what was found
	Cure     string   `json:"cure"`    // what to do about it
}

// Report is what a server shows. Its texts are the server's, and may hold anything.
type Report struct {
	Address string `json:"address"`
	// Remote is the address that was reached, empty if none was.
	Remote string `json:"remote,omitempty"`
	// Local tells that only processes of this machine reach that address.
	Local bool `json:"local"`
	// Protocol is the version in the server's words, such as "003.008".
	Protocol string `json:"protocol,omitempty"`

	SecurityTypes []Numbered    `json:"security_types"`
	SubTypes      []Numbered    `json:"sub_types"` // of VeNCrypt
	TLS           *TLSFacts     `json:"tls,omitempty"`
	SASL          []SASLOffer   `json:"sasl"`
	Login         *LoginFacts   `json:"login,omitempty"`
	Desktop       *DesktopFacts `json:"desktop,omitempty"`
	Findings      []Finding     `json:"findings"` // the worst first

	// Picture is what the desktop showed, nil without a log-in.
	Picture image.Image `json:"-"`
}

// Numbered is a security type or sub-type.
type Numbered struct {
	Number uint32 `json:"number"`
	Name   string `json:"name"`
}

// numbered names numbers.
func numbered[N interface {
	~uint8 | ~uint32
	String() string
}](list []N) []Numbered {
	named := make([]Numbered, len(list))
	for i, n := range list {
		named[i] = Numbered{uint32(n), n.String()}
	}
	return named
}

// SASLOffer are the mechanisms that a method offers, in the server's order.
type SASLOffer struct {
	Method     string   `json:"method"`
	Mechanisms []string `json:"mechanisms"`
}

// LoginFacts are what came of logging in.
type LoginFacts struct {
	OK bool `json:"ok"`
	// Method is the one that was tried, empty if none was.
	Method    string `json:"method,omitempty"`
	Mechanism string `json:"mechanism,omitempty"` // of SASL
	// Why there was no log-in.
	Why string `json:"why,omitempty"`
}

// DesktopFacts are what a viewer gets after the log-in.
type DesktopFacts struct {
	Name   string      `json:"name"`
	Width  int         `json:"width"`
	Height int         `json:"height"`
	Format PixelFormat `json:"pixel_format"` // the server's own
	// Encodings are those that the server really used for the whole picture.
	Encodings []EncodingFacts `json:"encodings"`
	Bytes     int64           `json:"bytes"` // of that update
	// FirstPicture is the time from the first packet to the whole picture.
	FirstPicture Milliseconds `json:"first_picture_ms"`
}

// EncodingFacts count what came in one encoding.
type EncodingFacts struct {
	Encoding   string `json:"encoding"`
	Rectangles int    `json:"rectangles"`
	Bytes      int64  `json:"bytes"`
}

// Milliseconds is a time that JSON has as a number.
type Milliseconds float64

func milliseconds(d time.Duration) Milliseconds {
	return Milliseconds(float64(d.Round(100*time.Microsecond)) / float64(time.Millisecond))
}

// PixelFormat is rfb.PixelFormat with names for JSON.
type PixelFormat struct {
	BitsPerPixel uint8  `json:"bits_per_pixel"`
	Depth        uint8  `json:"depth"`
	BigEndian    bool   `json:"big_endian"`
	TrueColour   bool   `json:"true_colour"`
	RedMax       uint16 `json:"red_max"`
	GreenMax     uint16 `json:"green_max"`
	BlueMax      uint16 `json:"blue_max"`
	RedShift     uint8  `json:"red_shift"`
	GreenShift   uint8  `json:"green_shift"`
	BlueShift    uint8  `json:"blue_shift"`
}

func pixelFormat(f rfb.PixelFormat) PixelFormat { return PixelFormat(f) }

// Count returns how many findings have the severity.
func (r *Report) Count(s Severity) int {
	n := 0
	for _, f := range r.Findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// add notes a finding.
func (r *Report) add(s Severity, code Code, cure, message string) {
	r.Findings = append(r.Findings, Finding{Severity: s, Code: code, Message: message, Cure: cure})
}

// sortFindings puts the worst first.
func (r *Report) sortFindings() {
	order := []Severity{Unknown, Critical, Warning}
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		return slices.Index(order, a.Severity) - slices.Index(order, b.Severity)
	})
}
