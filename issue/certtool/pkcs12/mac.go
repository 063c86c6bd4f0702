package pkcs12

import (
	"crypto/hmac"
	"errors"
	"fmt"
	"unicode/utf16"

	"vncsec/internal/pbe"
)

// said is an error in the words of GnuTLS.
type said string

func (s said) Error() string { return string(s) }

// What Parse and Verify return.
const (
	ErrDamaged said = "ASN1 parser: Error in TAG."                           // no PKCS #12 file
	ErrMAC     said = "The Message Authentication Code verification failed." // it was changed, or the password is wrong
)

// Verify checks the MAC of a file (RFC 7292 section 5.1). The empty password and none
// are taken for each other, because writers do not agree on which is which.
func (f *File) Verify(password pbe.Password) error {
	if f.MAC == nil {
		return errors.New("the file has no Message Authentication Code")
	}
	if f.MAC.Hash == 0 || !f.MAC.Hash.Available() {
		return fmt.Errorf("the Message Authentication Code has the unsupported hash %s", f.MAC.OID)
	}
	if f.MAC.Rounds < 1 || f.MAC.Rounds > pbe.MaxRounds {
		return fmt.Errorf("the Message Authentication Code asks for %d rounds, which is not between 1 and %d", f.MAC.Rounds, pbe.MaxRounds)
	}
	if hmac.Equal(f.MAC.compute(f.content, password), f.MAC.digest) {
		return nil
	}
	if len(password.Text) == 0 {
		password.Null = !password.Null
		if hmac.Equal(f.MAC.compute(f.content, password), f.MAC.digest) {
			return nil
		}
	}
	return ErrMAC
}

func (m *MAC) compute(content []byte, password pbe.Password) []byte {
	key := pbe.PKCS12Key(m.Hash.New, pbe.ForMAC, password, m.Salt, m.Rounds, m.Hash.Size())
	defer clear(key)
	mac := hmac.New(m.Hash.New, key)
	mac.Write(content)
	return mac.Sum(nil)
}

// decodeBMP reads a BMPString; surrogates make characters beyond the first plane.
func decodeBMP(data []byte) string {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = uint16(data[2*i])<<8 | uint16(data[2*i+1])
	}
	return string(utf16.Decode(units))
}

func encodeBMP(text string) []byte {
	var data []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		data = append(data, byte(unit>>8), byte(unit))
	}
	return data
}
