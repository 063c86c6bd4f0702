package templates

import (
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	cryptobyteasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// The types of other names that have an option of their own (RFC 6120 section
// 13.7.1.4, RFC 4556 section 3.2.2).
var (
	oidXMPP          = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 8, 5}
	oidKRB5Principal = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 2, 2}
)

// otherName makes the reader of an option whose value is an OID and a text.
func otherName(encode func(text string) ([]byte, error)) reader {
	return func(r *reading, value string) error {
		oid, text, _ := splitPair(value)
		der, err := encode(text)
		if err != nil {
			return err
		}
		if err := r.mayAddName("set_subject_alt_othername"); err != nil {
			return err
		}
		name, err := encodeOID(oid)
		if err != nil {
			return fmt.Errorf("set_subject_alt_othername: %w", err)
		}
		r.addOtherName(name, der)
		return nil
	}
}

// addOtherName adds a name, and knows whether GnuTLS could read it again.
func (r *reading) addOtherName(oid asn1.ObjectIdentifier, der []byte) {
	r.profile.OtherNames = append(r.profile.OtherNames, OtherName{oid, der})
	if isDegenerate(oid) {
		r.unreadable = errDER
	} else if err := checkElement(der); err != nil {
		r.unreadable = err
	}
}

// wrapped makes the encoder of texts as one ASN.1 type, whatever their bytes.
func wrapped(tag cryptobyteasn1.Tag) func(string) ([]byte, error) {
	return func(text string) ([]byte, error) { return marshal(tag, text) }
}

func marshal(tag cryptobyteasn1.Tag, text string) ([]byte, error) {
	var b cryptobyte.Builder
	b.AddASN1(tag, func(b *cryptobyte.Builder) { b.AddBytes([]byte(text)) })
	return b.Bytes()
}

// typedName makes the reader of names whose OID the option implies.
func typedName(label string, oid asn1.ObjectIdentifier, encode func(string) ([]byte, error)) reader {
	return func(r *reading, value string) error {
		if err := r.mayAddName(label); err != nil {
			return err
		}
		der, err := encode(value)
		if err != nil {
			return fmt.Errorf("%s: %w", label, err)
		}
		r.addOtherName(oid, der)
		return nil
	}
}

// xmppName takes any name that is not in ASCII for a host name, as GnuTLS does.
func xmppName(value string) ([]byte, error) {
	name, err := toASCII(value)
	if err != nil {
		return nil, err
	}
	return marshal(cryptobyteasn1.UTF8String, name)
}

// The types of Kerberos principals (RFC 4120 section 6.2, RFC 6806 section 5).
const (
	krb5Principal       = 1
	krb5ServiceInstance = 2
	krb5Enterprise      = 10
)

// krb5PrincipalName encodes a principal such as host/vnc1.example.org@EXAMPLE.ORG
// (RFC 4556 section 3.2.2). A second @ makes it an enterprise name.
func krb5PrincipalName(value string) ([]byte, error) {
	const maxParts, generalString = 6, cryptobyteasn1.GeneralString
	at := strings.LastIndexByte(value, '@')
	if at < 0 {
		return nil, errParsing
	}
	name, realm := value[:at], value[at+1:]
	kind, parts := int64(krb5Principal), strings.FieldsFunc(name, func(r rune) bool { return r == '/' })
	switch {
	case strings.Contains(name, "@"):
		kind, parts = krb5Enterprise, []string{name}
	case len(parts) > maxParts:
		return nil, errParsing
	case len(parts) == 2 && parts[0] == "krbtgt":
		kind = krb5ServiceInstance
	}
	var b cryptobyte.Builder
	add := func(b *cryptobyte.Builder, tag cryptobyteasn1.Tag, text string) {
		b.AddASN1(tag, func(b *cryptobyte.Builder) { b.AddBytes([]byte(text)) })
	}
	explicit := func(b *cryptobyte.Builder, number uint8, content func(*cryptobyte.Builder)) {
		b.AddASN1(cryptobyteasn1.Tag(number).ContextSpecific().Constructed(), content)
	}
	b.AddASN1(cryptobyteasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		explicit(b, 0, func(b *cryptobyte.Builder) { add(b, generalString, realm) })
		explicit(b, 1, func(b *cryptobyte.Builder) {
			b.AddASN1(cryptobyteasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				explicit(b, 0, func(b *cryptobyte.Builder) { b.AddASN1Int64(kind) })
				explicit(b, 1, func(b *cryptobyte.Builder) {
					b.AddASN1(cryptobyteasn1.SEQUENCE, func(b *cryptobyte.Builder) {
						for _, part := range parts {
							add(b, generalString, part)
						}
					})
				})
			})
		})
	})
	return b.Bytes()
}

