package ca

import (
	"crypto/x509/pkix"
	"encoding/asn1"

	"vncsec/templates"
)

// stringTags holds the tags of the string types that are always the same.
var stringTags = map[templates.Syntax]int{
	templates.PrintableString: asn1.TagPrintableString,
	templates.UTF8String:      asn1.TagUTF8String,
	templates.IA5String:       asn1.TagIA5String,
	templates.NumericString:   asn1.TagNumericString,
}

// marshalName encodes a distinguished name, one attribute in each of its sets and
// with GnuTLS's string types: chains are built by comparing these bytes.
func marshalName(attributes []templates.Attribute) ([]byte, error) {
	var name pkix.RDNSequence
	for _, attribute := range attributes {
		value := asn1.RawValue{Tag: stringTag(attribute), Bytes: []byte(attribute.Value)}
		name = append(name, pkix.RelativeDistinguishedNameSET{{Type: attribute.Type, Value: value}})
	}
	return asn1.Marshal(name)
}

func stringTag(attribute templates.Attribute) int {
	if tag, ok := stringTags[attribute.Syntax()]; ok {
		return tag
	}
	if templates.IsPrintable(attribute.Value) {
		return asn1.TagPrintableString
	}
	return asn1.TagUTF8String
}
