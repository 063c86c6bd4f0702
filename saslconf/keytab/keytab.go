// Package keytab reads which principals a Kerberos keytab has keys for. It takes
// nothing else out of the file: the keys themselves are skipped.
//
// The format is that of MIT Kerberos ("The keytab file format" in its
// documentation): versions 5.1, in the byte order of the machine, and 5.2.
package keytab

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Entry is one key of a principal.
type Entry struct {
	Components []string // of the name: "vnc", "vnc.example.org"
	Realm      string
	Version    uint32 // of the key (kvno)
	Encryption uint16 // of the key, a number of RFC 3961's registry
	Time       time.Time
}

// Principal writes the name as Kerberos programs do.
func (e Entry) Principal() string { return strings.Join(e.Components, "/") + "@" + e.Realm }

// Limits of what is read.
const (
	maxEntries    = 10_000
	maxComponents = 64
)

// ErrFormat says that a file is no keytab.
var ErrFormat = errors.New("not a Kerberos keytab")

// Parse reads a keytab. The error wraps ErrFormat.
func Parse(data []byte) ([]Entry, error) {
	order, err := byteOrder(data)
	if err != nil {
		return nil, err
	}
	version := data[1]
	rest := data[2:]
	var entries []Entry
	for len(rest) >= 4 {
		size := int64(int32(order.Uint32(rest)))
		rest = rest[4:]
		if size == 0 {
			break // the end, as MIT Kerberos takes it
		}
		length := max(size, -size) // a negative one is a hole where an entry was removed
		if length > int64(len(rest)) {
			return nil, fmt.Errorf("%w: an entry of %d bytes is cut off after %d", ErrFormat, length, len(rest))
		}
		if size > 0 {
			entry, err := parseEntry(rest[:length], order, version)
			if err != nil {
				return nil, err
			}
			if entries = append(entries, *entry); len(entries) > maxEntries {
				return nil, fmt.Errorf("%w: more than %d entries", ErrFormat, maxEntries)
			}
		}
		rest = rest[length:]
	}
	return entries, nil
}

// byteOrder reads the two bytes that a keytab begins with.
func byteOrder(data []byte) (binary.ByteOrder, error) {
	switch {
	case len(data) < 2 || data[0] != 5:
		return nil, fmt.Errorf("%w: it does not begin with the bytes 5 and 2", ErrFormat)
	case data[1] == 2:
		return binary.BigEndian, nil
	case data[1] == 1:
		return binary.NativeEndian, nil
	}
	return nil, fmt.Errorf("%w: version 5.%d, expected 5.1 or 5.2", ErrFormat, data[1])
}

// parseEntry reads one entry.
func parseEntry(data []byte, order binary.ByteOrder, version byte) (*Entry, error) {
	r := &reader{data: data, order: order}
	count := int(r.uint16())
	if version == 1 {
		count-- // which counts the realm as well
	}
	if count < 1 || count > maxComponents {
		return nil, fmt.Errorf("%w: a name of %d parts", ErrFormat, count)
	}
	e := &Entry{Realm: string(r.counted())}
	for range count {
		e.Components = append(e.Components, string(r.counted()))
	}
	if version == 2 {
		r.take(4) // the name's type
	}
	e.Time = time.Unix(int64(r.uint32()), 0).UTC()
	e.Version = uint32(r.uint8())
	e.Encryption = r.uint16()
	r.counted() // the key
	if r.short {
		return nil, fmt.Errorf("%w: an entry ends within a field", ErrFormat)
	}
	if len(r.data) >= 4 { // versions above 255
		if long := r.uint32(); long != 0 {
			e.Version = long
		}
	}
	return e, nil
}

// reader takes fields off an entry. After the first that is not all there it
// only gives zeros.
type reader struct {
	data  []byte
	order binary.ByteOrder
	short bool
}

func (r *reader) take(n int) []byte {
	if r.short || n > len(r.data) {
		r.short = true
		return make([]byte, min(n, 4))
	}
	taken := r.data[:n]
	r.data = r.data[n:]
	return taken
}

func (r *reader) uint8() uint8   { return r.take(1)[0] }
func (r *reader) uint16() uint16 { return r.order.Uint16(r.take(2)) }
func (r *reader) uint32() uint32 { return r.order.Uint32(r.take(4)) }

// counted takes a text with its length before it.
func (r *reader) counted() []byte { return r.take(int(r.uint16())) }
