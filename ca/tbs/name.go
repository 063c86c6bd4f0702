package tbs

import (
	encoding "encoding/asn1"

	"golang.org/x/crypto/cryptobyte/asn1"

	"vncsec/templates"
)

// stringTags holds the tags of the string types that are always the same.
var stringTags = map[templates.Syntax]asn1.Tag{
	templates.PrintableString: asn1.PrintableString,
	templates.UTF8String:      asn1.UTF8String,
	templates.IA5String:       asn1.IA5String,
	templates.NumericString:   asn1.Tag(encoding.TagNumericString),
	templates.BMPString:       asn1.Tag(encoding.TagBMPString),
	templates.OctetString:     asn1.OCTET_STRING,
}

// Name encodes a distinguished name, one attribute in each of its sets and with
// GnuTLS's string types: chains are built by comparing these bytes.
func Name(attributes []templates.Attribute) ([]byte, error) {
	return der(asn1.SEQUENCE, func(b *builder) { addAttributes(b, attributes) })
}

// Append adds attributes behind those of an encoded name.
func Append(name []byte, attributes []templates.Attribute) ([]byte, error) {
	inside, err := open(name, asn1.SEQUENCE)
	if err != nil {
		return nil, err
	}
	return der(asn1.SEQUENCE, func(b *builder) {
		b.AddBytes(inside)
		addAttributes(b, attributes)
	})
}

// NameLength is how many relative distinguished names an encoded name has.
func NameLength(name []byte) int {
	inside, err := open(name, asn1.SEQUENCE)
	if err != nil {
		return 0
	}
	n := 0
	for inside.SkipASN1(asn1.SET) {
		n++
	}
	return n
}

func addAttributes(b *builder, attributes []templates.Attribute) {
	for _, attribute := range attributes {
		b.AddASN1(asn1.SET, func(b *builder) {
			b.AddASN1(asn1.SEQUENCE, func(b *builder) {
				addOID(b, attribute.Type)
				if attribute.Raw != nil {
					b.AddBytes(attribute.Raw)
					return
				}
				addBytes(b, stringTag(attribute.Syntax(), attribute.Value), []byte(attribute.Value))
			})
		})
	}
}

func stringTag(syntax templates.Syntax, value string) asn1.Tag {
	if tag, ok := stringTags[syntax]; ok {
		return tag
	}
	if templates.IsPrintable(value) {
		return asn1.PrintableString
	}
	return asn1.UTF8String
}
