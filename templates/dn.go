package templates

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// rdn is one part of a dn as it is written.
type rdn struct {
	name, value string
	rest        string // what follows it
}

// readDN reads a dn, such as "CN=vnc1,O=Acme,C=GB", as GnuTLS does. The last part
// is encoded first (RFC 4514 section 2.1).
func readDN(r *reading, value string) error {
	parts, at, err := splitDN(value)
	if err != nil {
		return fmt.Errorf("set_dn: %w at: %s", err, at)
	}
	for i := len(parts) - 1; i >= 0; i-- {
		attribute, err := parts[i].attribute()
		if err != nil {
			return fmt.Errorf("set_dn: %w at: %s", err, parts[i].rest)
		}
		if err := r.checkRaw(attribute); err != nil {
			return r.atSigning(err)
		}
		r.profile.Subject.DN = append(r.profile.Subject.DN, attribute)
	}
	return nil
}

// checkRaw looks at a value in hexadecimal, whose DER only certificates need.
func (r *reading) checkRaw(a Attribute) error {
	switch {
	case a.Raw == nil:
		return nil
	case r.purpose&Request != 0:
		return checkArcs(a.Type)
	}
	return cmp.Or(checkArcs(a.Type), checkElement(a.Raw))
}

// atSigning is an error that certtool has only when it signs.
func (r *reading) atSigning(err error) error {
	if r.purpose&Request != 0 {
		return fmt.Errorf("sign: %w", err)
	}
	return fmt.Errorf("crt_sign: %w", err)
}

// checkElement demands that octets are one element of BER: libtasn1 takes long and
// indefinite lengths in a value, and looks no further.
func checkElement(octets []byte) error {
	n := 1
	if octets[0]&0x1f == 0x1f { // a tag in more octets
		for n < len(octets) && octets[n]&0x80 != 0 {
			n++
		}
		n++
	}
	if n >= len(octets) {
		return errTag
	}
	length, octets := int(octets[n]), octets[n+1:]
	switch {
	case length == 0x80 && bytes.HasSuffix(octets, []byte{0, 0}):
		return nil
	case length > 0x80:
		count := length & 0x7f
		if count > len(octets) || count > 4 {
			return errDER
		}
		length = 0
		for _, b := range octets[:count] {
			length = length<<8 | int(b)
		}
		octets = octets[count:]
	}
	if length != len(octets) {
		return errDER
	}
	return nil
}

// splitDN splits a dn at its commas. A line end ends it. The escapes of RFC 4514
// are known here, but the grammar of templates drops backslashes before.
func splitDN(text string) (parts []rdn, at string, err error) {
	for text != "" && text[0] != '\n' {
		at = text
		var part rdn
		part.name, text, err = cutName(text)
		if err != nil {
			return nil, at, err
		}
		if unescaped(text, '+') >= 0 {
			return nil, at, errParsing
		}
		end := unescapedEnd(text)
		part.value, text = trimEnd(text[:end]), text[end:]
		if part.value == "" || part.name == "" {
			return nil, at, errParsing
		}
		text = strings.TrimLeft(text, spaces)
		part.rest = text
		parts = append(parts, part)
		if text != "" && text[0] != ',' && text[0] != '\n' {
			return nil, at, errParsing
		}
		text = strings.TrimPrefix(text, ",")
	}
	return parts, "", nil
}

// cutName cuts the name, the "=" and the blanks around them off.
func cutName(text string) (name, rest string, err error) {
	text = strings.TrimLeft(text, spaces)
	end := strings.IndexAny(text, "="+spaces)
	if end < 0 {
		return "", "", errParsing
	}
	name, rest = text[:end], strings.TrimLeft(text[end:], spaces)
	if !strings.HasPrefix(rest, "=") {
		return "", "", errParsing
	}
	return name, strings.TrimLeft(rest[1:], spaces), nil
}

// unescaped finds a character that has no backslash before it.
func unescaped(text string, character byte) int {
	for i := range len(text) {
		if text[i] == character && (i == 0 || text[i-1] != '\\') {
			return i
		}
	}
	return -1
}

// unescapedEnd finds the comma or line end behind a value.
func unescapedEnd(text string) int {
	end, line := unescaped(text, ','), strings.IndexByte(text, '\n')
	if end < 0 || line >= 0 && line < end {
		end = line
	}
	if end < 0 {
		return len(text)
	}
	return end
}

// trimEnd takes blanks off, but for one that is escaped.
func trimEnd(value string) string {
	for value != "" && strings.IndexByte(spaces, value[len(value)-1]) >= 0 {
		if len(value) > 2 && value[len(value)-2] == '\\' {
			break
		}
		value = value[:len(value)-1]
	}
	return value
}

// attribute finds the type of a part and decodes its value.
func (part rdn) attribute() (Attribute, error) {
	digits, raw := strings.CutPrefix(part.value, "#")
	t, err := attributeType(part.name)
	if raw && err != nil && isDigit(part.name[0]) {
		if t.OID, err = readOID(part.name); err != nil {
			return Attribute{}, err
		}
	}
	if err != nil {
		return Attribute{}, errParsing
	}
	if raw {
		der, err := hex.DecodeString(digits)
		switch {
		case err != nil:
			return Attribute{}, errParsing
		case len(der) == 0:
			return Attribute{}, errRequest
		}
		return Attribute{Type: t.OID, Raw: der}, nil
	}
	value, err := unescape(part.value)
	return Attribute{Type: t.OID, Value: value}, err
}

// unescape takes the backslashes of RFC 4514 section 2.4 off.
func unescape(value string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		if value[i] == '\\' && i+1 < len(value) {
			if i++; strings.IndexByte(`,# +"<>;\=`, value[i]) < 0 {
				return "", errParsing
			}
		}
		b.WriteByte(value[i])
	}
	return b.String(), nil
}

// checkDN demands parts whose values fit their types.
func checkDN(value string) error {
	parts, at, err := splitDN(value)
	switch {
	case err != nil && strings.Contains(at, "+"):
		return fmt.Errorf("%q has a +, which certtool does not take: use options such as cn and organization", at)
	case err != nil:
		return fmt.Errorf("%q is not a name, = and a text; a text with a comma needs an option of its own, such as cn or organization", at)
	case len(parts) == 0:
		return errors.New("the name has no parts")
	}
	for _, part := range parts {
		if err := part.check(); err != nil {
			return err
		}
	}
	return nil
}

func (part rdn) check() error {
	if digits, raw := strings.CutPrefix(part.value, "#"); raw {
		if !isDigit(part.name[0]) {
			if _, err := attributeType(part.name); err != nil {
				return err
			}
		} else if err := checkOID(part.name); err != nil {
			return err
		}
		return checkHexDER(digits)
	}
	return checkAttribute(part.name, part.value)
}
