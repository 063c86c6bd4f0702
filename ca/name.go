package ca

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"strings"

	"vncsec/templates"
)

// nameSyntaxes holds the string types that GnuTLS gives to parts of names; all
// others are DirectoryStrings. Identity lists of QEMU compare names as text, but
// chains are built from their bytes.
var nameSyntaxes = map[string]int{
	"2.5.4.5":                    asn1.TagPrintableString, // serialNumber
	"2.5.4.6":                    asn1.TagPrintableString, // country
	"2.5.4.20":                   asn1.TagPrintableString, // telephoneNumber
	"2.5.4.46":                   asn1.TagPrintableString, // dnQualifier
	"1.3.6.1.5.5.7.9.3":          asn1.TagPrintableString, // gender
	"1.3.6.1.5.5.7.9.4":          asn1.TagPrintableString, // countryOfCitizenship
	"1.3.6.1.5.5.7.9.5":          asn1.TagPrintableString, // countryOfResidence
	"1.3.6.1.4.1.311.60.2.1.3":   asn1.TagPrintableString, // jurisdiction country
	"0.9.2342.19200300.100.1.25": asn1.TagIA5String,       // domainComponent
	"1.2.840.113549.1.9.1":       asn1.TagIA5String,       // emailAddress
	"1.3.6.1.5.5.7.8.5":          asn1.TagUTF8String,      // XMPP address
	"1.2.643.100.1":              asn1.TagNumericString,   // OGRN
	"1.2.643.100.3":              asn1.TagNumericString,   // SNILS
	"1.2.643.100.5":              asn1.TagNumericString,   // OGRNIP
	"1.2.643.3.131.1.1":          asn1.TagNumericString,   // INN
}

// marshalName encodes a distinguished name, one attribute in each of its sets.
func marshalName(attributes []templates.Attribute) ([]byte, error) {
	var name pkix.RDNSequence
	for _, attribute := range attributes {
		value, err := nameValue(attribute)
		if err != nil {
			return nil, err
		}
		name = append(name, pkix.RelativeDistinguishedNameSET{{Type: attribute.Type, Value: value}})
	}
	return asn1.Marshal(name)
}

func nameValue(attribute templates.Attribute) (asn1.RawValue, error) {
	tag, ok := nameSyntaxes[attribute.Type.String()]
	if !ok {
		tag = directoryString(attribute.Value)
	}
	if !fits(attribute.Value, tag) {
		return asn1.RawValue{}, fmt.Errorf("ca: %q has characters that the part %s of a name must not have", attribute.Value, attribute.Type)
	}
	return asn1.RawValue{Tag: tag, Bytes: []byte(attribute.Value)}, nil
}

// directoryString chooses as GnuTLS does, which leaves out the apostrophe of
// PrintableString.
func directoryString(value string) int {
	if fits(value, asn1.TagPrintableString) {
		return asn1.TagPrintableString
	}
	return asn1.TagUTF8String
}

func fits(value string, tag int) bool {
	const digits = "0123456789"
	const printable = digits + "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ (),+-./:=?"
	for i := range len(value) {
		b := value[i]
		switch {
		case tag == asn1.TagNumericString && strings.IndexByte(digits+" ", b) < 0,
			tag == asn1.TagPrintableString && strings.IndexByte(printable, b) < 0,
			tag == asn1.TagIA5String && b >= 0x80:
			return false
		}
	}
	return true
}
