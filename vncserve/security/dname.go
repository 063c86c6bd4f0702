package security

import (
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// attributeNames are GnuTLS's short names.
var attributeNames = map[string]string{
	"2.5.4.6": "C", "2.5.4.8": "ST", "2.5.4.7": "L", "2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.3": "CN",
	"0.9.2342.19200300.100.1.1": "UID", "0.9.2342.19200300.100.1.25": "DC", "1.2.840.113549.1.9.1": "EMAIL",
	"2.5.4.9": "street", "2.5.4.12": "title", "2.5.4.5": "serialNumber", "2.5.4.17": "postalCode",
	"2.5.4.4": "surName", "2.5.4.42": "givenName", "2.5.4.43": "initials", "2.5.4.46": "dnQualifier",
	"2.5.4.65": "pseudonym", "2.5.4.41": "name", "2.5.4.13": "description", "2.5.4.20": "telephoneNumber",
}

// DistinguishedName gives a DER name in the form of GnuTLS's get_dn2, which QEMU
// matches and logs: the certificate's own order, "C=GB,O=Example,CN=alice", with
// RFC 4514 escapes. What is no such name comes out as "#" and its hexadecimal form.
func DistinguishedName(der []byte) string {
	var rdns cryptobyte.String
	input := cryptobyte.String(der)
	if !input.ReadASN1(&rdns, cbasn1.SEQUENCE) || !input.Empty() {
		return "#" + hex.EncodeToString(der)
	}
	var parts []string
	for !rdns.Empty() {
		var rdn cryptobyte.String
		if !rdns.ReadASN1(&rdn, cbasn1.SET) {
			return "#" + hex.EncodeToString(der)
		}
		part, ok := relativeName(rdn)
		if !ok {
			return "#" + hex.EncodeToString(der)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ",")
}

// relativeName gives one RDN, its attributes joined by "+".
func relativeName(rdn cryptobyte.String) (string, bool) {
	var attributes []string
	for !rdn.Empty() {
		var attribute, value cryptobyte.String
		var oid asn1.ObjectIdentifier
		var tag cbasn1.Tag
		if !rdn.ReadASN1(&attribute, cbasn1.SEQUENCE) || !attribute.ReadASN1ObjectIdentifier(&oid) {
			return "", false
		}
		whole := attribute
		if !attribute.ReadAnyASN1(&value, &tag) {
			return "", false
		}
		attributes = append(attributes, fmt.Sprintf("%s=%s", attributeName(oid), attributeValue(oid, tag, value, whole)))
	}
	return strings.Join(attributes, "+"), true
}

func attributeName(oid asn1.ObjectIdentifier) string {
	if name, ok := attributeNames[oid.String()]; ok {
		return name
	}
	return oid.String()
}

// attributeValue gives text as text, and what is no text, or a country that is no
// PrintableString, as "#" and the DER in hexadecimal, as GnuTLS does.
func attributeValue(oid asn1.ObjectIdentifier, tag cbasn1.Tag, value, whole cryptobyte.String) string {
	printable := tag == cbasn1.PrintableString
	text := printable || tag == cbasn1.UTF8String || tag == cbasn1.IA5String || tag == cbasn1.Tag(asn1.TagNumericString)
	if attributeName(oid) == "C" {
		text = printable
	}
	if !text {
		return "#" + hex.EncodeToString(whole)
	}
	return escapeValue(string(value))
}

// escapeValue escapes by RFC 4514 section 2.4.
func escapeValue(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		edgeBlank := c == ' ' && (i == 0 || i == len(s)-1)
		leadingHash := c == '#' && i == 0
		switch {
		case edgeBlank, leadingHash, strings.IndexByte(`,+"<>;\`, c) >= 0:
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&b, `\%02X`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
