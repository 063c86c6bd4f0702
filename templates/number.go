package templates

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// spaces are what C takes for white space.
const spaces = " \t\n\v\f\r"

// readNumber reads as much of a text as is a decimal number, as strtol of C does:
// nothing is 0, and what is too large the largest one. It also returns what
// follows.
func readNumber(text string) (number int64, rest string) {
	negative, digits, rest := cutNumber(text)
	if negative {
		digits = "-" + digits
	}
	number, _ = strconv.ParseInt(digits, 10, 64) // at the limit if out of range
	return number, rest
}

// readUint reads a number as strtoul of C does, and keeps its low 32 bits.
func readUint(text string) uint32 {
	negative, digits, _ := cutNumber(text)
	number, err := strconv.ParseUint(digits, 10, 64) // at the limit if out of range
	if negative && err == nil {
		number = -number
	}
	return uint32(number)
}

// cutNumber finds the sign and the digits of the number that a text begins with. Without
// one there are no digits.
func cutNumber(text string) (negative bool, digits, rest string) {
	trimmed := strings.TrimLeft(text, spaces)
	digits = strings.TrimPrefix(trimmed, "-")
	negative = digits != trimmed
	if !negative {
		digits = strings.TrimPrefix(digits, "+")
	}
	rest = strings.TrimLeft(digits, "0123456789")
	digits = digits[:len(digits)-len(rest)]
	if digits == "" {
		return false, "", text
	}
	return negative, digits, rest
}

// readInt reads a number into an int of C, of which it keeps the low 32 bits.
func readInt(text string) int {
	number, _ := readNumber(text)
	return int(int32(number))
}

// checkNumber is strict where certtool reads as far as it likes.
func checkNumber(min, max int) func(string) error {
	return func(value string) error {
		number, err := strconv.Atoi(value)
		if err != nil || strings.HasPrefix(value, "+") {
			return &fault{NotANumber, fmt.Sprintf("%q is not a decimal number: certtool takes it for %d", value, readInt(value)), "write digits only"}
		}
		if number < min || number > max {
			return fmt.Errorf("%d is not between %d and %d", number, min, max)
		}
		return nil
	}
}

// maxDays is more than lead from any day to the year 9999.
const maxDays = 3_660_000

// checkDays refuses numbers that certtool replaces by 365.
func checkDays(value string) error {
	const replaced, hint = "certtool takes 365 days for it", "write a number from 1 on, or -1 for no end"
	days, err := strconv.Atoi(value)
	taken := readInt(value)
	switch {
	case (err != nil || strings.HasPrefix(value, "+")) && (taken == 0 || taken < -2):
		return &fault{DaysReplaced, fmt.Sprintf("%q is not a decimal number: %s", value, replaced), hint}
	case err != nil || strings.HasPrefix(value, "+"):
		return &fault{NotANumber, fmt.Sprintf("%q is not a decimal number: certtool takes it for %d", value, taken), "write digits only"}
	case days == -2:
		return &fault{ReversedValidity, "-2 days would end before the beginning", hint}
	case days == 0 || days < -2:
		return &fault{DaysReplaced, fmt.Sprintf("%d days would be no time at all: %s", days, replaced), hint}
	case days > maxDays:
		return &fault{BadValue, fmt.Sprintf("%d days lead beyond the year 9999", days), "write -1 for no end"}
	}
	return nil
}

// readSerial reads a serial number or the number of a revocation list: decimal,
// or 0x and the octets in hexadecimal, which may be a negative number.
func readSerial(value string) ([]byte, error) {
	if digits, found := strings.CutPrefix(value, "0x"); found {
		octets, err := hex.DecodeString(digits)
		if err != nil || len(octets) == 0 {
			return nil, says("error parsing number: %s", value)
		}
		return octets, nil
	}
	number, rest := readNumber(value)
	switch {
	case rest != "" && value != "":
		return nil, says("Trailing garbage: `%s'\nerror parsing number: %s", rest, value)
	case number <= 0 || number == math.MaxInt64:
		return nil, says("Integer out of range: `%s' (min: 1, max: %d)\nerror parsing number: %s", value, int64(math.MaxInt64-1), value)
	}
	return binary.BigEndian.AppendUint64(nil, uint64(number)), nil
}

