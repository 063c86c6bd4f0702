package templates

import (
	"encoding/asn1"
	"errors"
	"fmt"
	"strings"
)

// Syntax is the ASN.1 string type of a part of a name.
type Syntax int

// The string types that GnuTLS writes.
const (
	DirectoryString Syntax = iota // PrintableString if the text allows, else UTF8String
	PrintableString
	UTF8String
	IA5String
	NumericString
	BMPString   // octets as they are given
	OctetString // octets as they are given
)

// AttributeType is a kind of part of a distinguished name.
type AttributeType struct {
	Name   string // in the option dn; its case does not matter
	OID    asn1.ObjectIdentifier
	Syntax Syntax
	check  func(value string) error
}

// arcs under which the types are.
var (
	x520         = asn1.ObjectIdentifier{2, 5, 4}
	pilot        = asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1} // RFC 4519
	personal     = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 9}       // RFC 3739
	jurisdiction = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 60, 2, 1}
	pkcs9        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9}
	russian      = asn1.ObjectIdentifier{1, 2, 643}
)

func under(arc asn1.ObjectIdentifier, rest ...int) asn1.ObjectIdentifier {
	return append(arc[:len(arc):len(arc)], rest...)
}

// attributeTypes lists the types that GnuTLS knows, with its names and string
// types. The bounds are those of X.520 in RFC 5280 appendix A.1 where it has any.
var attributeTypes = []AttributeType{
	{"C", under(x520, 6), PrintableString, countryCode},
	{"ST", under(x520, 8), DirectoryString, upTo(128)},
	{"L", under(x520, 7), DirectoryString, upTo(128)},
	{"O", under(x520, 10), DirectoryString, upTo(64)},
	{"OU", under(x520, 11), DirectoryString, upTo(64)},
	{"CN", under(x520, 3), DirectoryString, upTo(64)},
	{"UID", under(pilot, 1), DirectoryString, upTo(256)},
	{"DC", under(pilot, 25), IA5String, domainComponent},
	{"EMAIL", under(pkcs9, 1), IA5String, mailAddress},
	{"street", under(x520, 9), DirectoryString, upTo(128)},
	{"title", under(x520, 12), DirectoryString, upTo(64)},
	{"description", under(x520, 13), DirectoryString, upTo(1024)},
	{"businessCategory", under(x520, 15), DirectoryString, upTo(128)},
	{"postalCode", under(x520, 17), DirectoryString, upTo(40)},
	{"serialNumber", under(x520, 5), PrintableString, upTo(64)},
	{"telephoneNumber", under(x520, 20), PrintableString, upTo(32)},
	{"surName", under(x520, 4), DirectoryString, upTo(64)},
	{"name", under(x520, 41), DirectoryString, upTo(64)},
	{"givenName", under(x520, 42), DirectoryString, upTo(64)},
	{"initials", under(x520, 43), DirectoryString, upTo(64)},
	{"generationQualifier", under(x520, 44), DirectoryString, upTo(64)},
	{"dnQualifier", under(x520, 46), PrintableString, upTo(64)},
	{"pseudonym", under(x520, 65), DirectoryString, upTo(128)},
	{"placeOfBirth", under(personal, 2), DirectoryString, upTo(128)},
	{"gender", under(personal, 3), PrintableString, upTo(1)},
	{"countryOfCitizenship", under(personal, 4), PrintableString, countryCode},
	{"countryOfResidence", under(personal, 5), PrintableString, countryCode},
	{"jurisdictionOfIncorporationLocalityName", under(jurisdiction, 1), DirectoryString, upTo(128)},
	{"jurisdictionOfIncorporationStateOrProvinceName", under(jurisdiction, 2), DirectoryString, upTo(128)},
	{"jurisdictionOfIncorporationCountryName", under(jurisdiction, 3), PrintableString, countryCode},
	{"userPrincipalName", asn1.ObjectIdentifier{1, 2, 840, 113556, 1, 4, 656}, DirectoryString, upTo(1024)},
	{"XmppAddr", asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 8, 5}, UTF8String, upTo(1024)},
	{"OGRN", under(russian, 100, 1), NumericString, upTo(13)},
	{"SNILS", under(russian, 100, 3), NumericString, upTo(11)},
	{"OGRNIP", under(russian, 100, 5), NumericString, upTo(15)},
	{"INN", under(russian, 3, 131, 1, 1), NumericString, upTo(12)},
	{"", under(pkcs9, 7), DirectoryString, noPartOfNames},
	{"", under(pkcs9, 20), BMPString, noPartOfNames},
	{"", under(pkcs9, 21), OctetString, noPartOfNames},
	{"", under(pkcs9, 4), OctetString, noPartOfNames},
}

// attributeType finds a type by its name or its OID.
func attributeType(name string) (AttributeType, error) {
	for _, t := range attributeTypes {
		if t.Name != "" && strings.EqualFold(name, t.Name) || name == t.OID.String() {
			return t, nil
		}
	}
	return AttributeType{}, fmt.Errorf("%q is neither the name nor the OID of a part of names that GnuTLS knows", name)
}

// Attribute is one part of a distinguished name.
type Attribute struct {
	Type  asn1.ObjectIdentifier
	Value string
	Raw   []byte // DER of a value that was given in hexadecimal, instead of Value
}

// Syntax is the string type of the attribute's value.
func (a Attribute) Syntax() Syntax {
	if t, err := attributeType(a.Type.String()); err == nil {
		return t.Syntax
	}
	return DirectoryString
}

// attribute makes the check of a part of the subject.
func attribute(name string) func(string) error {
	return func(value string) error { return checkAttribute(name, value) }
}

// checkAttribute demands a value that fits its type.
func checkAttribute(name, value string) error {
	t, err := attributeType(name)
	if err != nil {
		return err
	}
	if err := t.check(value); err != nil {
		return err
	}
	if !t.Syntax.fits(value) {
		return fmt.Errorf("%q has a character that a %s must not have", value, t.Name)
	}
	return nil
}

// noPartOfNames refuses attributes of requests and PKCS #12 files, which GnuTLS
// would put into a name as well.
func noPartOfNames(string) error {
	return errors.New("this is an attribute of requests or PKCS #12 files, not a part of names")
}

// fits tells whether a text can be a string of the type.
func (s Syntax) fits(value string) bool {
	const digits = "0123456789"
	switch s {
	case NumericString:
		return strings.Trim(value, digits+" ") == ""
	case PrintableString:
		return IsPrintable(value)
	case IA5String:
		return strings.IndexFunc(value, func(r rune) bool { return r > 0x7f }) < 0
	}
	return true
}

// IsPrintable tells whether GnuTLS takes a text for a PrintableString. Unlike
// X.680 it leaves out the apostrophe.
func IsPrintable(value string) bool {
	for i := range len(value) {
		if b := value[i]; !isLetter(b) && !isDigit(b) && strings.IndexByte(" (),+-./:=?", b) < 0 {
			return false
		}
	}
	return true
}

// checkSubjectAttribute looks at a dn_oid.
func checkSubjectAttribute(value string) error {
	oid, text, err := splitPair(value)
	if err != nil {
		return err
	}
	if err := checkOID(oid); err != nil {
		return err
	}
	return checkAttribute(oid, text)
}
