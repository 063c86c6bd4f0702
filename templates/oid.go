package templates

import (
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// readOID reads an object identifier as libtasn1 does: an arc without digits is
// 0, one that is too large the largest, and a text without a dot is an identifier
// of no arcs, whose encoding has no contents.
func readOID(value string) (asn1.ObjectIdentifier, error) {
	if strings.Trim(value, "0123456789.") != "" {
		return nil, errValue
	}
	oid := asn1.ObjectIdentifier{}
	if !strings.Contains(value, ".") {
		return oid, nil
	}
	for _, digits := range strings.Split(value, ".") {
		arc, err := strconv.ParseInt("0"+digits, 10, 64)
		if err != nil {
			arc = math.MaxInt64
		}
		oid = append(oid, int(arc))
	}
	return oid, nil
}

// encodeOID is readOID and a look at the first two arcs, which libtasn1 has only
// when it encodes an identifier.
func encodeOID(value string) (asn1.ObjectIdentifier, error) {
	oid, err := readOID(value)
	if err == nil {
		err = checkArcs(oid)
	}
	return oid, err
}

func checkArcs(oid asn1.ObjectIdentifier) error {
	if len(oid) > 0 && (oid[0] > 2 || oid[0] < 2 && oid[1] > 39) {
		return errValue
	}
	return nil
}

// isDegenerate tells whether the encoding of an identifier has no contents. GnuTLS
// writes but does not read that.
func isDegenerate(oid asn1.ObjectIdentifier) bool { return len(oid) < 2 }

// checkOID demands the dotted form of an object identifier.
func checkOID(value string) error {
	parsed, err := x509.ParseOID(value)
	if err != nil {
		return fmt.Errorf("%q is not an object identifier such as 1.3.6.1.5.5.7.3.1", value)
	}
	for _, arc := range strings.Split(parsed.String(), ".") {
		if _, err := strconv.ParseInt(arc, 10, 32); err != nil {
			return fmt.Errorf("%q has a number that is greater than 2147483647", value)
		}
	}
	return nil
}