// readExtension reads an extension: its octets in hexadecimal, or those that
// octet_string(...) wraps.
func readExtension(critical bool) reader {
	return func(r *reading, value string) error {
		oid, text, _ := splitPair(value)
		der, err := extensionValue(text)
		if err != nil {
			return err
		}
		id, err := readOID(oid)
		if err == nil && r.purpose&Request != 0 {
			err = checkArcs(id)
		}
		if err != nil {
			return fmt.Errorf("set_extensions: %w", err)
		}
		if err := checkArcs(id); err != nil {
			return r.atSigning(err)
		}
		if r.purpose&Request != 0 && isDegenerate(id) { // which is read again for the next one
			return fmt.Errorf("set_basic_constraints: %w", errDER)
		}
		r.profile.Extensions = append(r.profile.Extensions, Extension{id, critical, der})
		return nil
	}
}

func extensionValue(text string) ([]byte, error) {
	function, digits, wrap := strings.Cut(text, "(")
	if !wrap {
		return readHex(strings.TrimPrefix(text, "0x"))
	}
	if !strings.HasPrefix(function, "octet_string") {
		return nil, says("cannot parse: %s", text)
	}
	digits, _, closed := strings.Cut(digits, ")")
	if !closed {
		return nil, says("there is no terminating parenthesis in: %s", text)
	}
	digits = strings.TrimPrefix(digits, "0x")
	octets, err := hex.DecodeString(digits)
	if err != nil {
		return nil, says("error in hex ID: %s", digits)
	}
	return marshal(cryptobyteasn1.OCTET_STRING, string(octets))
}

// checkExtension demands that the value is one DER element and nothing else, or
// octet_string(...) as it is documented.
func checkExtension(value string) error {
	oid, text, err := splitPair(value)
	if err != nil {
		return err
	}
	if err := checkOID(oid); err != nil {
		return err
	}
	der, err := extensionValue(text)
	if err != nil {
		return fmt.Errorf("%q is neither hexadecimal digits nor octet_string(hexadecimal digits)", text)
	}
	if strings.Contains(text, "(") && !(strings.HasPrefix(text, "octet_string(") && strings.HasSuffix(text, ")")) {
		return fmt.Errorf("%q is not octet_string(hexadecimal digits)", text)
	}
	return checkDER(der)
}

func checkDER(der []byte) error {
	if rest, err := asn1.Unmarshal(der, new(asn1.RawValue)); err != nil || len(rest) > 0 {
		return fmt.Errorf("%x is not the DER encoding of one value", der)
	}
	return nil
}

// checkOtherName demands an OID and a text that check takes.
func checkOtherName(check func(text string) error) func(string) error {
	return func(value string) error {
		oid, text, err := splitPair(value)
		if err != nil {
			return err
		}
		if err := checkOID(oid); err != nil {
			return err
		}
		return check(text)
	}
}

func checkHexDER(text string) error {
	if err := checkHex(text); err != nil {
		return err
	}
	der, _ := hex.DecodeString(text)
	return checkDER(der)
}

func checkKRB5(value string) error {
	name, realm, found := strings.Cut(value, "@")
	if _, err := krb5PrincipalName(value); err != nil || !found || strings.Trim(name, "/") == "" || realm == "" || !isPrintableASCII(value) {
		return fmt.Errorf("%q is not a principal of at most six parts and its realm, such as host/vnc1.example.org@EXAMPLE.ORG", value)
	}
	return nil
}

// checkXMPP demands ASCII: GnuTLS would take any other address for a host name and
// destroy it.
func checkXMPP(value string) error {
	if !isPrintableASCII(value) {
		return fmt.Errorf("%q has characters that are not ASCII, by which GnuTLS would take it for a host name: give it as other_name_utf8 = 1.3.6.1.5.5.7.8.5 %s", value, value)
	}
	return nil
}
