package rfb

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Version is the protocol version of a connection (RFC 6143 section 7.1.1).
type Version int

// The versions that differ on the wire. Any other number counts as one of them.
const (
	V33 Version = 3
	V37 Version = 7
	V38 Version = 8
)

// String gives the version in the usual form, "3.8".
func (v Version) String() string { return fmt.Sprintf("3.%d", int(v)) }

const versionLen = len("RFB 003.008\n")

// ErrNotRFB is returned for a peer whose first bytes are no protocol version.
var ErrNotRFB = errors.New("rfb: the peer does not speak RFB")

// WriteVersion sends v as the 12 bytes of ProtocolVersion.
func WriteVersion(w io.Writer, v Version) error {
	_, err := fmt.Fprintf(w, "RFB 003.%03d\n", int(v))
	return err
}

// ReadVersion reads the peer's ProtocolVersion and gives the version to go on with.
//
// RFC 6143 wants unknown numbers taken for 3.3. Numbers above 3.8, such as the
// 3.889 of Apple's viewer, speak 3.8 in practice, so they are taken for that.
func ReadVersion(r io.Reader) (Version, error) {
	var b [versionLen]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return 0, fmt.Errorf("reading the protocol version: %w", err)
	}
	major, minor, ok := parseVersion(b)
	if !ok {
		return 0, fmt.Errorf("%w: it sent %q", ErrNotRFB, b[:])
	}
	switch {
	case major != 3:
		return 0, fmt.Errorf("%w 3: it sent %q", ErrNotRFB, b[:])
	case minor >= 8:
		return V38, nil
	case minor == 7:
		return V37, nil
	}
	return V33, nil
}

func parseVersion(b [versionLen]byte) (major, minor int, ok bool) {
	if string(b[:4]) != "RFB " || b[7] != '.' || b[11] != '\n' {
		return 0, 0, false
	}
	major, okMajor := threeDigits(b[4:7])
	minor, okMinor := threeDigits(b[8:11])
	return major, minor, okMajor && okMinor
}

func threeDigits(b []byte) (int, bool) {
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// VeNCrypt's version and acknowledgements. The two acknowledgements have opposite
// senses: 0 accepts the version, 1 accepts the sub-type.
const (
	VeNCryptMajor, VeNCryptMinor = 0, 2

	VeNCryptVersionOK  = 0
	VeNCryptVersionBad = 1
	VeNCryptSubTypeOK  = 1
	VeNCryptSubTypeBad = 0
)

// The values of SecurityResult (RFC 6143 section 7.1.3).
const (
	ResultOK     = 0
	ResultFailed = 1
)

// MaxReason bounds a reason text that is read, in bytes.
const MaxReason = 4096

// AppendReason appends a reason text in its wire form.
func AppendReason(b []byte, text string) []byte {
	if len(text) > MaxReason {
		text = text[:MaxReason]
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(text)))
	return append(b, text...)
}

// ReadReason reads a reason text, at most MaxReason bytes. QEMU counts a trailing
// NUL in; it is taken off.
func ReadReason(r io.Reader) (string, error) {
	n, err := ReadUint32(r)
	if err != nil {
		return "", fmt.Errorf("reading a reason: %w", err)
	}
	if n > MaxReason {
		return "", fmt.Errorf("the peer announces a reason of %d bytes, more than %d", n, MaxReason)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return "", fmt.Errorf("reading a reason: %w", err)
	}
	if n > 0 && b[n-1] == 0 {
		b = b[:n-1]
	}
	return string(b), nil
}

// ReadUint8 reads one byte.
func ReadUint8(r io.Reader) (uint8, error) {
	var b [1]byte
	_, err := io.ReadFull(r, b[:])
	return b[0], err
}

// ReadUint32 reads a big-endian 32-bit number, RFB's byte order.
func ReadUint32(r io.Reader) (uint32, error) {
	var b [4]byte
	_, err := io.ReadFull(r, b[:])
	return binary.BigEndian.Uint32(b[:]), err
}
