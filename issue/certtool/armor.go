package certtool

import (
	"bytes"
	"encoding/base64"

	"vncsec/issue/certtool/keys"
)

// unarmor decodes the first PEM block of data whose label begins with the given one,
// as GnuTLS does: what the END line says does not matter, and white space in the base64
// neither.
func unarmor(data []byte, label string) ([]byte, error) {
	_, line, ok := bytes.Cut(data, []byte("-----BEGIN "+label))
	if !ok {
		return nil, keys.ErrHeader
	}
	_, body, ok := bytes.Cut(line, []byte("-----"))
	if !ok {
		return nil, keys.ErrBase64
	}
	if body, _, ok = bytes.Cut(body, []byte("-----END ")); !ok {
		return nil, keys.ErrBase64
	}
	body, _, _ = bytes.Cut(body, []byte("-"))
	body = bytes.Join(bytes.Fields(body), nil)
	der, err := base64.StdEncoding.AppendDecode(nil, body)
	if err != nil || len(der) == 0 {
		return nil, keys.ErrBase64
	}
	return der, nil
}

// unarmorEither is unarmor for structures that have two labels; the error is that of
// the second.
func unarmorEither(data []byte, first, second string) ([]byte, error) {
	der, err := unarmor(data, first)
	if err != nil {
		der, err = unarmor(data, second)
	}
	return der, err
}

// nextArmored finds where the next PEM block with one of the labels begins, nil if there
// is none. The first label counts more than the place.
func nextArmored(data []byte, first, second string) []byte {
	for _, label := range []string{first, second} {
		if start := bytes.Index(data, []byte("-----BEGIN "+label)); start >= 0 {
			return data[start:]
		}
	}
	return nil
}
