package templates

import "fmt"

// said is an error in the words of certtool, which those who replaced it by vncsec
// know and scripts look for.
type said string

func (s said) Error() string { return string(s) }

// says makes such an error.
func says(format string, args ...any) error { return said(fmt.Sprintf(format, args...)) }

// What GnuTLS says of values that it does not take.
const (
	errRequest     said = "The request is invalid."
	errParsing     said = "Error in parsing."
	errValue       said = "ASN1 parser: Value is not valid."
	errNotFound    said = "ASN1 parser: Value was not found."
	errGeneric     said = "ASN1 parser: Generic parsing error."
	errUnknownName said = "Unknown Subject Alternative name in X.509 certificate."
	errPassword    said = "The given password contains invalid characters."
	errTag         said = "ASN1 parser: Error in TAG."
	errDER         said = "ASN1 parser: Error in DER parsing."
	errUnsupported said = "The OID is not supported."
	errFeature     said = "An unimplemented or disabled feature has been requested."
	errInternal    said = "GnuTLS internal error."
	errCIDR        said = "CIDR name constraint is malformed in size or structure."
	errUTF8        said = "The given string contains invalid UTF-8 characters."
	errMail        said = "The given email string contains non-ASCII characters before '@'."
)
