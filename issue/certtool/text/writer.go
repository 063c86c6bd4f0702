package text

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
)

// Options choose between the forms of a description.
type Options struct {
	// HexNumbers writes the numbers of public keys as one hexadecimal string each
	// (certtool --hex-numbers).
	HexNumbers bool

	// Unsigned leaves out issuer, signature and fingerprints: the form that is
	// shown before something is signed.
	Unsigned bool
}

// writer collects a description.
type writer struct {
	bytes.Buffer
	options Options
}

func (w *writer) f(format string, args ...any) { fmt.Fprintf(w, format, args...) }

// result is the description up to the first NUL, where C strings end.
func (w *writer) result() []byte { return untilNUL(w.Bytes()) }

func untilNUL(b []byte) []byte {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		return b[:i]
	}
	return b
}

// hexOf is the form of short values; that of none is 00.
func hexOf(data []byte) string {
	if len(data) == 0 {
		return "00"
	}
	return hex.EncodeToString(data)
}

// dump writes lines of 16 octets, the octets of a line separated by colons.
func (w *writer) dump(indent string, data []byte) {
	if len(data) == 0 {
		w.WriteString(indent)
	}
	for len(data) > 0 {
		line := data[:min(16, len(data))]
		data = data[len(line):]
		w.WriteString(indent)
		w.octets(line, ":")
		w.WriteByte('\n')
	}
}

func (w *writer) octets(data []byte, separator string) {
	for i, b := range data {
		if i > 0 {
			w.WriteString(separator)
		}
		w.f("%02x", b)
	}
}

// number writes a number of a public key under its name.
func (w *writer) number(name string, data []byte) {
	if w.options.HexNumbers {
		w.f("\t\t%s: %s\n", name, hexOf(data))
		return
	}
	w.f("\t\t%s:\n", name)
	w.dump("\t\t\t", data)
}

// ascii shows what is printable in ASCII and dots for the rest.
func ascii(data []byte) []byte {
	out := bytes.Clone(data)
	for i, b := range out {
		if b < ' ' || b > '~' {
			out[i] = '.'
		}
	}
	return out
}

func printable(data []byte) bool { return bytes.Equal(ascii(data), data) }

func base64Of(data []byte) string { return base64.StdEncoding.EncodeToString(data) }

func criticality(critical bool) string {
	if critical {
		return "critical"
	}
	return "not critical"
}
