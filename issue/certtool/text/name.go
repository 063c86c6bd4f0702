package text

import (
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// attribute is one part of a distinguished name, its value still encoded.
type attribute struct {
	oid   string
	value element
}

// name is a distinguished name: relative names, each of one attribute or more.
type name [][]attribute

// Name is how a distinguished name is shown; it is empty for an empty name.
func (n name) String() (string, error) {
	var text strings.Builder
	for i, relative := range slices.Backward(n) {
		for j, a := range relative {
			value, err := a.String()
			if err != nil {
				return "", err
			}
			text.WriteString(a.label() + "=" + value)
			switch {
			case j < len(relative)-1:
				text.WriteByte('+')
			case i > 0:
				text.WriteByte(',')
			}
		}
	}
	return text.String(), nil
}

// name reads an RDNSequence (RFC 5280 section 4.1.2.4).
func (d decoder) name() name {
	if d.ok() && !d.peek(tagSequence) {
		d.fail(ErrDER) // Name is a CHOICE of one
	}
	return d.relativeNames()
}

// relativeNames is name for where only the RDNSequence can stand.
func (d decoder) relativeNames() name {
	list := d.open(tagSequence)
	n := name{}
	for list.more() {
		n = append(n, list.relativeName(tagSet))
	}
	list.close()
	return n
}

func (d decoder) relativeName(t tag) []attribute {
	set := d.open(t)
	relative := []attribute{}
	for set.more() {
		seq := set.sequence()
		relative = append(relative, attribute{seq.oid(), seq.any()})
		seq.close()
	}
	set.close()
	return relative
}

// kind says what the values of an attribute type are.
type kind int

const (
	directory  kind = iota // DirectoryString
	challenge              // PrintableString or UTF8String
	plainOctet             // OCTET STRING
	plain                  // one string type, that of the table
)

// attributeTypes are those that GnuTLS decodes; the values of all others are
// shown as hexadecimal DER.
var attributeTypes = map[string]struct {
	label string // none: the number
	kind  kind
	tag   tag
}{
	"1.3.6.1.5.5.7.9.2":          {label: "placeOfBirth"},
	"1.3.6.1.5.5.7.9.3":          {"gender", plain, tagPrintableString},
	"1.3.6.1.5.5.7.9.4":          {"countryOfCitizenship", plain, tagPrintableString},
	"1.3.6.1.5.5.7.9.5":          {"countryOfResidence", plain, tagPrintableString},
	"2.5.4.6":                    {"C", plain, tagPrintableString},
	"2.5.4.9":                    {label: "street"},
	"2.5.4.12":                   {label: "title"},
	"2.5.4.10":                   {label: "O"},
	"2.5.4.11":                   {label: "OU"},
	"2.5.4.3":                    {label: "CN"},
	"2.5.4.7":                    {label: "L"},
	"2.5.4.8":                    {label: "ST"},
	"2.5.4.13":                   {label: "description"},
	"2.5.4.5":                    {"serialNumber", plain, tagPrintableString},
	"2.5.4.20":                   {"telephoneNumber", plain, tagPrintableString},
	"2.5.4.4":                    {label: "surName"},
	"2.5.4.43":                   {label: "initials"},
	"2.5.4.44":                   {label: "generationQualifier"},
	"2.5.4.42":                   {label: "givenName"},
	"2.5.4.65":                   {label: "pseudonym"},
	"2.5.4.46":                   {"dnQualifier", plain, tagPrintableString},
	"2.5.4.17":                   {label: "postalCode"},
	"2.5.4.41":                   {label: "name"},
	"2.5.4.15":                   {label: "businessCategory"},
	"0.9.2342.19200300.100.1.25": {"DC", plain, tagIA5String},
	"0.9.2342.19200300.100.1.1":  {label: "UID"},
	"1.2.840.113556.1.4.656":     {label: "userPrincipalName"},
	"1.3.6.1.4.1.311.60.2.1.1":   {label: "jurisdictionOfIncorporationLocalityName"},
	"1.3.6.1.4.1.311.60.2.1.2":   {label: "jurisdictionOfIncorporationStateOrProvinceName"},
	"1.3.6.1.4.1.311.60.2.1.3":   {"jurisdictionOfIncorporationCountryName", plain, tagPrintableString},
	"1.2.840.113549.1.9.1":       {"EMAIL", plain, tagIA5String},
	"1.2.840.113549.1.9.7":       {kind: challenge},
	"1.2.840.113549.1.9.20":      {kind: plain, tag: tagBMPString},
	"1.2.840.113549.1.9.21":      {kind: plainOctet, tag: tagOctetString},
	"1.2.840.113549.1.9.4":       {kind: plainOctet, tag: tagOctetString},
	"1.3.6.1.5.5.7.8.5":          {"XmppAddr", plain, tagUTF8String},
	"1.2.643.100.1":              {"OGRN", plain, tagNumericString},
	"1.2.643.100.3":              {"SNILS", plain, tagNumericString},
	"1.2.643.100.5":              {"OGRNIP", plain, tagNumericString},
	"1.2.643.3.131.1.1":          {"INN", plain, tagNumericString},
}

func (a attribute) label() string {
	if label := attributeTypes[a.oid].label; label != "" {
		return label
	}
	return a.oid
}

// String decodes the value and escapes it after RFC 4514 section 2.4. What
// cannot be decoded is shown as hexadecimal DER.
func (a attribute) String() (string, error) {
	known, ok := attributeTypes[a.oid]
	if !ok {
		return hexString(a.value.raw), nil
	}
	if known.kind == directory && len(a.value.raw) > 1 && a.value.raw[1] == 0 {
		return "", ErrValue
	}
	value, ok := known.kind.decode(a.value, known.tag)
	switch {
	case !ok, known.kind != plainOctet && strings.ContainsRune(value, 0):
		return hexString(a.value.raw), nil
	case strings.ContainsRune(value, 0):
		return "", ErrDER
	}
	return escape(value), nil
}

func (k kind) decode(value element, want tag) (string, bool) {
	switch k {
	case directory:
		return directoryString(value)
	case challenge:
		return string(value.content), value.tag == tagPrintableString || value.tag == tagUTF8String
	default:
		if value.tag != want {
			return "", false
		}
		if want == tagBMPString && len(value.content) > 0 {
			return bmpOrHex(value.content), true
		}
		return string(value.content), true
	}
}

// directoryString decodes a DirectoryString (RFC 5280 appendix A.1). The
// characters of the string types are not checked.
func directoryString(value element) (string, bool) {
	switch value.tag {
	case tagPrintableString, tagUTF8String:
		return string(value.content), true
	case tagBMPString:
		return bmpOrHex(value.content), true
	case tagTeletexString:
		if printable(value.content) {
			return string(value.content), true
		}
		return hexString(value.content), true
	case tagUniversalString:
		return hexString(value.content), true
	}
	return "", false
}

func hexString(data []byte) string { return "#" + hex.EncodeToString(data) }

func bmpOrHex(content []byte) string {
	if text, ok := bmp(content); ok {
		return text
	}
	return hexString(content)
}

// bmp decodes UTF-16, big-endian; half a character at the end is dropped, and so
// is a NUL.
func bmp(content []byte) (string, bool) {
	if n := len(content); n > 2 && content[n-1] == 0 && content[n-2] == 0 {
		content = content[:n-2]
	}
	if len(content) == 0 {
		return "", false
	}
	units := make([]uint16, len(content)/2)
	for i := range units {
		units[i] = uint16(content[2*i])<<8 | uint16(content[2*i+1])
	}
	text := []byte{}
	for i := 0; i < len(units); i++ {
		r := rune(units[i])
		if utf16.IsSurrogate(r) {
			if i+1 == len(units) {
				return "", false
			}
			if r = utf16.DecodeRune(r, rune(units[i+1])); r == utf8.RuneError {
				return "", false
			}
			i++
		}
		text = utf8.AppendRune(text, r)
	}
	return string(text), true
}

// escape protects what has a meaning in a distinguished name; control characters
// stay as they are.
func escape(value string) string {
	var text strings.Builder
	for i := range len(value) {
		c := value[i]
		edge := c == ' ' && (i == 0 || i == len(value)-1)
		if strings.IndexByte(`,+"\<>;`, c) >= 0 || edge || (c == '#' && i == 0) {
			text.WriteByte('\\')
		}
		text.WriteByte(c)
	}
	return text.String()
}
