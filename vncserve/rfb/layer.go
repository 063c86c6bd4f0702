package rfb

import (
	"errors"
	"fmt"
	"net"
)

// Layer protects the bytes of a connection that has no TLS: a SASL security layer
// (RFC 4422 section 3.7). Encode and Decode may be called by two goroutines; the results
// are valid until the next call.
type Layer interface {
	// Encode wraps bytes for the other side.
	Encode(data []byte) ([]byte, error)
	// Decode unwraps what came, which may end within a packet. It gives nothing while
	// no packet is whole.
	Decode(data []byte) ([]byte, error)
	// Close releases the layer. It is called once at least.
	Close() error
}

// ErrLayerTwice is returned by SetLayer on a connection that has a layer already.
var ErrLayerTwice = errors.New("rfb: the connection has a security layer already")

// SetLayer gives the connection a layer, which it closes with itself. Nothing passes
// through it before StartLayer.
func (c *Conn) SetLayer(layer Layer) error {
	if c.layer != nil {
		return ErrLayerTwice
	}
	c.layer = layer
	return nil
}

// StartLayer sends all that follows, and reads all that follows, through the layer that
// was set, if one was.
func (c *Conn) StartLayer() {
	if c.layer != nil {
		c.Conn = &layered{Conn: c.Conn, layer: c.layer, in: make([]byte, layerRead)}
	}
}

const (
	// layerRead is how much is read at a time to be decoded.
	layerRead = 4 << 10
	// layerWrite is how much is encoded at a time. A picture is much larger.
	layerWrite = 64 << 10
)

// layered is a connection inside a layer.
type layered struct {
	net.Conn
	layer   Layer
	in      []byte
	decoded []byte // what Read has still to give
}

// Read gives decoded bytes.
func (l *layered) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(l.decoded) == 0 {
		n, readErr := l.Conn.Read(l.in)
		if n > 0 {
			decoded, err := l.layer.Decode(l.in[:n])
			if err != nil {
				return 0, fmt.Errorf("rfb: decoding what came through the security layer: %w", err)
			}
			l.decoded = decoded
		}
		if readErr != nil && len(l.decoded) == 0 {
			return 0, readErr
		}
	}
	n := copy(p, l.decoded)
	l.decoded = l.decoded[n:]
	return n, nil
}

// Write sends encoded bytes.
func (l *layered) Write(p []byte) (int, error) {
	written := 0
	for written < len(p) {
		chunk := p[written:min(written+layerWrite, len(p))]
		encoded, err := l.layer.Encode(chunk)
		if err != nil {
			return written, fmt.Errorf("rfb: encoding for the security layer: %w", err)
		}
		if _, err := l.Conn.Write(encoded); err != nil {
			return written, err
		}
		written += len(chunk)
	}
	return written, nil
}
