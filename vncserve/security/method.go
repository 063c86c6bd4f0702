package security

import (
	"encoding/binary"
	"fmt"
	"io"

	"vncsec/vncserve/rfb"
)

// Method is a way to log in: a security type, and under VeNCrypt its sub-type.
type Method struct {
	Type rfb.SecurityType
	// SubType is 0 unless Type is VeNCrypt.
	SubType rfb.SubType
}

// String names the sub-type if there is one, else the type.
func (m Method) String() string {
	if m.Type == rfb.SecurityVeNCrypt && m.SubType != 0 {
		return m.SubType.String()
	}
	return m.Type.String()
}

// Offer is what a server shows before its viewer chooses.
type Offer struct {
	// Announced is the version in the server's own words, such as "003.008".
	Announced string
	// Version is the one that both go on with.
	Version rfb.Version
	// Types are the security types. A server of 3.3 dictates one.
	Types []rfb.SecurityType
}

// ReadOffer agrees on the version and reads the security types. A server without any is a
// *ServerRefusedError.
func ReadOffer(c *rfb.Conn) (Offer, error) {
	var o Offer
	var first versionWords
	var err error
	o.Version, err = rfb.ReadVersion(io.TeeReader(c, &first))
	o.Announced = first.String()
	if err != nil {
		return o, err
	}
	// A server that refuses everybody may have hung up by now; its reason can be read still.
	sent := rfb.WriteVersion(c, o.Version)
	if o.Version == rfb.V33 {
		o.Types, err = readDictated(c)
	} else {
		o.Types, err = readTypes(c)
	}
	if err == nil && sent != nil {
		err = fmt.Errorf("sending the protocol version: %w", sent)
	}
	return o, err
}

// versionWords keeps the message with a server's version.
type versionWords []byte

// Write implements io.Writer.
func (w *versionWords) Write(b []byte) (int, error) {
	*w = append(*w, b...)
	return len(b), nil
}

// String is the number alone, empty if the message has none.
func (w versionWords) String() string {
	const prefix, number = len("RFB "), len("003.008")
	if len(w) < prefix+number || string(w[:prefix]) != "RFB " {
		return ""
	}
	return string(w[prefix : prefix+number])
}

// readDictated reads the type that a server of 3.3 wants.
func readDictated(c *rfb.Conn) ([]rfb.SecurityType, error) {
	dictated, err := rfb.ReadUint32(c)
	if err != nil {
		return nil, fmt.Errorf("reading the security type: %w", err)
	}
	if dictated == uint32(rfb.SecurityInvalid) {
		return nil, readRefusal(c)
	}
	if dictated > 0xff {
		return nil, fmt.Errorf("%w: it wants type %d", ErrNoCommonType, dictated)
	}
	return []rfb.SecurityType{rfb.SecurityType(dictated)}, nil
}

// readTypes reads the server's security types. None at all is a refusal.
func readTypes(c *rfb.Conn) ([]rfb.SecurityType, error) {
	count, err := rfb.ReadUint8(c)
	if err != nil {
		return nil, fmt.Errorf("reading the security types: %w", err)
	}
	if count == 0 {
		return nil, readRefusal(c)
	}
	numbers := make([]byte, count)
	if _, err := io.ReadFull(c, numbers); err != nil {
		return nil, fmt.Errorf("reading the security types: %w", err)
	}
	types := make([]rfb.SecurityType, count)
	for i, n := range numbers {
		types[i] = rfb.SecurityType(n)
	}
	return types, nil
}

// ChooseType tells the server which of its types the viewer takes.
func ChooseType(c *rfb.Conn, o Offer, t rfb.SecurityType) error {
	if o.Version < rfb.V37 {
		return nil // the server has dictated it
	}
	if _, err := c.Write([]byte{byte(t)}); err != nil {
		return fmt.Errorf("choosing the security type: %w", err)
	}
	return nil
}

// ReadSubTypes agrees on VeNCrypt 0.2, once VeNCrypt is chosen, and reads the sub-types.
func ReadSubTypes(c *rfb.Conn) ([]rfb.SubType, error) {
	var version [2]byte
	if _, err := io.ReadFull(c, version[:]); err != nil {
		return nil, fmt.Errorf("reading the VeNCrypt version: %w", err)
	}
	if version[0] == 0 && version[1] < rfb.VeNCryptMinor {
		return nil, fmt.Errorf("%w: the server speaks %d.%d", ErrVeNCryptVersion, version[0], version[1])
	}
	if _, err := c.Write([]byte{rfb.VeNCryptMajor, rfb.VeNCryptMinor}); err != nil {
		return nil, fmt.Errorf("sending the VeNCrypt version: %w", err)
	}
	var head [2]byte
	if _, err := io.ReadFull(c, head[:1]); err != nil {
		return nil, fmt.Errorf("reading the answer to the VeNCrypt version: %w", err)
	}
	if head[0] != rfb.VeNCryptVersionOK {
		return nil, fmt.Errorf("%w: the server does not take 0.2", ErrVeNCryptVersion)
	}
	if _, err := io.ReadFull(c, head[1:]); err != nil {
		return nil, fmt.Errorf("reading the VeNCrypt sub-types: %w", err)
	}
	list := make([]rfb.SubType, head[1])
	for i := range list {
		n, err := rfb.ReadUint32(c)
		if err != nil {
			return nil, fmt.Errorf("reading the VeNCrypt sub-types: %w", err)
		}
		list[i] = rfb.SubType(n)
	}
	return list, nil
}

// ChooseSubType tells the server which of its sub-types the viewer takes. TLS follows,
// but for Plain.
func ChooseSubType(c *rfb.Conn, t rfb.SubType) error {
	if _, err := c.Write(binary.BigEndian.AppendUint32(nil, uint32(t))); err != nil {
		return fmt.Errorf("choosing the VeNCrypt sub-type: %w", err)
	}
	ack, err := rfb.ReadUint8(c)
	if err != nil {
		return fmt.Errorf("reading the acknowledgement of the sub-type: %w", err)
	}
	if ack != rfb.VeNCryptSubTypeOK {
		return &ServerRefusedError{Text: "VeNCrypt sub-type not accepted"}
	}
	return nil
}
