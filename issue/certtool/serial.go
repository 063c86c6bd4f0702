package certtool

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// newSerial makes the serial number that certtool proposes: 159 random bits.
func newSerial() []byte {
	serial := make([]byte, 20)
	rand.Read(serial)
	serial[0] &= 0x7f
	return serial
}

// newCRLNumber makes the number that certtool proposes: 5 octets of seconds, 4 of
// nanoseconds, 11 random ones.
func newCRLNumber(now time.Time) []byte {
	number := newSerial()
	for i, seconds := 4, now.Unix(); i >= 0; i-- {
		number[i], seconds = byte(seconds), seconds>>8
	}
	for i, nanoseconds := 8, now.Nanosecond(); i > 4; i-- {
		number[i], nanoseconds = byte(nanoseconds), nanoseconds>>8
	}
	number[0] &= 0x7f
	return number
}

// askSerial asks for a number that has a proposal.
func (q *questions) askSerial(option, label, section string, proposal []byte) {
	question := fmt.Sprintf("Enter the %s in decimal (123) or hex (0xabcd)\n(default is 0x%x)\nvalue: ", label, proposal)
	for {
		answer := q.line(question)
		if q.err != nil {
			return
		}
		if answer == "" {
			q.add(option, "0x"+hex.EncodeToString(proposal))
			return
		}
		serial, err := parseSerial(answer)
		switch {
		case err != nil:
			q.note("error parsing %s: %s\n", label, printable(answer))
		case len(serial) > 20 || len(serial) == 20 && serial[0] > 0x7f:
			q.note("%s would be encoded in more than 20 bytes, see RFC 5280, section %s\n", label, section)
		default:
			q.add(option, answer)
			return
		}
	}
}

// parseSerial reads a serial number: hexadecimal octets after 0x, or a decimal number
// from 1 to 2^63 - 2.
func parseSerial(text string) ([]byte, error) {
	if digits, ok := strings.CutPrefix(text, "0x"); ok {
		octets, err := hex.DecodeString(digits)
		if err == nil && len(octets) == 0 {
			err = errors.New("no digits")
		}
		return octets, err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err == nil && (n < 1 || n == 1<<63-1) {
		err = errors.New("out of range")
	}
	return nil, err
}
