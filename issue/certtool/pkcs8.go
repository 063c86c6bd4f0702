package certtool

import (
	"fmt"
	"strings"

	"vncsec/internal/pbe"
)

// cipher is the cipher of --pkcs-cipher; none says that nothing is to be encrypted.
func (t *tool) cipher() (cipher pbe.Cipher, none bool, err error) {
	name := t.opts.pkcsCipher
	lower := strings.ToLower(name.value)
	cipher, known := ciphers[lower]
	switch {
	case !name.given:
		return pbe.AES128, false, nil
	case lower == "none":
		return 0, true, nil
	case strings.HasPrefix(lower, "gost28147-"):
		return 0, false, fmt.Errorf("--pkcs-cipher %s is not supported by vncsec", name.value)
	case !known:
		return 0, false, fmt.Errorf("unknown cipher %s", name.value)
	}
	return cipher, false, nil
}

// ciphers holds the names of --pkcs-cipher.
var ciphers = map[string]pbe.Cipher{
	"3des":        pbe.TripleDES,
	"3des-pkcs12": pbe.PKCS12_3DES,
	"arcfour":     pbe.PKCS12_RC4,
	"aes-128":     pbe.AES128,
	"aes-192":     pbe.AES192,
	"aes-256":     pbe.AES256,
	"rc2-40":      pbe.PKCS12_RC2,
}
