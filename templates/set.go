package templates

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// setter puts the value of one entry into a profile, or says why it cannot.
type setter func(*Profile, string) error

// part makes the setter of a part of the subject that occurs once.
func part(name string, field func(*Profile) *string) setter {
	return func(p *Profile, value string) error {
		attribute, err := newAttribute(name, value)
		if err != nil {
			return err
		}
		*field(p) = attribute.Value
		return nil
	}
}

// parts makes the setter of a part of the subject that may be repeated.
func parts(name string, field func(*Profile) *[]string) setter {
	return texts(func(value string) error { _, err := newAttribute(name, value); return err }, field)
}

// texts makes the setter of a text that may be repeated.
func texts(check func(string) error, field func(*Profile) *[]string) setter {
	return func(p *Profile, value string) error {
		if err := check(value); err != nil {
			return err
		}
		list := field(p)
		*list = append(*list, value)
		return nil
	}
}

func usage(usage x509.KeyUsage) setter {
	return func(p *Profile, _ string) error { p.KeyUsage |= usage; return nil }
}

func purpose(purpose Purposes) setter {
	return func(p *Profile, _ string) error { p.Purposes |= purpose; return nil }
}

func addPurposeOID(p *Profile, value string) error {
	oid, err := parseOID(value)
	if err != nil {
		return err
	}
	p.PurposeOIDs = append(p.PurposeOIDs, oid)
	return nil
}

func addIP(p *Profile, value string) error {
	addr, err := netip.ParseAddr(value)
	if err != nil || addr.Zone() != "" {
		return fmt.Errorf("%q is not an IPv4 or IPv6 address", value)
	}
	p.IPs = append(p.IPs, addr)
	return nil
}

// setSerial takes what both GnuTLS 3.7.9 and later ones take: a positive number
// of at most 20 octets (RFC 5280 section 4.1.2.2).
func setSerial(p *Profile, value string) error {
	digits, base := value, 10
	if hex, ok := strings.CutPrefix(value, "0x"); ok {
		digits, base = hex, 16
	}
	serial, ok := new(big.Int).SetString(digits, base)
	switch {
	case !ok || strings.ContainsAny(digits, "+-_"):
		return fmt.Errorf("%q is not a number: write decimal digits, or 0x and hexadecimal ones", value)
	case serial.Sign() == 0:
		return errors.New("a serial number must be greater than 0")
	case serial.BitLen() > 8*20-1:
		return fmt.Errorf("%s is longer than the 20 octets that a serial number may have", value)
	}
	p.Serial = contents(serial)
	return nil
}

// contents are the contents octets of a positive INTEGER (X.690 section 8.3).
func contents(number *big.Int) []byte {
	return number.FillBytes(make([]byte, number.BitLen()/8+1))
}

// parseNumber is strict where certtool reads as far as it likes.
func parseNumber(value string) (int, error) {
	number, err := strconv.Atoi(value)
	if err != nil || strings.HasPrefix(value, "+") {
		return 0, fmt.Errorf("%q is not a decimal number", value)
	}
	return number, nil
}

// maxDays is more than lead from any day to the year 9999.
const maxDays = 3_660_000

func setDays(p *Profile, value string) error {
	days, err := parseNumber(value)
	switch {
	case err != nil:
		return err
	case days == -1:
		p.NoEnd = true
		return nil
	case days < 1:
		return fmt.Errorf("%d days would make no valid certificate: write a number from 1 on, or -1 for no end", days)
	case days > maxDays:
		return fmt.Errorf("%d days lead beyond the year 9999: write -1 for no end", days)
	}
	p.Days = days
	return nil
}

func setPathLen(p *Profile, value string) error {
	length, err := parseNumber(value)
	switch {
	case err != nil:
		return err
	case length < -1 || length > 127:
		return fmt.Errorf("%d is not between -1 and 127", length)
	case length >= 0:
		p.PathLen = &length
	}
	return nil
}

func setNotBefore(p *Profile, value string) (err error) {
	p.NotBefore, err = parseDate(value)
	return err
}

func setNotAfter(p *Profile, value string) (err error) {
	p.NotAfter, err = parseDate(value)
	return err
}

// dateLayouts are the absolute forms of GNU date input that have one meaning.
var dateLayouts = []string{
	"2006-01-02 15:04:05",
	"2006-01-02 15:04",
	"2006-01-02",
	"2006-01-02 15:04:05 MST",
	"2006-01-02 15:04:05 -0700",
	"2006-01-02 15:04:05 -07:00",
	"2006-01-02T15:04:05",
	time.RFC3339,
	time.RFC1123Z,
	"2 Jan 2006 15:04:05",
	"2 Jan 2006 15:04",
	"2 Jan 2006",
	"20060102",
}

// parseDate reads an absolute date. Without a zone it is local time, without a
// time midnight, as in certtool.
func parseDate(value string) (time.Time, error) {
	if seconds, ok := strings.CutPrefix(value, "@"); ok {
		if n, err := strconv.ParseInt(seconds, 10, 64); err == nil {
			return inRange(time.Unix(n, 0))
		}
	}
	for _, layout := range dateLayouts {
		date, err := time.ParseInLocation(layout, value, time.Local)
		if err != nil {
			continue
		}
		// Go takes any word for a zone that it does not know as UTC.
		if strings.Contains(layout, "MST") && !strings.HasSuffix(value, " UTC") && !strings.HasSuffix(value, " GMT") {
			continue
		}
		return inRange(date)
	}
	return time.Time{}, fmt.Errorf("%q is not a date that is understood: write it as 2031-12-30 23:59:58 UTC, or @ and seconds since 1970", value)
}

// inRange refuses what the two digits of UTCTime and the four of GeneralizedTime
// cannot express (RFC 5280 section 4.1.2.5).
func inRange(date time.Time) (time.Time, error) {
	if year := date.UTC().Year(); year < 1950 || year > 9999 {
		return time.Time{}, fmt.Errorf("the year %d is not between 1950 and 9999", year)
	}
	return date.UTC(), nil
}

func parseOID(value string) (asn1.ObjectIdentifier, error) {
	parsed, err := x509.ParseOID(value)
	if err != nil {
		return nil, fmt.Errorf("%q is not an object identifier such as 1.3.6.1.5.5.7.3.1", value)
	}
	var oid asn1.ObjectIdentifier
	for _, arc := range strings.Split(parsed.String(), ".") {
		number, err := strconv.ParseInt(arc, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("%q has a number that is greater than 2147483647", value)
		}
		oid = append(oid, int(number))
	}
	return oid, nil
}
