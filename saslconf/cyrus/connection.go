package cyrus

import (
	"runtime"
	"strings"
	"unsafe"
)

// Properties of a connection (sasl.h, sasl_getprop).
const (
	propUser       = 0
	propSSF        = 1
	propAuthUser   = 16
	propSSFOutside = 100
	propSecurity   = 101
)

// Security flags (sasl.h, SASL_SEC_*).
const (
	flagNoPlaintext = 0x0001
	flagNoAnonymous = 0x0010
)

// flagSuccessData tells that the protocol carries data along with success
// (SASL_SUCCESS_DATA).
const flagSuccessData = 0x0004

// Security says how strong a connection is and must become.
type Security struct {
	// ExternalSSF is the strength of the TLS cipher in bits; 0 without TLS.
	ExternalSSF int
	// MinSSF and MaxSSF bound the strength of a mechanism's own security layer.
	MinSSF, MaxSSF int
	// MaxBuffer is the largest packet that may be received inside the layer.
	MaxBuffer int
	// NoPlaintext forbids mechanisms that send the password.
	NoPlaintext bool
}

// properties is sasl_security_properties_t.
type properties struct {
	minSSF, maxSSF, maxBuffer, flags uint32
	names, values                    uintptr
}

// Step is what one side sends in an exchange.
type Step struct {
	// Data is nil if there is none, which differs from empty.
	Data []byte
	// Done tells that this side has finished.
	Done bool
}

// connection is what the two sides have in common.
type connection struct {
	library   *Library
	callbacks *callbacks
	handle    unsafe.Pointer
}

// call runs a function of libsasl2 with data from the peer, and wipes the copy it got:
// there may be a password in it.
func (c *connection) call(op string, in []byte, function func(in *byte, length uint32, out **byte, outLen *uint32) int32) (Step, error) {
	buffer := terminated(in)
	defer clear(buffer)
	var out *byte
	var length uint32
	c.callbacks.begin()
	result := function(first(buffer), uint32(len(in)), &out, &length)
	switch Code(result) {
	case OK, Continue:
		return Step{Data: data(out, length), Done: Code(result) == OK}, nil
	}
	return Step{}, c.failure(op, result)
}

func (c *connection) failure(op string, result int32) error {
	return c.library.failure(c.callbacks, op, result, c.handle)
}

// secure sets the security properties. Anonymous log-ins are always forbidden.
func (c *connection) secure(s Security) error {
	external := uint32(s.ExternalSSF)
	if err := c.set(propSSFOutside, unsafe.Pointer(&external)); err != nil {
		return err
	}
	p := properties{minSSF: uint32(s.MinSSF), maxSSF: uint32(s.MaxSSF), maxBuffer: uint32(s.MaxBuffer), flags: flagNoAnonymous}
	if s.NoPlaintext {
		p.flags |= flagNoPlaintext
	}
	return c.set(propSecurity, unsafe.Pointer(&p))
}

// set calls sasl_setprop, which copies the value.
func (c *connection) set(number int32, value unsafe.Pointer) error {
	c.callbacks.begin()
	result := c.library.setProp(c.handle, number, value)
	runtime.KeepAlive(value)
	if Code(result) != OK {
		return c.failure("sasl_setprop", result)
	}
	return nil
}

// property reads a text, "" as long as there is none.
func (c *connection) property(number int32) string {
	var value unsafe.Pointer
	if Code(c.library.getProp(c.handle, number, &value)) != OK {
		return ""
	}
	return text((*byte)(value))
}

// User is the name in whose right the other side logged in.
func (c *connection) User() string { return c.property(propUser) }

// SSF is the strength in bits of the security layer, 0 if there is none.
func (c *connection) SSF() int {
	var value unsafe.Pointer
	if Code(c.library.getProp(c.handle, propSSF, &value)) != OK || value == nil {
		return 0
	}
	return int(*(*uint32)(value))
}

// Encode wraps data in the security layer.
func (c *connection) Encode(b []byte) ([]byte, error) {
	if len(b) == 0 {
		return nil, nil
	}
	step, err := c.call("sasl_encode", b, func(in *byte, length uint32, out **byte, outLen *uint32) int32 {
		return c.library.encode(c.handle, in, length, out, outLen)
	})
	return step.Data, err
}

// Decode unwraps bytes, which may be any part of the stream. The result is empty while a
// packet is not whole.
func (c *connection) Decode(b []byte) ([]byte, error) {
	if len(b) == 0 {
		return nil, nil
	}
	step, err := c.call("sasl_decode", b, func(in *byte, length uint32, out **byte, outLen *uint32) int32 {
		return c.library.decode(c.handle, in, length, out, outLen)
	})
	return step.Data, err
}

// Close frees the connection.
func (c *connection) Close() {
	if c.handle != nil {
		c.library.dispose(&c.handle)
		c.handle = nil
	}
}

// hasNUL tells whether a text would end early in C.
func hasNUL(texts ...string) bool {
	return strings.Contains(strings.Join(texts, ""), "\x00")
}