// maxSerial is the most octets that a number may have (RFC 5280 sections 4.1.2.2
// and 5.2.3).
const maxSerial = 20

// useSerial turns the octets of a number into the contents octets of an INTEGER.
func useSerial(octets []byte, label, section string) ([]byte, error) {
	switch {
	case len(octets) > maxSerial:
		return nil, says("maximum %d octets allowed for %s!", maxSerial, label)
	case len(octets) == maxSerial && octets[0]&0x80 != 0:
		return nil, says("%s would be encoded in more than 20 bytes,see RFC 5280, section %s", label, section)
	}
	return minimal(octets), nil
}

// minimal drops the octets that an INTEGER needs not (X.690 section 8.3.2).
func minimal(octets []byte) []byte {
	for len(octets) > 1 && (octets[0] == 0 && octets[1] < 0x80 || octets[0] == 0xff && octets[1] >= 0x80) {
		octets = octets[1:]
	}
	return octets
}

func readCertSerial(r *reading, value string) error {
	octets, err := readSerial(value)
	if err != nil {
		return err
	}
	if r.profile.Serial, err = useSerial(octets, "certificate's serial number", "4.1.2.2"); err != nil {
		return err
	}
	if bytes.Equal(r.profile.Serial, []byte{0}) {
		return fmt.Errorf("serial: %w", errRequest)
	}
	return nil
}

func readCRLNumber(r *reading, value string) (err error) {
	octets, err := readSerial(value)
	if err != nil {
		return err
	}
	r.profile.CRL.Number, err = useSerial(octets, "CRL's serial number", "5.2.3")
	return err
}

// checkSerial demands what both GnuTLS 3.7.9 and later ones take.
func checkSerial(value string) error {
	digits, base := value, 10
	if hex, found := strings.CutPrefix(value, "0x"); found {
		digits, base = hex, 16
	}
	serial, ok := new(big.Int).SetString(digits, base)
	switch {
	case !ok || strings.ContainsAny(digits, "+-_"):
		return fmt.Errorf("%q is not a number: write decimal digits, or 0x and hexadecimal ones", value)
	case serial.Sign() == 0:
		return errors.New("a serial number must be greater than 0")
	case serial.BitLen() > 8*maxSerial-1:
		return fmt.Errorf("%s is longer than the 20 octets that a serial number may have", value)
	case base == 10 && !serial.IsInt64() || serial.Cmp(big.NewInt(math.MaxInt64)) == 0:
		return &fault{BadValue, fmt.Sprintf("certtool takes decimal numbers only up to %d", int64(math.MaxInt64-1)), "write 0x" + evenHex(serial)}
	case base == 16 && len(digits)%2 != 0:
		return &fault{BadValue, fmt.Sprintf("%q has an odd number of digits", value), "write 0x" + evenHex(serial)}
	case base == 16 && strings.IndexByte("89abcdefABCDEF", digits[0]) >= 0:
		return &fault{NegativeSerial, fmt.Sprintf("%q is a negative number", value), "write 0x00" + digits}
	}
	return nil
}

// evenHex writes a number in whole octets, the first of them below 0x80.
func evenHex(number *big.Int) string {
	return hex.EncodeToString(number.FillBytes(make([]byte, number.BitLen()/8+1)))
}

// checkHex demands octets in hexadecimal. certtool writes uninitialised memory
// where there are none.
func checkHex(value string) error {
	if octets, err := hex.DecodeString(value); err != nil || len(octets) == 0 {
		return fmt.Errorf("%q is not an even number of hexadecimal digits, without 0x and blanks", value)
	}
	return nil
}

// readHex reads octets in hexadecimal.
func readHex(value string) ([]byte, error) {
	octets, err := hex.DecodeString(value)
	if err != nil {
		return nil, says("error in hex ID: %s", value)
	}
	if len(octets) == 0 {
		return nil, says("error in hex ID: there are no digits, for which certtool would take uninitialised memory")
	}
	return octets, nil
}
